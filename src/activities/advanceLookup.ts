import type { ArmClient } from "../azure/armClient.ts";
import type { StepOutcome } from "../domain/stepOutcome.ts";
import type { LookupDefinition } from "../resources/resourceDefinition.ts";
import { refusedOutcome } from "./refusal.ts";
import type { StepInput } from "./stepInput.ts";

/** Asks Azure for a fact that later steps need. */
export async function advanceLookup(
  arm: ArmClient,
  definition: LookupDefinition,
  input: StepInput,
): Promise<StepOutcome> {
  const path = definition.path(input.spec);
  const answer = await arm.get(path, definition.apiVersion);
  if (answer.status >= 400 || answer.body === undefined) return refusedOutcome(answer, path, undefined);
  const outputs = definition.outputs(answer.body, input.spec);
  if (definition.isAdopted !== true) return { kind: "done", outputs };
  return { kind: "done", outputs, resourceId: path, note: "adopted: it is used and left as it is" };
}
