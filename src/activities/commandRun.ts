import type { ArmClient } from "../azure/armClient.ts";
import { commandResult, submitCommand } from "../azure/runCommand.ts";
import type { JsonObject } from "../domain/json.ts";
import type { StepCursor, StepOutcome } from "../domain/stepOutcome.ts";
import type { CommandResult, CommandSpec } from "../resources/commandDefinition.ts";
import { refusedOutcome } from "./refusal.ts";

/** Version of managedClusters/runCommand and commandResults. */
const RUN_COMMAND_API_VERSION = "2025-05-01";

/** The Azure CLI's own pace for command results. Source: azure-cli, acs, aks_runcommand. */
const COMMAND_LOOK_SECONDS = 5;

/** Starts a command in the cluster; the outcome carries the cursor from which `readCommand` goes on. */
export async function startCommand(
  arm: ArmClient,
  clusterId: string,
  spec: CommandSpec,
  cursor: Omit<StepCursor, "operationUrl">,
): Promise<StepOutcome> {
  const answer = await submitCommand(arm, clusterId, RUN_COMMAND_API_VERSION, spec);
  if (answer.status >= 400) return refusedOutcome(answer, clusterId, undefined);
  if (answer.location === undefined) throw new Error(`AKS accepted a command on ${clusterId} and named no result URL.`);
  return commandRuns({ ...cursor, operationUrl: answer.location }, spec.command);
}

/** The command's result, or the outcome to hand back because there is none yet. */
export async function readCommand(
  arm: ArmClient,
  clusterId: string,
  cursor: StepCursor,
): Promise<{ readonly result: CommandResult } | { readonly outcome: StepOutcome }> {
  if (cursor.operationUrl === undefined)
    throw new Error(`The step stands at "${cursor.phase}" without the command's URL.`);
  const answer = await arm.follow(cursor.operationUrl);
  if (answer.status >= 400) return { outcome: refusedOutcome(answer, clusterId, cursor) };
  const result = commandResult(answer);
  if (result === undefined) return { outcome: commandRuns(cursor, cursor.phase) };
  if (result.exitCode === NEVER_RAN) return { outcome: neverRan(clusterId, answer.body, result) };
  return { result };
}

/** What `commandResult` says of a command whose pod never ran. */
const NEVER_RAN = -1;

function commandRuns(cursor: StepCursor, what: string): StepOutcome {
  return {
    kind: "accepted",
    cursor,
    waitingFor: `Command in the cluster: ${what}`,
    lookAfterSeconds: COMMAND_LOOK_SECONDS,
  };
}

/** No node had room, or the image did not come: the same command is worth another try, from the start. */
function neverRan(clusterId: string, body: JsonObject | undefined, result: CommandResult): StepOutcome {
  return {
    kind: "busy",
    failure: {
      code: "CommandNeverRan",
      message: `AKS could not run the command's pod: ${result.logs || JSON.stringify(body?.properties ?? {})}`,
      resourceId: clusterId,
      advice: "Look at the cluster's nodes and at the firewall's log for what the pod's image needs, then retry.",
    },
  };
}
