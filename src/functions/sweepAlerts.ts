import type { InvocationContext, Timer } from "@azure/functions";
import { type AlertOutboxState, runningDeliveries } from "../domain/alerts/alertOutboxState.ts";
import { durableInstances } from "../durableInstances.ts";
import { readIndex } from "./routeEvents.ts";

/** Deliveries go on by themselves. One that was terminated from outside, or has crashed, is begun again here. */
export const sweepAlerts =
  (subscriptionId: string) =>
  async (_timer: Timer, context: InvocationContext): Promise<void> => {
    const instances = durableInstances(context);
    const { environments } = await readIndex(instances, subscriptionId);
    for (const { name } of environments) {
      const outbox = await instances.entityState({ name: "alertOutbox", key: name });
      if (outbox === undefined) continue;
      for (const start of runningDeliveries(outbox as AlertOutboxState, name)) {
        const known = await instances.find(start.instanceId);
        if (known?.isEnded === false) continue;
        context.log(JSON.stringify({ event: "alertDeliveryRevived", ...start }));
        await instances.start("alertDelivery", start.instanceId, start);
      }
    }
  };
