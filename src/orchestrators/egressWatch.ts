/**
 * Reads an environment's log of refused connections up to now, window after window, and has told what there is to tell.
 *
 *   begin ─▶ idle, or another's turn: nothing to do
 *     └────▶ a window ─▶ watchEgress (reads) ─▶ commit (counts) ─▶ alerts into the outbox ─▶ more: begin again
 *                              └── could not be read ─▶ fail (less is asked for next)
 *
 * A crash repeats a reading, and no counting: the window's number says whether it was counted.
 */
import type { OrchestrationContext } from "durable-functions";
import type { EgressOutcome } from "../activities/watchEgress.ts";
import type { EgressSettings } from "../domain/deniedEgress/egressSettings.ts";
import type { BeginRead } from "../domain/deniedEgress/egressWatchState.ts";
import { callActivity, callEgressCases, nowIso, type Steps } from "./calls.ts";
import { raiseAlerts } from "./raiseAlerts.ts";
import { takeTurn } from "./takeTurn.ts";

export interface EgressWatchInput {
  readonly environment: string;
  /** The minute that it was started for: tells it from an instance of another day. */
  readonly dueAt: string;
  readonly settings: EgressSettings;
}

/** An instance goes on with an empty history after so many windows: every replay goes through all of it. */
const WINDOWS_A_HISTORY = 8;

type Turn = Extract<BeginRead, { readonly kind: "go" }>;

export function* egressWatch(context: OrchestrationContext): Steps<null> {
  const input = context.df.getInput<EgressWatchInput>();
  const { instanceId } = context.df;
  for (let windows = 0; windows < WINDOWS_A_HISTORY; windows++) {
    const turn = yield* takeTurn<BeginRead>(context, {
      begin: () => callEgressCases(context, input.environment, "begin", { instanceId, at: nowIso(context) }),
      displace: (dead) =>
        callEgressCases(context, input.environment, "displace", { instanceId, dead, at: nowIso(context) }),
    });
    if (turn.kind !== "go") return null;
    if (!(yield* readWindow(context, input, turn))) return yield* endTurn(context, input);
  }
  context.df.continueAsNew(input);
  return null;
}

/** One window; true when there is another to be read at once. */
function* readWindow(context: OrchestrationContext, input: EgressWatchInput, { window, known }: Turn): Steps<boolean> {
  const { environment, settings } = input;
  const outcome = yield* outcomeOf(context, { environment, window, known, at: nowIso(context) });
  const pass = { instanceId: context.df.instanceId, environment, settings, at: nowIso(context) };
  switch (outcome.kind) {
    case "notNow":
      return false;
    case "read": {
      const { digest, look, nodes, firewallId } = outcome;
      const committed = yield* callEgressCases(context, environment, "commit", {
        ...pass,
        digest,
        look,
        nodes,
        firewallId,
      });
      yield* raiseAlerts(context, environment, committed.alerts);
      return committed.more;
    }
    case "failed": {
      const { failureKind, failure, look, firewallId, retryAfterSeconds } = outcome;
      const failed = yield* callEgressCases(context, environment, "fail", {
        ...pass,
        sequence: window.sequence,
        kind: failureKind,
        failure,
        ...(look === undefined ? {} : { look }),
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
        ...(firewallId === undefined ? {} : { firewallId }),
      });
      yield* raiseAlerts(context, environment, failed.alerts);
      return failed.again;
    }
  }
}

/** A reading that crashes again and again is a failure as any other: the turn must be given back. */
function* outcomeOf(
  context: OrchestrationContext,
  move: Parameters<typeof callActivity<"watchEgress">>[2],
): Steps<EgressOutcome> {
  try {
    return yield* callActivity(context, "watchEgress", move);
  } catch (error) {
    return {
      kind: "failed",
      failureKind: "other",
      failure: {
        code: "ActivityFailed",
        message: error instanceof Error ? error.message : String(error),
        advice: "This is a fault of Portcullis itself: its log says more. The log is read again at the next pass.",
      },
    };
  }
}

function* endTurn(context: OrchestrationContext, { environment }: EgressWatchInput): Steps<null> {
  return yield* callEgressCases(context, environment, "end", { instanceId: context.df.instanceId });
}
