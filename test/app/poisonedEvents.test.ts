/** Events that nobody can make anything of, on their whole way: published, delivered, refused or ignored, given up. */
import { afterEach, describe, expect, it } from "vitest";
import { coreOf } from "../../local/azure/core/coreOf.ts";
import type { GridEvent } from "../../local/azure/eventGrid/gridEvent.ts";
import { deliveriesOf } from "../../local/azure/eventGrid/pendingDeliveries.ts";
import { publishEvent } from "../../local/azure/eventGrid/publishEvent.ts";
import { openRouteLab, type RouteLab } from "./routeLab.ts";

let lab: RouteLab;
afterEach(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

const OTHER = "99999999-9999-4999-8999-999999999999";
/** What Event Grid tries at 0, 10, 40, 100, 400, 1,000, 2,800 and 6,400 s, it finds too old for an hour at the last. */
const AN_HOURS_ATTEMPTS = 7;
const GIVEN_UP_SECONDS = 8000;

const groupOf = (id: string): string => id.slice(0, id.indexOf("/providers/"));

/** Has Event Grid publish it as an event of the network's group. */
function publish(event: Omit<GridEvent, "topic">): void {
  const { world } = lab.world.azure;
  const sources = [{ topicType: "Microsoft.Resources.ResourceGroups", source: groupOf(lab.tableOf()) }];
  coreOf(world).state.turn(() => publishEvent(world, sources, () => event));
}

/** The body of a subscription of the app, with as much patience as is left of it. */
async function impatient(id: string, maxDeliveryAttempts: number): Promise<Readonly<Record<string, unknown>>> {
  const { properties } = (await lab.arm("GET", id)).body;
  return { ...properties, retryPolicy: { maxDeliveryAttempts, eventTimeToLiveInMinutes: 60 } };
}

/** The app's own subscription, which takes CloudEvents, and one of somebody else's, who sends it everything in the other schema. */
async function subscribed(): Promise<readonly string[]> {
  const topic = `${groupOf(lab.tableOf())}/providers/Microsoft.EventGrid/systemTopics/egst-kubenetvnets`;
  const own = `${topic}/eventSubscriptions/portcullis-kubenet-routes`;
  const theirs = `${topic}/eventSubscriptions/theirs`;
  const properties = await impatient(own, 30);
  await lab.arm("PUT", own, { properties });
  const everything = { ...(await impatient(own, 3)), filter: {}, eventDeliverySchema: "EventGridSchema" };
  await lab.arm("PUT", theirs, { properties: everything });
  await lab.seconds(60);
  return [own, theirs];
}

describe("a poisoned event", () => {
  it("is ignored or refused and counted, ends with the dead letters, and keeps no other one from being followed", async () => {
    lab = await openRouteLab();
    const subscriptions = await subscribed();
    const good = lab.event("Microsoft.Network/routeTables/write", lab.tableOf()) as unknown as GridEvent;
    const { topic: _, ...event } = good;
    const { resourceUri: __, ...nowhere } = event.data;
    // The app's own filter keeps out the first, and what says nothing at all.
    publish({ ...event, id: "type", eventType: "Microsoft.Resources.ResourceWriteCancel" });
    publish({ ...event, id: "forged", subject: `${lab.tableOf()}-other` });
    publish({ ...event, id: "subscription", data: { ...event.data, subscriptionId: OTHER } });
    publish({ ...event, id: "nothing", data: {} });
    publish({ ...event, id: "nowhere", data: nowhere });
    publish({ ...event, id: "when", eventTime: "tomorrow" });
    const before = (await lab.state()).counters;
    await lab.seconds(GIVEN_UP_SECONDS);

    const letters = lab.world.azure.blobs(lab.world.azure.deadLetterContainerId).map(letterOf);
    const inAnHour = { reason: "TimeToLiveExceeded", attempts: AN_HOURS_ATTEMPTS, outcome: "GenericError" };
    const inThree = { reason: "MaxDeliveryAttemptsExceeded", attempts: 3, outcome: "GenericError" };
    const theirs = ["nothing", "nowhere", "when"].map((id) => ({ id, of: "THEIRS", ...inThree }));
    const own = ["nowhere", "when"].map((id) => ({ id, of: "PORTCULLIS-KUBENET-ROUTES", ...inAnHour }));
    expect(letters.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))).toEqual(
      [...theirs, ...own].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
    );
    const { ignoredEventCounts } = (await lab.state("-")).counters;
    expect(ignoredEventCounts).toEqual({
      unknownType: 1,
      forgedTopic: 2,
      otherSubscription: 2,
      notUnderstood: 3 * 3 + 2 * AN_HOURS_ATTEMPTS,
    });
    expect((await lab.state()).counters.followedEventCount).toBe(before.followedEventCount);
    for (const id of subscriptions) expect(deliveriesOf(lab.world.azure.world, id)).toEqual([]);
    const metrics = await (await fetch(`${lab.world.url()}/api/metrics`)).text();
    expect(metrics).toContain('portcullis_events_ignored_total{reason="notUnderstood"} 23');

    await lab.scale(3);
    await lab.seconds(330);
    expect((await lab.state()).counters.followedEventCount).toBeGreaterThan(before.followedEventCount);
    expect(await lab.routes(lab.gatewayTable)).toHaveLength(3);
  });
});

function letterOf({ name, text }: { readonly name: string; readonly text: string }) {
  const [letter] = JSON.parse(text);
  const { id, deadLetterReason, deadletterreason, deliveryAttempts, deliveryattempts } = letter;
  return {
    id,
    of: name.split("/")[0],
    reason: deadLetterReason ?? deadletterreason,
    attempts: deliveryAttempts ?? deliveryattempts,
    outcome: letter.lastDeliveryOutcome ?? letter.lastdeliveryoutcome,
  };
}
