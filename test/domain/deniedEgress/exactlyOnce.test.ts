import { describe, expect, it } from "vitest";
import type { Alert } from "../../../src/domain/alerts/alert.ts";
import { acted } from "../../../src/domain/deniedEgress/caseActions.ts";
import { OPEN_CASES_MAX } from "../../../src/domain/deniedEgress/caseBook.ts";
import { CLOSED_CASES_MAX } from "../../../src/domain/deniedEgress/caseLife.ts";
import { commit, failRead } from "../../../src/domain/deniedEgress/commitReading.ts";
import type { FlowDestination } from "../../../src/domain/deniedEgress/deniedFlow.ts";
import { digest } from "../../../src/domain/deniedEgress/digest.ts";
import { defaultEgressSettings } from "../../../src/domain/deniedEgress/egressSettings.ts";
import {
  beginRead,
  displaceRead,
  type EgressWatchState,
  emptyEgressWatch,
  endRead,
} from "../../../src/domain/deniedEgress/egressWatchState.ts";
import { SeededRandom } from "../seededRandom.ts";
import { clusterNodes, context, look, minutes, START } from "./egressWorld.ts";
import { iso, readToyLog, type ToyRow } from "./toyLog.ts";

const SEEDS = 150;
/** A row may become visible so long after its ingestion that it is only found in the overlap. */
const LATENESS_MINUTES_MAX = 11;
const RUN_MINUTES = 120;
const prefixes = ["10.0.5.0/24", "10.0.6.0/24"];
const names = ["quay.io", "mcr.microsoft.com", "api.example.com", "x1.data.mcr.microsoft.com", "security.ubuntu.com"];

/** Rows of two hours: some late, some twice or three times, now and then a storm of names. */
function randomRows(random: SeededRandom): readonly ToyRow[] {
  const rows: ToyRow[] = [];
  const stormAt = random.below(3) === 0 ? random.below(RUN_MINUTES) : undefined;
  for (let index = 0; index < 60 + random.below(120); index++) {
    const isStorm = stormAt !== undefined && random.below(2) === 0;
    const minute = isStorm ? stormAt + random.below(4) : random.below(RUN_MINUTES);
    const at = START + minutes(minute) + random.below(60_000);
    const destination: FlowDestination = isStorm
      ? { kind: "fqdn", name: `n${random.below(200)}.example.org` }
      : { kind: "fqdn", name: names[random.below(names.length)] ?? "quay.io" };
    const isThreat = random.below(12) === 0;
    const flow: ToyRow["flow"] = {
      kind: isThreat ? "threat" : random.below(4) === 0 ? "network" : "application",
      sourceAddress: `10.0.${[5, 6, 9][random.below(3)]}.${4 + random.below(3)}`,
      destination,
      port: [443, 80][random.below(2)],
      protocol: "HTTPS",
      reason: isThreat ? "threatIntelligence" : ((["default", "rule"] as const)[random.below(2)] ?? "default"),
      rule: "",
    };
    const copies = random.below(5) === 0 ? 2 + random.below(2) : 1;
    for (let copy = 0; copy < copies; copy++) {
      const ingestedAt = at + random.below(minutes(random.below(8) === 0 ? 30 : 3)) + 1;
      const visibleAt = ingestedAt + (random.below(3) === 0 ? random.below(minutes(LATENESS_MINUTES_MAX)) : 0);
      rows.push({ identity: `${index}`, at, ingestedAt, visibleAt, flow });
    }
  }
  return rows;
}

const countIn = (state: EgressWatchState): number =>
  state.book.cases.reduce((sum, { count }) => sum + count, state.book.forgottenCount);

/** Passes with everything that may happen to one. Returns the state, and every alert that was handed over. */
function watched(random: SeededRandom, rows: readonly ToyRow[]) {
  const settings = {
    ...defaultEgressSettings,
    quietHours: [1, 24][random.below(2)] ?? 24,
    openAfterHits: 1 + random.below(3),
  };
  const listed = [1, 3, 10, 5_000][random.below(4)] ?? 10;
  const alerts: Alert[] = [];
  let state = emptyEgressWatch;
  let running: string | undefined;
  const origin = START - minutes(60);
  const lastNow = START + minutes(RUN_MINUTES + 120);
  for (let now = START - minutes(5), pass = 0; now <= lastNow; pass++) {
    const isCalm = now > lastNow - minutes(60);
    // Our own clock is wrong now and then, ahead or behind.
    const skew = !isCalm && random.below(15) === 0 ? minutes(random.below(60) - 30) : 0;
    const instanceId = `watch.shop.${pass}`;
    const asking = { instanceId, at: iso(now + skew), builtAt: iso(origin) };
    let [next, answer] =
      running === undefined ? beginRead(state, asking) : displaceRead(state, { ...asking, dead: running });
    state = next;
    for (let slice = 0; answer.kind === "go" && slice < 200; slice++) {
      running = instanceId;
      const fate = isCalm ? 9 : random.below(12);
      if (fate === 0) break; // A crash; another instance takes the turn.
      const of = { instanceId, environment: "shop", at: asking.at, settings };
      if (fate <= 2) {
        const kind = fate === 1 ? "tooMuch" : "throttled";
        const failure = { code: "Test", message: "no", advice: "Wait." };
        const [failed, { again, alerts: told }] = failRead(state, {
          ...of,
          sequence: answer.window.sequence,
          kind,
          failure,
        });
        alerts.push(...told);
        state = failed;
        if (!again) break;
      } else {
        const shuffled = random.shuffled(rows);
        const log = readToyLog(shuffled, answer.window, { nowEpochMs: now, listed, prefixes });
        const read = {
          ...of,
          look,
          nodes: clusterNodes,
          digest: digest({ reading: log, window: answer.window, context, known: answer.known.fingerprints }),
        };
        const [committed, { more, alerts: told }] = commit(state, read);
        alerts.push(...told);
        // The runtime may ask twice.
        const [repeated, again] = commit(committed, read);
        if (repeated !== committed || again.more !== more || again.alerts !== told)
          throw new Error("A repeated commit does something.");
        state = committed;
        if (!more) break;
      }
      [next, answer] = beginRead(state, asking);
      state = next;
    }
    if (answer.kind !== "go" || random.below(8) > 0 || isCalm) {
      state = endRead(state, { instanceId });
      running = undefined;
    }
    state = meddled(random, state, iso(now), alerts);
    now += isCalm ? minutes(5) : minutes([5, 5, 5, 1, 0, 45][random.below(6)] ?? 5) + random.below(60_000);
  }
  return { state, alerts };
}

/** Somebody closes or suppresses a case. */
function meddled(random: SeededRandom, state: EgressWatchState, at: string, alerts: Alert[]): EgressWatchState {
  const each = state.book.cases[random.below(Math.max(1, state.book.cases.length * 3))];
  if (each === undefined) return state;
  const kind = (["close", "suppress", "acknowledge"] as const)[random.below(3)] ?? "close";
  const [book, outcome] = acted(state.book, {
    kind,
    id: each.id,
    by: "on-call",
    note: "test",
    at,
    until: iso(Date.parse(at) + minutes(20)),
  });
  if (outcome.kind === "done") alerts.push(...outcome.alerts);
  return { ...state, book };
}

describe("commit", () => {
  it(`counts every row exactly once and tells of every case in order, over ${SEEDS} random schedules`, () => {
    const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
    const met = { late: 0, twice: 0, rolledUp: 0, returned: 0, forgotten: 0 };
    for (const seed of seeds) {
      const random = new SeededRandom(seed);
      const rows = randomRows(random);
      const { state, alerts } = watched(random, rows);
      const distinct = new Set(rows.map(({ identity }) => identity)).size;
      expect(countIn(state), `seed ${seed}`).toBe(distinct);
      expect(state.counters.rowCount, `seed ${seed}`).toBe(distinct);
      const open = state.book.cases.filter((each) => each.state !== "closed");
      expect(
        open.length <= OPEN_CASES_MAX + 20 && state.book.cases.length - open.length <= CLOSED_CASES_MAX,
        `seed ${seed}`,
      ).toBe(true);
      expect(new Set(alerts.map(({ id }) => id)).size, `seed ${seed}`).toBe(alerts.length);
      for (const [subject, of] of Map.groupBy(
        alerts.filter(({ kind }) => kind === "deniedEgress"),
        (alert) => alert.subject,
      )) {
        const events = of.map(({ event }) => event).join(" ");
        expect(events, `seed ${seed} ${subject}`).toMatch(/^opened( updated)*( closed)?$/);
        const found = state.book.cases.find(({ id }) => id === subject);
        if (found !== undefined)
          expect(found.state === "closed", `seed ${seed} ${subject}`).toBe(events.endsWith("closed"));
      }
      met.late += rows.some(({ visibleAt, ingestedAt }) => visibleAt > ingestedAt + minutes(5)) ? 1 : 0;
      met.twice += rows.length > distinct ? 1 : 0;
      met.rolledUp += state.book.cases.some(({ destinations }) => destinations !== undefined) ? 1 : 0;
      met.returned += state.book.cases.some(({ previousId }) => previousId !== undefined) ? 1 : 0;
      met.forgotten += state.book.forgottenCount !== 0 ? 1 : 0;
    }
    // Each of these has happened, or the seeds try nothing.
    expect(Object.entries(met).filter(([, count]) => count < SEEDS / 50)).toEqual([]);
  }, 60_000);
});
