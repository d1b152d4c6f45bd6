import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RandomFaults } from "../../local/azure/localAzure.ts";
import { VirtualClock } from "../../local/clock.ts";
import { startCoreLab } from "./coreLab.ts";
import { deadLetterTo, type EventGridLab, gapsOf, startEventGridLab } from "./eventGridLab.ts";

const DAY_SECONDS = 24 * 3600;

/** Records when deliveries came, and answers with the statuses in turn; the last one stays. */
function answerWith(lab: EventGridLab, ...statuses: readonly (number | "hang")[]): number[] {
  const times: number[] = [];
  lab.hook.answer = ({ headers }) => {
    if (headers["aeg-event-type"] !== "Notification") return undefined;
    const status = statuses[Math.min(times.length, statuses.length - 1)] ?? 200;
    times.push(lab.core.clock.now());
    return status === "hang" ? "hang" : { status };
  };
  return times;
}

describe("an event that is not taken", () => {
  let lab: EventGridLab;
  let count = 0;
  beforeAll(async () => {
    lab = await startEventGridLab();
  });
  afterAll(async () => {
    expect(lab.core.azure.taskFailures).toEqual([]);
    await lab.stop();
  });
  afterEach(async () => {
    await lab.core.send("DELETE", `${lab.topic}/eventSubscriptions/sub-${count}`);
    await lab.seconds(30);
    lab.hook.received.length = 0;
    lab.hook.answer = () => undefined;
  });

  /** A subscription of its own, and one event for it. */
  async function publish(retryPolicy: Readonly<Record<string, number>>, schema = "EventGridSchema"): Promise<string> {
    count += 1;
    await lab.subscribe(`sub-${count}`, {
      retryPolicy,
      eventDeliverySchema: schema,
      deadLetterDestination: deadLetterTo(lab),
    });
    lab.hook.received.length = 0;
    await lab.write(`rt-${count}`);
    return String(lab.hook.events()[0]?.id);
  }

  it("comes again after 10 s, 30 s, 1, 5, 10, 30 min, 1, 3, 6 h, each up to a tenth later, with the same id", async () => {
    const times = answerWith(lab, 500);
    const id = await publish({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 });
    await lab.seconds(DAY_SECONDS);
    const waits = gapsOf(times).map((at, index, all) => at - (all[index - 1] ?? 0));
    const schedule = [0, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200];
    for (const [index, wait] of waits.entries()) {
      expect(wait, `attempt ${index}`).toBeGreaterThanOrEqual(schedule[index] ?? 0);
      expect(wait, `attempt ${index}`).toBeLessThanOrEqual((schedule[index] ?? 0) * 1.1 + 1);
    }
    expect(waits.length).toBeGreaterThanOrEqual(10);
    expect(new Set(lab.hook.events().map((event) => event.id))).toEqual(new Set([id]));
    expect(lab.hook.notifications().map(({ headers }) => Number(headers["aeg-delivery-count"]))).toEqual(
      waits.map((_, index) => index),
    );
  });

  it("is a dead letter five minutes after its last attempt", async () => {
    answerWith(lab, 500);
    const id = await publish({ maxDeliveryAttempts: 2, eventTimeToLiveInMinutes: 1440 });
    const before = lab.letters().length;
    await lab.seconds(250);
    expect(lab.letters()).toHaveLength(before);
    await lab.seconds(120);
    expect(lab.letters().at(-1)).toMatchObject({
      id,
      eventType: "Microsoft.Resources.ResourceWriteSuccess",
      deadLetterReason: "MaxDeliveryAttemptsExceeded",
      deliveryAttempts: 2,
      lastDeliveryOutcome: "GenericError",
      publishTime: expect.any(String),
      lastDeliveryAttemptTime: expect.any(String),
      data: { operationName: "Microsoft.Network/routeTables/write" },
    });
    expect(lab.core.azure.blobs(lab.deadLetters).at(-1)?.name).toMatch(
      new RegExp(`^SUB-${count}/2026/11/\\d/1?\\d/[0-9a-f-]{36}\\.json$`),
    );
  });

  it("is a dead letter in the schema that it would have come in", async () => {
    answerWith(lab, 503);
    await publish({ maxDeliveryAttempts: 1, eventTimeToLiveInMinutes: 1440 }, "CloudEventSchemaV1_0");
    await lab.seconds(400);
    expect(lab.letters().at(-1)).toMatchObject({
      specversion: "1.0",
      deadletterreason: "MaxDeliveryAttemptsExceeded",
      deliveryattempts: 1,
      lastdeliveryoutcome: "Busy",
    });
  });

  it.each([
    [400, "BadRequest"],
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [413, "PayloadTooLarge"],
  ])("is a dead letter at once when the endpoint answers %i", async (status, outcome) => {
    const times = answerWith(lab, status);
    const id = await publish({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 });
    expect(times).toHaveLength(1);
    expect(lab.letters().at(-1)).toMatchObject({ id, deliveryAttempts: 1, lastDeliveryOutcome: outcome });
  });

  it.each([
    [404, 300],
    [408, 120],
    [503, 30],
  ])("waits longer after %i", async (status, least) => {
    const times = answerWith(lab, status, 200);
    await publish({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 });
    await lab.seconds(400);
    expect(gapsOf(times)[1]).toBeGreaterThanOrEqual(least);
    expect(times).toHaveLength(2);
  });

  it("is given up when its time is over, which is seen at the next attempt only", async () => {
    const times = answerWith(lab, 500);
    const id = await publish({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 2 });
    await lab.seconds(3600);
    expect(times).toHaveLength(4);
    expect(lab.letters().at(-1)).toMatchObject({ id, deadLetterReason: "TimeToLiveExceeded", deliveryAttempts: 4 });
  });

  it("comes again when the endpoint does not answer within 30 s", async () => {
    const times = answerWith(lab, "hang", 200);
    await publish({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 });
    await lab.seconds(60);
    expect(gapsOf(times)[1]).toBeGreaterThanOrEqual(40);
  });

  it("is dropped when nobody keeps dead letters", async () => {
    const before = lab.letters().length;
    answerWith(lab, 400);
    count += 1;
    await lab.subscribe(`sub-${count}`);
    await lab.write(`rt-${count}`);
    expect(lab.letters()).toHaveLength(before);
  });

  it("makes new events wait, too, when ten attempts in a row have failed", async () => {
    answerWith(lab, 500);
    await publish({ maxDeliveryAttempts: 1, eventTimeToLiveInMinutes: 1440 });
    for (let more = 0; more < 9; more++) await lab.write(`rt-${count}-${more}`);
    expect(lab.hook.events()).toHaveLength(10);
    answerWith(lab, 200);
    lab.hook.received.length = 0;
    await lab.core.send("PUT", `${lab.group}/providers/Microsoft.Network/routeTables/rt-last`, {
      body: { location: "westeurope" },
    });
    await lab.seconds(10);
    expect(lab.hook.events()).toHaveLength(0);
    await lab.seconds(60);
    expect(lab.hook.events()).toHaveLength(1);
  });
});

describe("many events at once", () => {
  /** Sixty writes within one second, and all that came of them in an hour, by their table's number. */
  async function flood(randomFaults: RandomFaults | undefined, maxEventsPerBatch = 1) {
    const lab = await startEventGridLab();
    await lab.subscribe("flood", {}, { maxEventsPerBatch });
    const { azure } = lab.core;
    azure.setFaults([], randomFaults ?? {});
    const tables = Array.from({ length: 60 }, (_, index) => index);
    for (const index of tables) {
      const path = `${lab.group}/providers/Microsoft.Network/routeTables/rt-${index}`;
      const body = { location: "westeurope" };
      azure.world.armRequest({ principal: azure.operator, method: "PUT", path, apiVersion: "2024-05-01", body });
    }
    await lab.seconds(3600);
    const order = lab.hook.events().map(({ subject }) => Number(String(subject).split("-").at(-1)));
    const ids = lab.hook.events().map(({ id }) => id);
    const requests = lab.hook.notifications();
    await lab.stop();
    return { order, ids, requests, tables };
  }

  it("come all, once each and in no order", async () => {
    const { order, tables } = await flood(undefined);
    expect([...order].sort((one, other) => one - other)).toEqual(tables);
    expect(order).not.toEqual(tables);
  });

  it("come in batches no larger than asked for", async () => {
    const { order, requests, tables } = await flood(undefined, 10);
    expect([...order].sort((one, other) => one - other)).toEqual(tables);
    const sizes = requests.map(({ events }) => events.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
    expect(sizes.length).toBeLessThan(30);
  });

  it.each([3, 4])("come late, twice and lost at first, and all in the end (seed %i)", async (seed) => {
    const faults = { seed, eventDuplicated: 0.3, eventOvertaken: 0.3, eventLate: 0.1, eventLost: 0.2 };
    const one = await flood(faults);
    expect([...new Set(one.order)].sort((left, right) => left - right)).toEqual(one.tables);
    expect(one.ids.length).toBeGreaterThan(60);
    expect(new Set(one.ids).size).toBe(60);
    expect((await flood(faults)).order).toEqual(one.order);
  });
});

describe("a restart", () => {
  it("forgets no event: one that was being sent is sent again, one that waits to be a dead letter becomes one", async () => {
    const directory = mkdtempSync(join(tmpdir(), "event-grid-"));
    const statePath = join(directory, "state.db");
    const lab = await startEventGridLab({ statePath });
    await lab.subscribe("kept", {
      retryPolicy: { maxDeliveryAttempts: 2, eventTimeToLiveInMinutes: 1440 },
      deadLetterDestination: deadLetterTo(lab),
    });
    answerWith(lab, 500, 500, "hang", 500);
    // Both attempts at the first have failed: it waits to be a dead letter while the second is sent.
    await lab.write("rt-kept");
    const path = `${lab.group}/providers/Microsoft.Network/routeTables/rt-sent`;
    await lab.core.send("PUT", path, { body: { location: "westeurope" } });
    const passing = lab.seconds(30);
    while (lab.hook.events().length < 3) await new Promise(setImmediate);
    const stoppedAt = lab.core.clock.now();
    await lab.core.stop();
    await passing;

    const second = await startCoreLab({ statePath, clock: new VirtualClock(stoppedAt) });
    await second.clock.advance(1_000_000);
    expect(lab.hook.events().map(({ subject }) => String(subject).split("/").at(-1))).toEqual([
      "rt-kept",
      "rt-kept",
      "rt-sent",
      "rt-sent",
      "rt-sent",
    ]);
    const letters = second.azure
      .blobs(lab.deadLetters)
      .map(({ text }) => JSON.parse(text)[0].subject.split("/").at(-1));
    expect(letters.sort()).toEqual(["rt-kept", "rt-sent"]);
    expect(second.azure.taskFailures).toEqual([]);
    await second.stop();
    await lab.hook.stop();
    rmSync(directory, { recursive: true });
  });
});
