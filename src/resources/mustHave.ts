import { type JsonObject, textAt } from "../domain/json.ts";
import type { OutputName, Outputs } from "../domain/step.ts";

/** A text that Azure always answers for a finished resource. Throws a sentence when it is missing. */
export function mustHave(existing: JsonObject, path: string): string {
  const value = textAt(existing, path);
  if (value === undefined || value === "") {
    throw new Error(
      `Azure's answer for ${textAt(existing, "id") ?? "a resource"} has no ${path}; it is needed by later steps.`,
    );
  }
  return value;
}

/** An output that an earlier step has left. Throws a sentence when the plan forgot to wait for it. */
export function mustKnow(outputs: Outputs, name: OutputName): string {
  const value = outputs[name];
  if (value === undefined)
    throw new Error(`The output ${name} is not known yet; the step that gives it must be among the needs of this one.`);
  return value;
}
