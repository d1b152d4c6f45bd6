/** Reads windows of a past period and lets the watch's own functions judge them, a day of them in one activity. */
import { NoAnswerError } from "../azure/armClient.ts";
import { type Backtest, backtested } from "../domain/deniedEgress/backtest.ts";
import type { EgressSettings } from "../domain/deniedEgress/egressSettings.ts";
import type { EgressWatchState } from "../domain/deniedEgress/egressWatchState.ts";
import { halvedWindow } from "../domain/deniedEgress/halvedWindow.ts";
import type { KnownNode } from "../domain/deniedEgress/nodeDirectory.ts";
import type { ReadWindow } from "../domain/deniedEgress/window.ts";
import { type EgressScope, egressContext, egressScope } from "../domain/egressScope.ts";
import type { EnvironmentState } from "../domain/environmentLock.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import type { ActivityContext, ActivityHandlers } from "./activityTypes.ts";
import { findEgressLog, type LogFailure, readEgressLog } from "./readEgressLog.ts";
import { readEgressSources } from "./readEgressSources.ts";
import { noAnswerFailure } from "./refusal.ts";
import type { EgressDoors } from "./watchEgress.ts";

export interface BacktestMove {
  readonly environment: string;
  readonly settings: EgressSettings;
  readonly backtest: Backtest;
  /** Still to be read, in the order of time. */
  readonly windows: readonly ReadWindow[];
}

export interface BacktestOutcome {
  readonly backtest: Backtest;
  /** Not read yet. */
  readonly windows: readonly ReadWindow[];
  /** Why it went no further; `isFinal` when it makes no sense to go on. */
  readonly stopped?: { readonly failure: Failure; readonly isFinal: boolean; readonly retryAfterSeconds?: number };
}

/** Windows in one activity: half a day's, so that a crash costs little, and its result stays small against the time it took. */
const WINDOWS_A_MOVE = 24;

export const backtestEgress =
  (doors: EgressDoors): ActivityHandlers["backtestEgress"] =>
  async (move, context) => {
    const { environment, backtest, windows } = move;
    const state = await context.instances.entityState({ name: "environment", key: environment });
    const built = (state as EnvironmentState | undefined)?.built;
    if (built === undefined)
      return { backtest, windows, stopped: { failure: noEnvironment(environment), isFinal: true } };
    const outcome = await go(doors, egressScope(built), move, await knownNodes(context, environment));
    const { stopped } = outcome;
    const left = outcome.windows.length;
    context.log({ event: "egressBacktested", environment, left, ...(stopped === undefined ? {} : { stopped }) });
    return outcome;
  };

async function go(
  doors: EgressDoors,
  scope: EgressScope,
  { settings, ...move }: BacktestMove,
  known: readonly KnownNode[],
): Promise<BacktestOutcome> {
  let { backtest } = move;
  let nodes = known;
  const windows = [...move.windows];
  try {
    const place = await findEgressLog(doors.arm, scope);
    if (place === "notYet") return { backtest, windows, stopped: { failure: noLog(scope.environment), isFinal: true } };
    if (place.kind === "failed") return { backtest, windows, stopped: stoppedBy(place) };
    for (let read = 0; read < WINDOWS_A_MOVE; read++) {
      const window = windows.shift();
      if (window === undefined) break;
      const answer = await readEgressLog(doors.logs, scope, window, place.customerId);
      const halves = answer.kind === "failed" && answer.failureKind === "tooMuch" ? halvedWindow(window) : undefined;
      if (halves !== undefined) windows.unshift(...halves);
      else if (answer.kind === "failed") return { backtest, windows: [window, ...windows], stopped: stoppedBy(answer) };
      else {
        const { reading } = answer;
        const sources = await readEgressSources(doors, {
          scope,
          flows: reading.flows,
          window,
          known: nodes,
          at: window.to,
        });
        ({ nodes } = sources);
        backtest = backtested(backtest, { window, reading, context: egressContext(scope, sources), settings });
      }
    }
    return { backtest, windows };
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return { backtest, windows, stopped: { failure: noAnswerFailure(error), isFinal: false } };
  }
}

async function knownNodes({ instances }: ActivityContext, environment: string): Promise<readonly KnownNode[]> {
  const state = await instances.entityState({ name: "egressCases", key: environment });
  return (state as EgressWatchState | undefined)?.nodes ?? [];
}

function stoppedBy({ failure, failureKind, retryAfterSeconds }: LogFailure): NonNullable<BacktestOutcome["stopped"]> {
  return {
    failure,
    isFinal: failureKind === "refused" || failureKind === "workspaceGone" || failureKind === "tooMuch",
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

function noEnvironment(name: string): Failure {
  return {
    code: "NoSuchEnvironment",
    message: `There is no environment ${name} any more.`,
    advice: "Name an environment of GET /api/environments.",
  };
}

function noLog(name: string): Failure {
  return {
    code: "NoLog",
    message: `The environment ${name} is being built and has no log yet.`,
    advice: "Ask again when its ticket has succeeded.",
  };
}
