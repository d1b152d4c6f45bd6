import type { OrchestrationContext } from "durable-functions";
import { BACKEND_PAUSE_SECONDS, BACKEND_WATCH_SECONDS, type BackendWatchInput } from "../domain/backendWatch.ts";
import { callActivity, callGatewayRoutes, nowIso, type Steps, sleepSeconds } from "./calls.ts";

export interface BackendWatchEnd {
  /** Absent: they were not all healthy within the time given. */
  readonly healthyAt?: string;
}

/** Asks the gateway after a write until all its backends are healthy, and notes when that was. */
export function* backendWatch(context: OrchestrationContext): Steps<BackendWatchEnd> {
  const { environment, gatewayId, instanceId, writtenAt } = context.df.getInput<BackendWatchInput>();
  const endMs = context.df.currentUtcDateTime.getTime() + BACKEND_WATCH_SECONDS * 1000;
  let resultUrl: string | undefined;
  while (context.df.currentUtcDateTime.getTime() < endMs) {
    const move = { gatewayId, ...(resultUrl === undefined ? {} : { resultUrl }) };
    const seen = yield* callActivity(context, "lookAtBackends", move);
    if (seen.kind === "seen" && seen.unwell.length === 0) {
      const healthyAt = nowIso(context);
      yield* callGatewayRoutes(context, environment, "recordHealthy", { instanceId, writtenAt, healthyAt });
      return { healthyAt };
    }
    resultUrl = seen.kind === "asked" ? seen.resultUrl : undefined;
    yield* sleepSeconds(context, seen.kind === "asked" ? seen.lookAfterSeconds : BACKEND_PAUSE_SECONDS);
  }
  return {};
}
