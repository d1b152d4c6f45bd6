/** One pass over an environment's routes: move after move until they are judged, refused, or the time is up. Always returns. */
import type { OrchestrationContext } from "durable-functions";
import type { RouteSyncOutcome, RouteWrite } from "../activities/syncRoutes.ts";
import type { RouteVerdict } from "../domain/judgeRoutes.ts";
import { nextLookSeconds, nextTrySeconds } from "../domain/pace.ts";
import type { PassReason, PassReport } from "../domain/routeSyncState.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { callActivity, nowIso, type Steps, sleepSeconds } from "./calls.ts";

export interface PassInput {
  readonly instanceId: string;
  readonly environment: string;
  readonly reason: PassReason;
  readonly hintAt?: string;
  readonly confirmed?: string;
}

export interface PassEnd {
  readonly report: PassReport;
  /** The gateway whose table was looked at; absent when it was not judged. */
  readonly gatewayId?: string;
}

/** A pass that Azure keeps from its end for longer gives up, in seconds: the sweep begins another. */
const PASS_PATIENCE_SECONDS = 900;

/** Undefined: nothing is to be followed there. */
export function* routePass(context: OrchestrationContext, input: PassInput): Steps<PassEnd | undefined> {
  const startedMs = context.df.currentUtcDateTime.getTime();
  const tally = { reads: 0, writes: 0 };
  let written: RouteWrite | undefined;
  let tries = 0;
  let settlingSinceMs: number | undefined;
  const finish = (end: Ending): PassEnd => passEnd(context, input, { ...end, startedMs, ...tally, written });
  try {
    for (;;) {
      const { environment, confirmed } = input;
      const move = {
        environment,
        ...(confirmed === undefined ? {} : { confirmed }),
        ...(written === undefined ? {} : { written }),
      };
      const { outcome, calls } = yield* callActivity(context, "syncRoutes", move);
      tally.reads += calls.reads;
      tally.writes += calls.writes;
      switch (outcome.kind) {
        case "nothing":
          return undefined;
        case "judged":
        case "rejected":
          return finish(outcome);
      }
      written = outcome.written;
      const nowMs = context.df.currentUtcDateTime.getTime();
      if ((nowMs - startedMs) / 1000 >= PASS_PATIENCE_SECONDS) return finish({ failure: impatient(outcome) });
      tries = outcome.kind === "busy" ? tries + 1 : 0;
      settlingSinceMs = outcome.kind === "settling" ? (settlingSinceMs ?? nowMs) : undefined;
      const settlingSeconds = (nowMs - (settlingSinceMs ?? nowMs)) / 1000;
      yield* sleepSeconds(context, pauseSeconds(outcome, tries, settlingSeconds));
    }
  } catch (error) {
    return finish({ failure: crashed(error) });
  }
}

type Waiting = Extract<RouteSyncOutcome, { readonly kind: "settling" | "busy" }>;

/** A table that is written for longer than the seconds that it takes is read ever more rarely: each look costs a dozen reads. */
function pauseSeconds(outcome: Waiting, tries: number, settlingSeconds: number): number {
  if (outcome.kind === "busy") return nextTrySeconds(tries, outcome.retryAfterSeconds);
  const retryAfterSeconds = outcome.lookAfterSeconds;
  return nextLookSeconds({ expectedSeconds: 0, elapsedSeconds: settlingSeconds, retryAfterSeconds });
}

interface Ending {
  readonly verdict?: RouteVerdict;
  readonly failure?: Failure;
  readonly gatewayId?: string;
}

interface Course extends Ending {
  readonly startedMs: number;
  readonly reads: number;
  readonly writes: number;
  readonly written: RouteWrite | undefined;
}

function passEnd(context: OrchestrationContext, input: PassInput, course: Course): PassEnd {
  const { instanceId, reason, hintAt } = input;
  const { verdict, failure, gatewayId, written } = course;
  const finishedAt = nowIso(context);
  const report: PassReport = {
    instanceId,
    reason,
    ...(hintAt === undefined ? {} : { hintAt }),
    startedAt: new Date(course.startedMs).toISOString(),
    finishedAt,
    reads: course.reads,
    writes: course.writes,
    ...(verdict === undefined ? {} : { verdict }),
    ...(failure === undefined ? {} : { failure }),
    // A write is in effect when the look after it has found it so.
    ...(written === undefined ? {} : { change: written.change, writtenAt: finishedAt }),
    ...(written?.released === undefined ? {} : { released: written.released }),
  };
  return { report, ...(gatewayId === undefined ? {} : { gatewayId }) };
}

function impatient(outcome: Waiting): Failure {
  if (outcome.kind === "busy") return outcome.failure;
  return {
    code: "NotFinishedInTime",
    message: `${outcome.waitingFor}, still after ${PASS_PATIENCE_SECONDS / 60} minutes.`,
    advice: "Look at the table's last operations in the activity log; it is looked at again at the next sweep.",
  };
}

function crashed(error: unknown): Failure {
  return {
    code: "ActivityFailed",
    message: error instanceof Error ? error.message : String(error),
    advice: "This is a fault of Portcullis itself: its log says more. It is looked at again at the next sweep.",
  };
}
