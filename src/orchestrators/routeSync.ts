/**
 * A look at the routes of one environment, when a hint says that something may have changed.
 *
 *   wait for the end of the bucket ─▶ take the turn ─▶ pass ─▶ record ─▶ asked for again? ─▶ pass …
 *                                        │ another has it: it looks once more, and this one ends
 *   not settled: watch, with pauses during which the turn is anybody's; a sweep does not, because it comes again
 */
import type { OrchestrationContext } from "durable-functions";
import { routeAlerts } from "../domain/alerts/routeAlerts.ts";
import { WATCH_SECONDS, watchPauseSeconds } from "../domain/routeSchedule.ts";
import type { Begin, PassReason, PassReport } from "../domain/routeSyncState.ts";
import type { FindingChanges } from "../domain/standingFindings.ts";
import { callActivity, callGatewayRoutes, nowIso, type Steps, sleepSeconds } from "./calls.ts";
import { raiseAlerts } from "./raiseAlerts.ts";
import { type PassEnd, routePass } from "./routePass.ts";
import { takeTurn } from "./takeTurn.ts";

export interface RouteSyncInput {
  readonly environment: string;
  readonly reason: PassReason;
  /** What the first hint said, for the log. */
  readonly why: string;
  /** When the first hint came, where one did. */
  readonly hintAt?: string;
  /** Not before. */
  readonly dueAt: string;
  /** How long it may watch, when it goes on with an empty history. */
  readonly watchUntil?: string;
}

/** An instance goes on with an empty history after so many looks: every replay goes through all of it. */
const LOOKS_A_HISTORY = 30;

/** What a look came to: `more` is wanted at once. */
type Seen = "settled" | "unsettled" | "more" | "another's";

export function* routeSync(context: OrchestrationContext): Steps<null> {
  const input = context.df.getInput<RouteSyncInput>();
  yield* sleepUntil(context, Date.parse(input.dueAt));
  const watchUntil = input.watchUntil ?? inSeconds(context, WATCH_SECONDS);
  let reason = input.reason;
  for (let looks = 1; looks <= LOOKS_A_HISTORY; looks++) {
    const seen = yield* lookInTurn(context, { ...input, reason }, looks);
    if (seen === "more") {
      // Whoever asked has gone: what it would have watched is watched here, be this a sweep or not.
      reason = "event";
      continue;
    }
    // Whoever has the turn sees what this one would have seen, and watches if need be.
    const isEnough = seen === "settled" || (seen === "another's" && reason !== "watch") || reason === "sweep";
    if (isEnough) return yield* endWatch(context, input);
    const goesOn = yield* pauseOfWatch(context, { environment: input.environment, watchUntil, looks });
    if (!goesOn) return yield* endWatch(context, input);
    reason = "watch";
  }
  context.df.continueAsNew({ ...input, reason, dueAt: nowIso(context), watchUntil });
  return null;
}

/** Sleeps until the next look of the environment's watch; false when another instance watches, or the time is up. */
function* pauseOfWatch(
  context: OrchestrationContext,
  {
    environment,
    watchUntil,
    looks,
  }: { readonly environment: string; readonly watchUntil: string; readonly looks: number },
): Steps<boolean> {
  const pauseSeconds = watchPauseSeconds(looks);
  const nextAt = inSeconds(context, pauseSeconds);
  const watch = yield* callGatewayRoutes(context, environment, "keepWatch", {
    instanceId: context.df.instanceId,
    at: nowIso(context),
    nextAt,
    until: watchUntil,
  });
  if (!watch.isYours || nextAt > watch.until) return false;
  yield* sleepSeconds(context, pauseSeconds);
  return true;
}

function* endWatch(context: OrchestrationContext, { environment }: RouteSyncInput): Steps<null> {
  return yield* callGatewayRoutes(context, environment, "endWatch", { instanceId: context.df.instanceId });
}

/** One pass, when it is this instance's turn. */
function* lookInTurn(context: OrchestrationContext, input: RouteSyncInput, look: number): Steps<Seen> {
  const { environment, reason, hintAt } = input;
  const { instanceId } = context.df;
  const turn = yield* takeTurn<Begin>(context, {
    begin: () => callGatewayRoutes(context, environment, "begin", { instanceId, at: nowIso(context) }),
    displace: (dead) => callGatewayRoutes(context, environment, "displace", { instanceId, dead, at: nowIso(context) }),
  });
  if (turn.kind === "busy") return "another's";
  const { confirmed } = turn;
  const passed = yield* routePass(context, {
    instanceId,
    environment,
    reason,
    ...(hintAt === undefined ? {} : { hintAt }),
    ...(confirmed === undefined ? {} : { confirmed }),
  });
  if (passed === undefined) yield* closeAll(context, input);
  else {
    yield* remember(context, input, passed.report);
    yield* watchBackends(context, environment, { ...passed, look });
  }
  const ended = yield* callGatewayRoutes(context, environment, "end", { instanceId });
  if (ended.again) return "more";
  return passed === undefined || (passed.report.verdict?.isSettled ?? false) ? "settled" : "unsettled";
}

/** Keeps what a pass came to, and says it to the log and to whoever is on call. */
function* remember(context: OrchestrationContext, input: RouteSyncInput, report: PassReport): Steps<void> {
  const changes = yield* callGatewayRoutes(context, input.environment, "record", report);
  if (!context.df.isReplaying) context.log(JSON.stringify(passLine(input, report, changes)));
  yield* raiseAlerts(context, input.environment, routeAlerts(input.environment, changes, nowIso(context)));
}

/** Has the gateway asked after a write; the ids come again with that of this instance. */
function* watchBackends(
  context: OrchestrationContext,
  environment: string,
  { report: { instanceId, writtenAt }, gatewayId, look }: PassEnd & { readonly look: number },
): Steps<void> {
  if (gatewayId === undefined || writtenAt === undefined) return;
  const watch = { environment, gatewayId, instanceId, writtenAt };
  yield* callActivity(context, "watchBackends", { instanceId: `${instanceId}.backends.${look}`, watch });
}

/** Nothing is to be followed: what was found before is over. */
function* closeAll(context: OrchestrationContext, { environment, why }: RouteSyncInput): Steps<void> {
  const changes = yield* callGatewayRoutes(context, environment, "nothingToFollow", null);
  const { closed } = changes;
  if (closed.length === 0) return;
  if (!context.df.isReplaying)
    context.log(JSON.stringify({ event: "routesNotFollowed", environment, why, closed: named(closed) }));
  yield* raiseAlerts(context, environment, routeAlerts(environment, changes, nowIso(context)));
}

function passLine({ environment, why }: RouteSyncInput, report: PassReport, { opened, closed }: FindingChanges) {
  const { verdict, ...pass } = report;
  return {
    event: "routesPassed",
    environment,
    why,
    ...pass,
    isEqual: verdict?.isEqual ?? false,
    isSettled: verdict?.isSettled ?? false,
    opened: named(opened),
    closed: named(closed),
  };
}

function named(findings: FindingChanges["opened"]): readonly string[] {
  return findings.map(({ code, subject }) => `${code} ${subject}`);
}

function inSeconds(context: OrchestrationContext, seconds: number): string {
  return new Date(context.df.currentUtcDateTime.getTime() + seconds * 1000).toISOString();
}

function* sleepUntil(context: OrchestrationContext, epochMs: number): Steps<void> {
  const seconds = (epochMs - context.df.currentUtcDateTime.getTime()) / 1000;
  if (seconds > 0) yield* sleepSeconds(context, seconds);
}
