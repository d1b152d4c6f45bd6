/** Lets the watch of denied egress judge a past period, half a day of it at a time. Its result is its output, how far it is its status. */
import type { OrchestrationContext } from "durable-functions";
import {
  type Backtest,
  type BacktestReport,
  backtestReport,
  backtestWindows,
  emptyBacktest,
} from "../domain/deniedEgress/backtest.ts";
import type { EgressSettings } from "../domain/deniedEgress/egressSettings.ts";
import type { ReadWindow } from "../domain/deniedEgress/window.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { callActivity, type Steps, sleepSeconds } from "./calls.ts";

export interface EgressBacktestInput {
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly settings: EgressSettings;
}

export interface EgressBacktestStatus {
  readonly readCount: number;
  readonly totalCount: number;
}

export type EgressBacktestOutput = { readonly report: BacktestReport } | { readonly failure: Failure };

/** A log that does not let itself be read is asked again after this time, in seconds, and so often. */
const PAUSE_SECONDS = 60;
const TRIES_MAX = 15;

export function* egressBacktest(context: OrchestrationContext): Steps<EgressBacktestOutput> {
  const { environment, settings, ...period } = context.df.getInput<EgressBacktestInput>();
  let windows: readonly ReadWindow[] = backtestWindows(period);
  let backtest: Backtest = emptyBacktest;
  let tries = 0;
  while (windows.length > 0) {
    const { windowCount } = backtest;
    const status: EgressBacktestStatus = { readCount: windowCount, totalCount: windowCount + windows.length };
    context.df.setCustomStatus(status);
    const outcome = yield* callActivity(context, "backtestEgress", { environment, settings, backtest, windows });
    ({ backtest, windows } = outcome);
    const { stopped } = outcome;
    if (stopped === undefined) {
      tries = 0;
      continue;
    }
    tries += 1;
    if (stopped.isFinal || tries >= TRIES_MAX) return { failure: stopped.failure };
    yield* sleepSeconds(context, Math.max(PAUSE_SECONDS, stopped.retryAfterSeconds ?? 0));
  }
  return { report: backtestReport(backtest) };
}
