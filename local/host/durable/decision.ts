import type { EntityMessage } from "../store/entityTable.ts";

/** Something new that an orchestrator wants done, under its sequence number. */
export type Decision = { readonly sequence: number } & (
  | { readonly kind: "activity"; readonly name: string; readonly input: unknown }
  | {
      readonly kind: "subOrchestration";
      readonly name: string;
      readonly input: unknown;
      readonly instanceId: string;
      readonly version: string;
    }
  | { readonly kind: "timer"; readonly fireAtEpochMs: number }
  | { readonly kind: "entityMessage"; readonly entityId: string; readonly message: EntityMessage }
);

/** The function that a decision needs, as the host names it; undefined when it needs none. */
export function functionOf(
  decision: Decision,
): { readonly kind: "activity" | "orchestrator" | "entity"; readonly name: string } | undefined {
  switch (decision.kind) {
    case "activity":
      return { kind: "activity", name: decision.name };
    case "subOrchestration":
      return { kind: "orchestrator", name: decision.name };
    case "entityMessage":
      return { kind: "entity", name: splitEntityId(decision.entityId).name };
    case "timer":
      return undefined;
  }
}

/** "@name@key" → name and key. */
export function splitEntityId(entityId: string): { readonly name: string; readonly key: string } {
  const at = entityId.indexOf("@", 1);
  return { name: entityId.slice(1, at), key: entityId.slice(at + 1) };
}

export function entityIdOf(name: string, key: string): string {
  return `@${name.toLowerCase()}@${key}`;
}
