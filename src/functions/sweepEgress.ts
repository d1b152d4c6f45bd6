import type { InvocationContext, Timer } from "@azure/functions";
import type { EgressSettings } from "../domain/deniedEgress/egressSettings.ts";
import { dueWatch } from "../domain/egressSchedule.ts";
import { type DurableInstances, durableInstances } from "../durableInstances.ts";
import type { EgressWatchInput } from "../orchestrators/egressWatch.ts";
import { readIndex } from "./routeEvents.ts";
import { startOnce } from "./startOnce.ts";

/** Has the firewall's log of every environment read. */
export const sweepEgress =
  (subscriptionId: string, settings: EgressSettings) =>
  async (_timer: Timer, context: InvocationContext): Promise<void> => {
    const instances = durableInstances(context);
    const { environments } = await readIndex(instances, subscriptionId);
    for (const { name } of environments) await startWatch(instances, name, settings);
  };

async function startWatch(
  instances: Pick<DurableInstances, "find" | "start">,
  environment: string,
  settings: EgressSettings,
): Promise<void> {
  const { instanceId, dueAt } = dueWatch(environment, Date.now());
  const input: EgressWatchInput = { environment, dueAt, settings };
  await startOnce(instances, {
    orchestrator: "egressWatch",
    instanceId,
    input,
    isThis: (known) => (known.input as EgressWatchInput | undefined)?.dueAt === dueAt,
  });
}
