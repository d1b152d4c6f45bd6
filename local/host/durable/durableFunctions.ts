import type { FunctionApp, RegisteredFunction } from "../app/functionApp.ts";
import { isTriggeredBy } from "../app/supportedBindings.ts";

export type DurableKind = "orchestrator" | "activity" | "entity";

const triggerOf = {
  orchestrator: "orchestrationTrigger",
  activity: "activityTrigger",
  entity: "entityTrigger",
} as const;

/** The durable functions of an app by kind and name; names are compared without regard to case. */
export class DurableFunctions {
  readonly #app: FunctionApp;

  constructor(app: FunctionApp) {
    this.#app = app;
  }

  find(kind: DurableKind, name: string): RegisteredFunction | undefined {
    const registered = this.#app.find(name);
    return registered !== undefined && isTriggeredBy(registered, triggerOf[kind]) ? registered : undefined;
  }

  /** The extension's sentence for a function that is not there. */
  missing(kind: DurableKind, name: string): string {
    const known = this.#app.functions
      .filter((registered) => isTriggeredBy(registered, triggerOf[kind]))
      .map((registered) => `'${registered.name}'`);
    return `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. The following are the known ${kind} functions: ${known.join(", ")}.`;
  }
}
