/**
 * A change inside the cluster, one move at a time: look, apply only what is not right, wait until it has settled.
 *
 *   (start) ─▶ check ─┬─ right ───────────▶ settled ─▶ done, nothing changed
 *                     └─ differs ─▶ apply ─▶ settled ─▶ done
 */
import type { ArmClient } from "../azure/armClient.ts";
import { countAsWrite } from "../azure/callCounter.ts";
import { provisioningState } from "../domain/provisioningState.ts";
import type { Failure, StepCursor, StepOutcome } from "../domain/stepOutcome.ts";
import { apiVersions } from "../resources/apiVersions.ts";
import type { CommandDefinition, CommandResult } from "../resources/commandDefinition.ts";
import { readCommand, startCommand } from "./commandRun.ts";
import type { StepInput } from "./stepInput.ts";

interface Target {
  readonly arm: ArmClient;
  readonly definition: CommandDefinition;
  readonly clusterId: string;
  readonly input: StepInput;
}

export async function advanceCommand(
  arm: ArmClient,
  definition: CommandDefinition,
  clusterId: string,
  input: StepInput,
): Promise<StepOutcome> {
  const target: Target = { arm, definition, clusterId, input };
  const { cursor, spec, outputs } = input;
  if (cursor === undefined && definition.isRemoval === true && (await isGone(arm, clusterId)))
    return { kind: "done", outputs: {}, resourceId: clusterId, note: "the cluster is gone, and all in it" };
  if (cursor === undefined) return startCommand(arm, clusterId, definition.check(spec, outputs), { phase: "check" });
  if (cursor.phase === "look") return startSettled(target, cursor);
  const read = await readCommand(arm, clusterId, cursor);
  if ("outcome" in read) return read.outcome;
  switch (cursor.phase) {
    case "check":
      return afterCheck(target, read.result);
    case "apply":
      return afterApply(target, cursor, read.result);
    case "settled":
      return afterSettled(target, cursor, read.result);
    default:
      throw new Error(`The step ${input.stepId} stands at "${cursor.phase}", which is no phase of a command.`);
  }
}

async function isGone(arm: ArmClient, clusterId: string): Promise<boolean> {
  const answer = await arm.get(clusterId, apiVersions.managedClusters);
  return answer.status === 404 || provisioningState(answer.body) === "Deleting";
}

async function afterCheck(target: Target, result: CommandResult): Promise<StepOutcome> {
  const { arm, definition, clusterId, input } = target;
  const found = definition.differences(result, input.spec, input.outputs);
  if (found.length === 0) return startSettled(target, { phase: "check" });
  if (input.isStopping) return { kind: "withheld" };
  // Counted before it is sent, as every write is: when the answer is lost, the command may run all the same.
  countAsWrite();
  const cursor = { phase: "apply", change: found.join("; ") };
  return startCommand(arm, clusterId, definition.apply(input.spec, input.outputs), cursor);
}

async function afterApply(target: Target, cursor: StepCursor, result: CommandResult): Promise<StepOutcome> {
  if (result.exitCode === 0) return startSettled(target, cursor);
  return { kind: "rejected", resourceId: target.clusterId, failure: commandFailed(target, result) };
}

function startSettled(target: Target, cursor: StepCursor): Promise<StepOutcome> {
  const { arm, definition, clusterId, input } = target;
  const sinceSeconds = cursor.notes?.settlingSinceSeconds ?? String(input.elapsedSeconds);
  return startCommand(arm, clusterId, definition.settled(input.spec, input.outputs), {
    phase: "settled",
    notes: { settlingSinceSeconds: sinceSeconds },
    ...(cursor.change === undefined ? {} : { change: cursor.change }),
  });
}

function afterSettled(target: Target, cursor: StepCursor, result: CommandResult): StepOutcome {
  const { definition, clusterId, input } = target;
  const settling = definition.readSettled(result);
  if (settling.state === "settled") {
    return {
      kind: "done",
      outputs: {},
      resourceId: clusterId,
      ...(cursor.change === undefined ? {} : { change: cursor.change }),
    };
  }
  const waitedSeconds = input.elapsedSeconds - Number(cursor.notes?.settlingSinceSeconds ?? 0);
  if (settling.state === "failed" || waitedSeconds >= definition.settleTimeoutSeconds) {
    return { kind: "rejected", resourceId: clusterId, failure: notSettled(target, settling.detail, waitedSeconds) };
  }
  const { operationUrl: _, ...rest } = cursor;
  return {
    kind: "accepted",
    cursor: { ...rest, phase: "look" },
    waitingFor: settling.detail,
    lookAfterSeconds: definition.pollSeconds,
  };
}

function commandFailed(target: Target, result: CommandResult): Failure {
  return {
    code: "CommandFailed",
    message: `The command ended with exit code ${result.exitCode}: ${result.logs.trim().slice(-400)}`,
    resourceId: target.clusterId,
    advice: "Read what the command says, correct it in the cluster or in the ticket, then retry.",
  };
}

function notSettled(target: Target, detail: string, waitedSeconds: number): Failure {
  return {
    code: "NotSettled",
    message: `${detail} (after ${Math.round(waitedSeconds)} s)`,
    resourceId: target.clusterId,
    advice:
      "Look at the pods and their events in the cluster, and at the firewall's log for refused downloads; then retry.",
  };
}
