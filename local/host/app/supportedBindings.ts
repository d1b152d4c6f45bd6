import type { RegisteredFunction } from "./functionApp.ts";

export const triggerTypes = [
  "httpTrigger",
  "timerTrigger",
  "eventGridTrigger",
  "manualTrigger",
  "orchestrationTrigger",
  "activityTrigger",
  "entityTrigger",
] as const;
export type TriggerType = (typeof triggerTypes)[number];

/** Whether a function's trigger is of the given type; types are compared without regard to case, as the host does. */
export function isTriggeredBy(registered: RegisteredFunction, type: TriggerType): boolean {
  return registered.trigger.type.toLowerCase() === type.toLowerCase();
}

/** Whether an input is the durable client ("orchestrationClient" is its old name). */
export function isDurableClient(type: string): boolean {
  return /^(durableClient|orchestrationClient)$/i.test(type);
}

/** Refuses what would silently not work: a trigger, binding or retry policy that the local host does not have. */
export function assertSupported(registered: RegisteredFunction): void {
  const refuse = (what: string): never => {
    throw new Error(
      `Function "${registered.name}" uses ${what}, which the local host does not implement; run it on Azure Functions, or add it under local/host.`,
    );
  };
  if (!triggerTypes.some((type) => isTriggeredBy(registered, type))) {
    refuse(`a ${registered.trigger.type} (known: ${triggerTypes.join(", ")})`);
  }
  if (registered.metadata.retryOptions !== undefined) refuse("a retry policy of the host");
  for (const [name, binding] of Object.entries(registered.metadata.bindings)) {
    if (name === registered.trigger.name) continue;
    const known = binding.direction === "in" ? isDurableClient(binding.type) : binding.type.toLowerCase() === "http";
    if (!known) refuse(`an ${binding.direction}put binding of type "${binding.type}"`);
  }
}
