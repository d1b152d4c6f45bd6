/**
 * A race that must end with every refused connection counted once, whatever its seed: rows come late, twice, in both schemas and
 * out of order, queries fail, every sink of alerts fails now and then, the host is killed. Each sink must have each opening
 * and each closing under one id.
 */
import assert from "node:assert/strict";
import type { Fault } from "../../local/itsm/faults.ts";
import { SeededRandom } from "../domain/seededRandom.ts";
import { type AlertDesk, alertDesk } from "../harness/alertDesk.ts";
import { type EgressLab, openEgressLab, type Refused } from "./egressLab.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Rows older than this are given the time at which they come. */
const STAMPED_ANEW_HOURS = 48;
/** Names that are refused: few, so that cases grow, and are closed and come back. */
const NAMES = ["quay.io", "mcr.microsoft.com", "a.shop.example", "b.shop.example", "", "ghcr.io", "172.20.1.1"];
const SOURCES = ["10.0.5.4", "10.0.5.35", "10.0.5.77"];
const ROUNDS = 8;
const PAUSE_MINUTES_MAX = 25;
/** Longer than the window that is furthest behind, its overlap and the settling take together. */
const SETTLED_MINUTES = 25;
/** Longer than the longest pause of a sink. */
const DELIVERED_MINUTES_MAX = 90;
/** Requests that let a kill come anywhere in a pass. */
const REQUESTS_BETWEEN_MAX = 9;

const unpleasant = (seed: number) => ({
  seed,
  throttled: 0.1,
  unavailable: 0.06,
  internalError: 0.03,
  reset: 0.04,
  loseAnswer: 0.05,
});

/** Throws when a seed's race does not end as it must; says in a line what it was. */
export async function egressRace(seed: number): Promise<string> {
  const random = new SeededRandom(seed);
  const alerts = await alertDesk();
  const { desk } = alerts;
  let sinkFaults: readonly Fault[] = [];
  const outside = { cut: () => desk.setFaults([{ answer: "reset" }]), restore: () => desk.setFaults(sinkFaults) };
  const lab = await openEgressLab({ settings: alerts.settings, outside });
  const { azure } = lab.world;
  alerts.attend(lab.world);
  try {
    const tally = { rows: 0, connections: 0, kills: 0 };
    const faults = { ...unpleasant(seed), principal: azure.app.objectId };
    await lab.minutes(5);
    azure.setFaults([], faults);
    for (let round = 0; round < ROUNDS; round++) {
      refuse(lab, random, tally);
      sinkFaults = trouble(random);
      desk.setFaults(sinkFaults);
      if (random.below(3) === 0) {
        await kill(lab, random);
        tally.kills += 1;
        azure.setFaults([], { ...faults, seed: seed + 1_000_003 * (round + 1) });
      }
      await lab.minutes(1 + random.below(PAUSE_MINUTES_MAX));
    }
    azure.setFaults([], { seed });
    sinkFaults = [];
    desk.setFaults(sinkFaults);
    await lab.minutes(SETTLED_MINUTES);
    await expectCountedOnce(lab, tally.connections);
    await expectAllDelivered(lab);
    await expectToldOnce(lab, alerts);
    assert.deepEqual(azure.taskFailures, []);
    const { counters } = await lab.state();
    return `${tally.rows} rows of ${tally.connections} connections, ${tally.kills} kills, ${counters.failedPassCount} of ${counters.passCount + counters.failedPassCount} readings failed, ${lab.alerts().length} alerts`;
  } finally {
    await lab.world.close();
  }
}

/** What goes wrong at the sinks for a while: each of it on its own, and for a handful of requests. */
function trouble(random: SeededRandom): readonly Fault[] {
  const answers: readonly Fault["answer"][] = [
    "reset",
    "loseAnswer",
    { status: 503 },
    { status: 429, headers: { "retry-after": "90" } },
  ];
  return ["/api/now/", "/hooks/alerts", "/hooks/chat"].flatMap((path) => {
    const answer = random.below(2) === 0 ? undefined : answers[random.below(answers.length)];
    return answer === undefined ? [] : [{ path, answer, times: 1 + random.below(6) }];
  });
}

/** Some refused connections, each as one row or several. */
function refuse(lab: EgressLab, random: SeededRandom, tally: { rows: number; connections: number }): void {
  const now = lab.world.clock.now();
  const rows: Refused[] = [];
  for (let index = random.below(14); index >= 0; index--) {
    const row = connection(random, now, tally.connections++);
    rows.push(row);
    // Again: at once, a little later, or hours later.
    const again = random.below(5);
    const delays = again === 0 ? [0] : again === 1 ? [random.below(30), random.below(150)] : [];
    for (const minutes of delays) {
      const ingestedAt = iso(Date.parse(row.ingestedAt ?? "") + minutes * MINUTE_MS);
      // A row that comes again so late that it is given another time cannot be known.
      if (Date.parse(ingestedAt) - Date.parse(row.at ?? "") > STAMPED_ANEW_HOURS * HOUR_MS) continue;
      rows.push({ ...row, ingestedAt, ...(random.below(3) === 0 ? { isLegacy: true } : {}) });
    }
  }
  lab.refuse(...random.shuffled(rows));
  tally.rows += rows.length;
}

function connection(random: SeededRandom, nowEpochMs: number, sourcePort: number): Refused {
  const lateness = random.below(10);
  const agoMs =
    lateness === 0
      ? random.below(60 * HOUR_MS)
      : lateness < 3
        ? random.below(3 * HOUR_MS)
        : random.below(12 * MINUTE_MS);
  return {
    name: NAMES[random.below(NAMES.length)] ?? "",
    source: SOURCES[random.below(SOURCES.length)] ?? "",
    // Of a connection of its own, whatever else is alike.
    sourcePort: 1024 + sourcePort,
    at: iso(nowEpochMs - agoMs),
    ingestedAt: iso(nowEpochMs + random.below(8 * MINUTE_MS)),
    ...(random.below(4) === 0 ? { isLegacy: true } : {}),
  };
}

/** Kills the host in the middle of whatever it does next. */
async function kill(lab: EgressLab, random: SeededRandom): Promise<void> {
  const { azure, clock } = lab.world;
  const count = azure.requests.length + 1 + random.below(REQUESTS_BETWEEN_MAX);
  const end = clock.now() + 10 * MINUTE_MS;
  await lab.until(() => azure.requests.length >= count || clock.now() >= end);
  await lab.world.crashAndRestart();
}

async function expectCountedOnce(lab: EgressLab, count: number): Promise<void> {
  const { book, counters, running, cursor } = await lab.state();
  const counted = book.cases.reduce((sum, each) => sum + each.count, book.forgottenCount);
  assert.ok(
    Date.parse(cursor.watermark ?? "") > lab.world.clock.now() - 8 * MINUTE_MS,
    "the log was not read to its end",
  );
  assert.equal(counted, count, "connections in cases and in the log");
  assert.equal(counters.rowCount, count, "connections that were counted");
  assert.equal(running, undefined, "the turn was never given back");
}

/** What is still on its way after the last trouble comes when the longest pause of its sink is over. */
async function expectAllDelivered(lab: EgressLab): Promise<void> {
  for (let waited = 0; waited < DELIVERED_MINUTES_MAX && (await lab.outbox()).alerts.length > 0; waited += 5)
    await lab.minutes(5);
  assert.deepEqual((await lab.outbox()).alerts, [], "alerts that never reached a sink");
}

/**
 * Each case opened once, before it is closed, and closed at most once, at every sink. A delivery whose answer was lost is made
 * again under the same id, which is how its receiver knows it.
 */
async function expectToldOnce(lab: EgressLab, { desk }: AlertDesk): Promise<void> {
  const { subjects } = await lab.outbox();
  const { book } = await lab.state();
  const told = book.cases.filter((each) => each.told !== undefined).map(({ id }) => id);
  const known = new Set(subjects.map(({ subject }) => subject));
  assert.deepEqual(
    told.filter((id) => !known.has(id)),
    [],
    "cases that were told to nobody",
  );
  const expected = subjects.flatMap(({ subject, openedRevision, closedRevision }) => {
    assert.ok(openedRevision !== undefined, `${subject} was never opened`);
    assert.ok(
      closedRevision === undefined || closedRevision > openedRevision,
      `${subject} was closed before it was opened`,
    );
    return [`${subject}:${openedRevision}`, ...(closedRevision === undefined ? [] : [`${subject}:${closedRevision}`])];
  });
  const posted = desk.requests.filter(({ path, status }) => path === "/hooks/chat" && status === 202);
  const ids = {
    topic: lab.alerts().map((alert) => alert.slice(alert.indexOf(" ") + 1)),
    webhook: desk.alerts.map(({ idempotencyKey }) => idempotencyKey),
    chat: posted.map(({ idempotencyKey }) => idempotencyKey ?? ""),
  };
  for (const [sink, taken] of Object.entries(ids)) {
    const missing = expected.filter((id) => !taken.includes(id));
    assert.deepEqual(missing, [], `openings and closings that ${sink} never got`);
  }
  for (const event of ["opened", "closed"]) expectNoSecond(event, lab.alerts());
  const incidents = desk.incidents.map(({ row }) => `${row.correlation_id} ${row.state === "6"}`);
  const cases = subjects.map(({ subject, closedRevision }) => `${subject} ${closedRevision !== undefined}`);
  assert.deepEqual(incidents.sort(), cases.sort(), "incidents: one for each case, resolved when it is closed");
}

/** An opening or a closing under two ids would be two. */
function expectNoSecond(event: string, alerts: readonly string[]): void {
  const ids = new Set(alerts.filter((alert) => alert.startsWith(`${event} `)));
  const subjects = [...ids].map((alert) => alert.slice(0, alert.lastIndexOf(":")));
  assert.equal(new Set(subjects).size, subjects.length, `a case was ${event} twice`);
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
