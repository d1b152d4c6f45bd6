import type { InvocationContext } from "@azure/functions";
import { parseResourceEvent } from "../contracts/resourceEvent.ts";
import { type EnvironmentIndex, emptyEnvironmentIndex } from "../domain/environmentIndex.ts";
import { type ResourceEvent, routeHint } from "../domain/routeHint.ts";
import { NO_ENVIRONMENT } from "../domain/routeSchedule.ts";
import { type DurableInstances, durableInstances } from "../durableInstances.ts";
import { startRouteSync } from "./startRouteSync.ts";

/**
 * What Event Grid delivers, one event at a time. An event that is of no use here is counted and done with: delivered
 * again it would be no better. One that cannot be understood is counted and thrown: after its last attempt Event Grid lays it down
 * with the dead letters, where somebody can look at it.
 */
export const routeEvents =
  (subscriptionId: string) =>
  async (body: unknown, context: InvocationContext): Promise<void> => {
    const instances = durableInstances(context);
    const parsed = parseResourceEvent(body);
    if (!parsed.ok) {
      await instances.signalEntity(entityOf(NO_ENVIRONMENT), "countEvent", { ignored: "notUnderstood" });
      throw new Error(notUnderstood(parsed.mistakes));
    }
    const { event } = parsed;
    const hint = routeHint(event, await readIndex(instances, subscriptionId), subscriptionId);
    if (hint.kind === "ignored") {
      await instances.signalEntity(entityOf(NO_ENVIRONMENT), "countEvent", { ignored: hint.why });
      log(context, event, { ignored: hint.why });
      return;
    }
    const { environment, cluster, reason: why } = hint;
    const nowEpochMs = Date.now();
    const hintAt = new Date(nowEpochMs).toISOString();
    await startRouteSync(instances, { environment, reason: "event", why, hintAt }, nowEpochMs);
    await instances.signalEntity(entityOf(environment), "countEvent", {});
    log(context, event, { hint: hint.kind, environment, cluster });
  };

export async function readIndex(
  instances: Pick<DurableInstances, "entityState">,
  subscriptionId: string,
): Promise<EnvironmentIndex> {
  const state = await instances.entityState({ name: "environmentIndex", key: subscriptionId });
  return (state as EnvironmentIndex | undefined) ?? emptyEnvironmentIndex;
}

function entityOf(key: string): { readonly name: string; readonly key: string } {
  return { name: "gatewayRoutes", key };
}

function log(context: InvocationContext, event: ResourceEvent, more: Readonly<Record<string, unknown>>): void {
  const { eventId, eventType, subject, at, operation } = event;
  const { operationName, correlationId } = operation ?? {};
  context.log(
    JSON.stringify({ event: "resourceEvent", eventId, eventType, operationName, subject, at, correlationId, ...more }),
  );
}

function notUnderstood(mistakes: readonly { readonly pointer: string; readonly message: string }[]): string {
  const all = mistakes.map(({ pointer, message }) => `${pointer || "/"}: ${message}`).join("; ");
  return `This is no event of Azure Resource Manager in either schema of Event Grid. ${all}`;
}
