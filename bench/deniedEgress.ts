/**
 * A million refused connections in one window of the log: what the app fetches of them and what it costs the app, and beside
 * it the plain way, which fetches every row. Then a storm of 10,000 destinations. Both on the same local Azure.
 */
import * as z from "zod";
import { egressQuestion } from "../src/activities/readEgressLog.ts";
import { parseDeniedFlows } from "../src/contracts/deniedFlowRow.ts";
import { commit } from "../src/domain/deniedEgress/commitReading.ts";
import { digest } from "../src/domain/deniedEgress/digest.ts";
import { beginRead, type EgressWatchState } from "../src/domain/deniedEgress/egressWatchState.ts";
import { egressContext, egressScope } from "../src/domain/egressScope.ts";
import type { EnvironmentState } from "../src/domain/environmentLock.ts";
import { type EgressLab, ENVIRONMENT, openEgressLab } from "../test/app/egressLab.ts";
import { SeededRandom } from "../test/domain/seededRandom.ts";
import { askLog } from "./askLog.ts";
import { deniedRows } from "./deniedRows.ts";
import { type EveryRow, everyRow } from "./everyRow.ts";
import { measured } from "./measured.ts";
import { printRows } from "./printRows.ts";

const SEED = 20261123;
const MINUTE_MS = 60_000;
const SWEEP_MINUTES = 5;
const ROW_COUNT = 1_000_000;
const DESTINATION_COUNT = 5_000;
const SOURCE_COUNT = 200;
const STORM_DESTINATION_COUNT = 10_000;
const STORM_ROW_COUNT = 30_000;
const FETCHED_MAX = 5_000;
const ALERTS_MAX = 25;
/** A pass begins within seconds after it is due, and its alerts go out after it. */
const PASS_MINUTES = 1;

/** False when a row was not counted, or more was fetched or told than may be. */
export async function benchDeniedEgress(): Promise<boolean> {
  const million = await window({ rowCount: ROW_COUNT, destinationCount: DESTINATION_COUNT });
  printMillion(million);
  const storm = await window({ rowCount: STORM_ROW_COUNT, destinationCount: STORM_DESTINATION_COUNT });
  printStorm(storm);
  return [million, storm].every(
    ({ app, plain, rowCount }) =>
      app.countedCount === rowCount &&
      plain.rowCount === rowCount &&
      app.fetchedCount <= FETCHED_MAX &&
      app.alertCount <= ALERTS_MAX,
  );
}

interface Rows {
  readonly rowCount: number;
  readonly destinationCount: number;
}

interface OneWindow extends Rows {
  readonly app: AppCourse;
  readonly plain: EveryRow;
}

/** What the app itself came to, and its own work apart, made again on the same answer of the log. */
interface AppCourse extends OwnWork {
  readonly countedCount: number;
  readonly fetchedCount: number;
  readonly alertCount: number;
}

async function window({ rowCount, destinationCount }: Rows): Promise<OneWindow> {
  const lab = await openEgressLab();
  try {
    await lab.minutes(2 * SWEEP_MINUTES);
    const before = await lab.state();
    const fromEpochMs = Date.parse(before.cursor.watermark ?? "");
    const toEpochMs = fromEpochMs + SWEEP_MINUTES * MINUTE_MS;
    const random = new SeededRandom(SEED);
    const place = { firewallId: lab.firewallId, fromEpochMs, minutes: SWEEP_MINUTES, sourceCount: SOURCE_COUNT };
    const rows = deniedRows({ ...place, rowCount, destinationCount, random });
    lab.world.azure.addLogColumns(lab.workspaceId, "AZFWApplicationRule", rows);
    const passCount = before.counters.passCount + 1;
    while ((await lab.state()).counters.passCount < passCount) await lab.minutes(PASS_MINUTES);
    await lab.minutes(PASS_MINUTES);
    const after = await lab.state();
    const customerId: string = (await lab.arm("GET", lab.workspaceId)).body.properties.customerId;
    const own = await ownWork(lab, customerId, before);
    const app = {
      ...own,
      countedCount: after.counters.rowCount - before.counters.rowCount,
      fetchedCount: after.counters.fetchedRowCount - before.counters.fetchedRowCount,
      alertCount: lab.alerts().length,
    };
    const plain = await everyRow(lab.world.azure, customerId, { fromEpochMs, toEpochMs });
    return { rowCount, destinationCount, app, plain };
  } finally {
    await lab.world.close();
  }
}

interface OwnWork {
  readonly bytes: number;
  readonly queryMs: number;
  readonly ownMs: number;
  /** The answer and what was made of it. */
  readonly heldBytes: number;
}

/** The pass again, step by step, from the state before it: what the log takes, and what the app's own steps take. */
async function ownWork(lab: EgressLab, customerId: string, before: EgressWatchState): Promise<OwnWork> {
  const at = new Date(Date.parse(before.cursor.watermark ?? "") + (SWEEP_MINUTES + 2) * MINUTE_MS).toISOString();
  const instanceId = "bench";
  const [begun, turn] = beginRead(before, { instanceId, at });
  if (turn.kind !== "go") throw new Error(`There is nothing to read: ${turn.kind}.`);
  const scope = egressScope(await builtEnvironment(lab));
  const { query } = egressQuestion(scope, { from: turn.window.overlapFrom, to: turn.window.to });
  const { text, milliseconds: queryMs } = await askLog(lab.world.azure, customerId, query.text);
  const settings = { quietHours: 24, silenceMinutes: 60, openAfterHits: 1 };
  const { milliseconds: ownMs, heldBytes } = measured(() => {
    const { columns, rows } = answerTable.parse(JSON.parse(text)).tables[0];
    const parsed = parseDeniedFlows(
      columns.map(({ name }) => name),
      rows,
    );
    if (!parsed.ok) throw new Error(parsed.mistake);
    const context = egressContext(scope, { nodes: before.nodes, pods: [] });
    const { reading } = parsed.read;
    const digested = digest({ reading, window: turn.window, context, known: turn.known.fingerprints });
    const pass = { instanceId, environment: ENVIRONMENT, at, settings, firewallId: scope.firewallId };
    const committed = commit(begun, { ...pass, digest: digested, look: { firewall: "" }, nodes: [] });
    // All of it is there at once.
    return { parsed, digested, committed };
  });
  return { bytes: text.length, queryMs, ownMs, heldBytes: heldBytes + text.length };
}

const answerTable = z.object({
  tables: z.tuple([
    z.object({ columns: z.array(z.object({ name: z.string() })), rows: z.array(z.array(z.unknown())) }),
  ]),
});

async function builtEnvironment(lab: EgressLab) {
  const answer = await fetch(`${lab.world.url()}/runtime/webhooks/durabletask/entities/environment/${ENVIRONMENT}`);
  const { built } = (await answer.json()) as EnvironmentState;
  if (built === undefined) throw new Error(`${ENVIRONMENT} does not stand.`);
  return built;
}

function printMillion({ app, plain, rowCount, destinationCount }: OneWindow): void {
  const row = (label: string, ours: number, theirs: number, words: (value: number) => string) =>
    [label, words(ours), words(theirs), `${(theirs / ours).toFixed(0)} ×`] as const;
  printRows(
    `${grouped(rowCount)} refused connections to ${grouped(destinationCount)} destinations in ${SWEEP_MINUTES} minutes of the log (seed ${SEED})`,
    [
      ["", "the app", "every row fetched", "ratio"],
      row("rows fetched", app.fetchedCount, plain.rowCount, grouped),
      ["connections counted", grouped(app.countedCount), grouped(plain.rowCount)],
      row("fetched", app.bytes, plain.bytes, megabytes),
      row("own time", app.ownMs, plain.ownMs, (ms) => `${ms.toFixed(0)} ms`),
      row("own memory", app.heldBytes, plain.heldBytes, megabytes),
      ["queries", "1", String(plain.queryCount)],
      ["the local Azure's time", seconds(app.queryMs), seconds(plain.queryMs)],
      row("alerts", app.alertCount, plain.groupCount, grouped),
    ],
  );
}

function printStorm({ app, plain, rowCount, destinationCount }: OneWindow): void {
  printRows(`A storm: ${grouped(rowCount)} refused connections to ${grouped(destinationCount)} destinations`, [
    ["", "the app", "an alert for each"],
    ["alerts", `${app.alertCount}, at most ${ALERTS_MAX}`, grouped(plain.groupCount)],
    ["connections counted", grouped(app.countedCount), grouped(plain.rowCount)],
    ["rows fetched", grouped(app.fetchedCount), grouped(plain.rowCount)],
  ]);
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
