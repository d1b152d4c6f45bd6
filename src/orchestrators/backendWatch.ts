import type { OrchestrationContext } from "durable-functions";
import type { BackendsOutcome } from "../activities/lookAtBackends.ts";
import {
  BACKEND_PAUSE_SECONDS,
  BACKEND_WATCH_SECONDS,
  type BackendWatchInput,
  type UnwellBackends,
  unwellInWords,
} from "../domain/backendWatch.ts";
import { callActivity, callGatewayRoutes, nowIso, type Steps, sleepSeconds } from "./calls.ts";

/** Asks the gateway after a write until all its backends are healthy or the time is up, and notes what it came to. */
export function* backendWatch(context: OrchestrationContext): Steps<null> {
  const { environment, gatewayId, instanceId, writtenAt } = context.df.getInput<BackendWatchInput>();
  const end = yield* watchUntilHealthy(context, gatewayId);
  yield* callGatewayRoutes(context, environment, "recordBackends", { instanceId, writtenAt, ...end });
  if (!context.df.isReplaying) {
    const line = { event: "healthyAt" in end ? "backendsHealthy" : "backendsUnwell", environment, gatewayId, ...end };
    context.log(JSON.stringify(line));
  }
  return null;
}

type WatchEnd = { readonly healthyAt: string } | { readonly unwell: UnwellBackends };

function* watchUntilHealthy(context: OrchestrationContext, gatewayId: string): Steps<WatchEnd> {
  const endMs = context.df.currentUtcDateTime.getTime() + BACKEND_WATCH_SECONDS * 1000;
  let resultUrl: string | undefined;
  let last = "The gateway has not answered.";
  while (context.df.currentUtcDateTime.getTime() < endMs) {
    const move = { gatewayId, ...(resultUrl === undefined ? {} : { resultUrl }) };
    const seen = yield* callActivity(context, "lookAtBackends", move);
    if (seen.kind === "seen" && seen.unwell.length === 0) return { healthyAt: nowIso(context) };
    last = inWords(seen) ?? last;
    resultUrl = seen.kind === "asked" ? seen.resultUrl : undefined;
    yield* sleepSeconds(context, seen.kind === "asked" ? seen.lookAfterSeconds : BACKEND_PAUSE_SECONDS);
  }
  return { unwell: { askedUntil: nowIso(context), seen: last } };
}

/** Undefined: the question is under way. */
function inWords(seen: BackendsOutcome): string | undefined {
  switch (seen.kind) {
    case "asked":
      return undefined;
    case "seen":
      return unwellInWords(seen.serverCount, seen.unwell);
    case "unknown":
      return `The gateway could not be asked: ${seen.why}`;
  }
}
