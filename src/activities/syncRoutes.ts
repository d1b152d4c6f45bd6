/**
 * Makes one move towards a gateway's table that follows its clusters' tables. Every move reads all of it and decides anew, so
 * a move that is made again after a crash finds what the lost one has done.
 *
 *   ──read all──▶ a table is being written ─▶ settling, look again
 *          │────▶ equal, or held back ──────▶ judged
 *          └────▶ differs ─PUT If-Match─────▶ settling, look again
 *                              └── overtaken, throttled, in the way of another write ─▶ busy, look again
 */
import { type ArmAnswer, type ArmClient, NoAnswerError } from "../azure/armClient.ts";
import { countCalls } from "../azure/callCounter.ts";
import { failureOf, treatmentOf } from "../domain/armFailure.ts";
import type { EnvironmentState } from "../domain/environmentLock.ts";
import { routesOf } from "../domain/gatewayRoutes.ts";
import { isJsonObject, type JsonObject } from "../domain/json.ts";
import { judgeRoutes, type RouteJudgement, type RouteVerdict } from "../domain/judgeRoutes.ts";
import { hasFailed, isInProgress, provisioningState } from "../domain/provisioningState.ts";
import { routeChangesInWords } from "../domain/routeChangesInWords.ts";
import { type RouteScope, routeScope } from "../domain/routeScope.ts";
import type { CallCounts, Failure } from "../domain/stepOutcome.ts";
import { apiVersions } from "../resources/apiVersions.ts";
import type { ActivityContext, ActivityHandlers } from "./activityTypes.ts";
import { etagOf } from "./provisioning.ts";
import { readRouteTruths, type TruthsRead } from "./readRouteTruths.ts";
import { noAnswerFailure } from "./refusal.ts";

export interface RouteSyncMove {
  readonly environment: string;
  /** Digest of the held change that somebody has let through. */
  readonly confirmed?: string;
  /** Absent at the first move. */
  readonly written?: RouteWrite;
}

/** A write of ours that Azure has taken. */
export interface RouteWrite {
  /** In words. */
  readonly change: string;
  /** Azure's URL of the operation: whole and opaque. */
  readonly operationUrl?: string;
  /** The confirmed digest under which it was made. */
  readonly released?: string;
}

export type RouteSyncOutcome =
  /** There is no such environment any more, or none of its clusters needs routes. */
  | { readonly kind: "nothing" }
  | {
      readonly kind: "settling";
      readonly written?: RouteWrite;
      readonly waitingFor: string;
      readonly lookAfterSeconds: number;
    }
  | {
      readonly kind: "busy";
      readonly written?: RouteWrite;
      readonly failure: Failure;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: "judged"; readonly verdict: RouteVerdict; readonly gatewayId: string }
  | { readonly kind: "rejected"; readonly verdict?: RouteVerdict; readonly failure: Failure };

/** Seconds between two looks at a table that is being written: a write takes a few. */
const WRITE_LOOK_SECONDS = 2;

export const syncRoutes =
  (arm: ArmClient): ActivityHandlers["syncRoutes"] =>
  async (move, context) => {
    const { result: outcome, calls } = await countCalls(() => attempt(arm, move, context));
    context.log({ event: "routesLookedAt", environment: move.environment, ...detailsOf(outcome), ...calls });
    return { outcome, calls };
  };

async function attempt(arm: ArmClient, move: RouteSyncMove, context: ActivityContext): Promise<RouteSyncOutcome> {
  // Read at every move: an operation that begins to take a cluster away has said so before it touches a route.
  const state = await context.instances.entityState({ name: "environment", key: move.environment });
  const built = (state as EnvironmentState | undefined)?.built;
  if (built === undefined) return { kind: "nothing" };
  const scope = routeScope(built);
  if (scope.clusters.length === 0) return { kind: "nothing" };
  try {
    return await look(arm, move, scope);
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return { kind: "busy", failure: noAnswerFailure(error), ...writtenOf(move) };
  }
}

async function look(arm: ArmClient, move: RouteSyncMove, scope: RouteScope): Promise<RouteSyncOutcome> {
  const read = await readRouteTruths(arm, scope);
  if ("refused" in read) return refused(read.refused, read.resourceId, move);
  const waitingFor = tableInProgress(read);
  if (waitingFor !== undefined)
    return { kind: "settling", waitingFor, lookAfterSeconds: WRITE_LOOK_SECONDS, ...writtenOf(move) };
  const failed = await failedWrite(arm, move, read);
  if (failed !== undefined) return failed;
  const judgement = judgeRoutes(read.truths, judgeOptions(move));
  const table = read.gatewayTable;
  const routes = judgement.routes ?? routesToRepair(table);
  if (routes === undefined || table?.body === undefined)
    return { kind: "judged", verdict: verdictOf(judgement), gatewayId: scope.gatewayId };
  return write(arm, { scope, judgement, table, routes });
}

function judgeOptions({ confirmed }: RouteSyncMove): Parameters<typeof judgeRoutes>[1] {
  return { nowEpochMs: Date.now(), ...(confirmed === undefined ? {} : { confirmed }) };
}

/** A table whose last write failed may be in effect or not, whatever it says: it is written as it should be. */
function routesToRepair(table: ArmAnswer | undefined): readonly JsonObject[] | undefined {
  const state = table?.body === undefined ? undefined : provisioningState(table.body);
  return state !== undefined && hasFailed(state) ? routesOf(table?.body ?? {}) : undefined;
}

interface Write {
  readonly scope: RouteScope;
  readonly judgement: RouteJudgement;
  readonly table: ArmAnswer;
  readonly routes: readonly JsonObject[];
}

async function write(arm: ArmClient, { scope, judgement, table, routes }: Write): Promise<RouteSyncOutcome> {
  const existing = table.body ?? {};
  const properties = isJsonObject(existing.properties) ? existing.properties : {};
  const body = { ...existing, properties: { ...properties, routes } };
  const answer = await arm.put(scope.gatewayTableId, apiVersions.network, body, etagOf(existing, table));
  if (answer.status >= 400) {
    const outcome = refused(answer, scope.gatewayTableId, {});
    return outcome.kind === "rejected" ? { ...outcome, verdict: verdictOf(judgement) } : outcome;
  }
  const { operationUrl } = answer;
  const { released } = judgement;
  return {
    kind: "settling",
    waitingFor: `Azure: ${provisioningState(answer.body) ?? "accepted"}`,
    lookAfterSeconds: Math.max(WRITE_LOOK_SECONDS, answer.retryAfterSeconds ?? 0),
    written: {
      change: routeChangesInWords(judgement.changes) || "written again as it was: the last write had failed",
      ...(operationUrl === undefined ? {} : { operationUrl }),
      ...(released === undefined ? {} : { released }),
    },
  };
}

/** Somebody writes one of the tables: what is in them now is not what will be. */
function tableInProgress({ truths }: TruthsRead): string | undefined {
  const tables = [truths.gatewayTable, ...truths.clusters.map(({ sourceTable }) => sourceTable)];
  const busy = tables.find(({ body }) => body !== undefined && isInProgress(provisioningState(body)));
  return busy === undefined ? undefined : `Azure: ${busy.id.split("/").at(-1)} is being written`;
}

/** Our own write did not come to a good end; the reason stands in its operation. */
async function failedWrite(
  arm: ArmClient,
  { written }: RouteSyncMove,
  { gatewayTable, truths }: TruthsRead,
): Promise<RouteSyncOutcome | undefined> {
  const state = gatewayTable?.body === undefined ? undefined : provisioningState(gatewayTable.body);
  if (written?.operationUrl === undefined || state === undefined || !hasFailed(state)) return undefined;
  const operation = await arm.follow(written.operationUrl);
  if (operation.status < 400 && operation.body?.error === undefined) return undefined;
  return refused(operation, truths.gatewayTable.id, {});
}

function refused(
  answer: ArmAnswer,
  resourceId: string,
  move: Pick<RouteSyncMove, "written">,
): Extract<RouteSyncOutcome, { readonly kind: "busy" | "rejected" }> {
  const refusal = { ...answer, resourceId };
  const failure = failureOf(refusal);
  if (treatmentOf(refusal) === "stop") return { kind: "rejected", failure };
  const { retryAfterSeconds } = answer;
  return {
    kind: "busy",
    failure,
    ...writtenOf(move),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

function writtenOf({ written }: Pick<RouteSyncMove, "written">): { readonly written?: RouteWrite } {
  return written === undefined ? {} : { written };
}

/** Without what only the write needed. */
function verdictOf({ routes: _, changes: __, ...verdict }: RouteJudgement): RouteVerdict {
  return verdict;
}

function detailsOf(outcome: RouteSyncOutcome): Readonly<Record<string, unknown>> {
  switch (outcome.kind) {
    case "nothing":
      return { outcome: outcome.kind };
    case "settling":
      return { outcome: outcome.kind, waitingFor: outcome.waitingFor, change: outcome.written?.change };
    case "judged": {
      const { isEqual, isSettled, findings } = outcome.verdict;
      return { outcome: outcome.kind, isEqual, isSettled, findings: findings.map(({ code }) => code) };
    }
    case "busy":
    case "rejected": {
      const { code, message, correlationId } = outcome.failure;
      return { outcome: outcome.kind, code, message, correlationId };
    }
  }
}

export interface RouteSyncReport {
  readonly outcome: RouteSyncOutcome;
  readonly calls: CallCounts;
}
