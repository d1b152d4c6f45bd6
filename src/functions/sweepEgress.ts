import type { InvocationContext, Timer } from "@azure/functions";
import type { EgressSettings } from "../domain/deniedEgress/egressSettings.ts";
import { dueWatch } from "../domain/egressSchedule.ts";
import { type DurableInstances, durableInstances } from "../durableInstances.ts";
import type { EgressWatchInput } from "../orchestrators/egressWatch.ts";
import { readIndex } from "./routeEvents.ts";

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
  const isStarted = async (): Promise<boolean> => {
    const known = await instances.find(instanceId);
    return (known?.input as EgressWatchInput | undefined)?.dueAt === dueAt;
  };
  if (await isStarted()) return;
  try {
    await instances.start("egressWatch", instanceId, input);
  } catch (error) {
    // A timer that fires twice starts the same pass twice: one start is refused, and both mean the same instance.
    if (!(await isStarted())) throw error;
  }
}
