import { type JsonObject, textAt } from "../domain/json.ts";
import type { OutputName, Outputs } from "../domain/step.ts";

/** Something is not there that a step is made from. The sentence says what, and who must give it. */
export class FactMissing extends Error {
  override readonly name = "FactMissing";
  /** The output that no step has left yet; undefined when Azure's answer lacks something. */
  readonly output: OutputName | undefined;

  constructor(message: string, output?: OutputName) {
    super(message);
    this.output = output;
  }
}

/** A text that Azure always answers for a finished resource. Throws a sentence when it is missing. */
export function mustHave(existing: JsonObject, path: string): string {
  const value = textAt(existing, path);
  if (value === undefined || value === "") {
    throw new FactMissing(
      `Azure's answer for ${textAt(existing, "id") ?? "a resource"} has no ${path}; it is needed by later steps.`,
    );
  }
  return value;
}

/** An output that an earlier step has left. Throws a sentence when the plan forgot to wait for it. */
export function mustKnow(outputs: Outputs, name: OutputName): string {
  const value = outputs[name];
  if (value === undefined) {
    const message = `The output ${name} is not known yet; the step that gives it must be among the needs of this one.`;
    throw new FactMissing(message, name);
  }
  return value;
}

/** What is made from facts, or the first fact that is missing for it. */
export function madeFromFacts<Made>(make: () => Made): { readonly made: Made } | { readonly missing: FactMissing } {
  try {
    return { made: make() };
  } catch (error) {
    if (error instanceof FactMissing) return { missing: error };
    throw error;
  }
}
