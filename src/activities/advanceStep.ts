import { type ArmClient, NoAnswerError } from "../azure/armClient.ts";
import { countCalls } from "../azure/callCounter.ts";
import type { IngressProbe } from "../azure/ingressProbe.ts";
import { type EventReceiver, receiverFacts } from "../domain/eventReceiver.ts";
import { ids } from "../domain/resourceNames.ts";
import type { StepOutcome } from "../domain/stepOutcome.ts";
import {
  commandDefinition,
  lookupDefinition,
  resourceDefinition,
  syncDefinition,
  verificationDefinition,
} from "../resources/catalog.ts";
import type { ActivityHandlers } from "./activityTypes.ts";
import { advanceCommand } from "./advanceCommand.ts";
import { advanceDeletion } from "./advanceDeletion.ts";
import { advanceLookup } from "./advanceLookup.ts";
import { advanceResource } from "./advanceResource.ts";
import { advanceSync } from "./advanceSync.ts";
import { advanceVerification } from "./advanceVerification.ts";
import { noAnswerOutcome } from "./refusal.ts";
import type { StepInput } from "./stepInput.ts";

export interface StepDoors {
  readonly arm: ArmClient;
  readonly probeIngress: IngressProbe;
  readonly receiver: EventReceiver;
}

/** Makes one move of one step, and says what came of it and what it took. Safe to make twice. */
export const advanceStep =
  (doors: StepDoors): ActivityHandlers["advanceStep"] =>
  async (input, context) => {
    const known = { ...input, outputs: { ...input.outputs, ...receiverFacts(doors.receiver) } };
    const { result: outcome, calls } = await countCalls(() => move(doors, known));
    context.log({
      event: "stepMoved",
      run: input.run,
      stepId: input.stepId,
      outcome: outcome.kind,
      ...detailsOf(outcome),
      ...calls,
    });
    return { outcome, calls };
  };

async function move(doors: StepDoors, input: StepInput): Promise<StepOutcome> {
  // They change nothing, so there is nothing to follow.
  if (input.isStopping && (input.kind === "lookup" || input.kind === "verification")) return { kind: "withheld" };
  try {
    switch (input.kind) {
      case "resource":
        return await advanceResource(doors.arm, resourceDefinition(input.stepId), input);
      case "deletion":
        return await advanceDeletion(doors.arm, resourceDefinition(input.stepId), input);
      case "sync":
        return await advanceSync(doors.arm, syncDefinition(input.stepId), input);
      case "lookup":
        return await advanceLookup(doors.arm, lookupDefinition(input.stepId), input);
      case "command":
        return await advanceInside(doors.arm, input);
      case "verification":
        return await advanceVerification(doors, verificationDefinition(input.stepId), clusterIdOf(input), input);
    }
  } catch (error) {
    if (error instanceof NoAnswerError) return noAnswerOutcome(error, input.cursor);
    throw error;
  }
}

function advanceInside(arm: ArmClient, input: StepInput): Promise<StepOutcome> {
  const definition = commandDefinition(input.stepId);
  // What a ticket that failed has left of a cluster may never have been heard of.
  const clusterId = definition.isRemoval === true ? ids.cluster(input.spec) : clusterIdOf(input);
  return advanceCommand(arm, definition, clusterId, input);
}

function clusterIdOf({ outputs, stepId }: StepInput): string {
  if (outputs.clusterId === undefined)
    throw new Error(`The step ${stepId} works inside the cluster and must need the step that makes it.`);
  return outputs.clusterId;
}

function detailsOf(outcome: StepOutcome): Readonly<Record<string, unknown>> {
  if (outcome.kind === "busy" || outcome.kind === "rejected") {
    const { code, message, correlationId, resourceId } = outcome.failure;
    return { code, message, correlationId, resourceId };
  }
  return outcome.kind === "withheld" ? {} : { resourceId: outcome.resourceId };
}
