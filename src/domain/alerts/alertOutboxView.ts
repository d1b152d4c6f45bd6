import { type AlertOutboxState, emptyOutbox, type SinkState } from "./alertOutboxState.ts";
import { type Sink, sinks } from "./sink.ts";

/** More than these are counted only. */
const WAITING_SHOWN = 20;

export interface SinkView extends Omit<SinkState, "running" | "startCount"> {
  readonly sink: Sink;
  readonly waitingCount: number;
  readonly waiting: readonly {
    readonly id: string;
    readonly event: "opened" | "updated" | "closed";
    readonly title: string;
    readonly at: string;
    readonly attemptCount: number;
  }[];
}

export interface AlertOutboxView {
  readonly environment: string;
  readonly sinks: readonly SinkView[];
  readonly overflowCount: number;
}

/** Each sink that ever had something to take. */
export function alertOutboxView(environment: string, state: AlertOutboxState = emptyOutbox): AlertOutboxView {
  const known = sinks.flatMap((sink) => {
    const of = state.sinks[sink];
    return of === undefined ? [] : [viewOfSink(state, sink, of)];
  });
  return { environment, sinks: known, overflowCount: state.overflowCount };
}

function viewOfSink({ alerts }: AlertOutboxState, sink: Sink, of: SinkState): SinkView {
  const { running: _, startCount: __, ...health } = of;
  const waiting = alerts.flatMap(({ alert, attemptCounts }) => {
    const attemptCount = attemptCounts[sink];
    const { id, event, title, at } = alert;
    return attemptCount === undefined ? [] : [{ id, event, title, at, attemptCount }];
  });
  return { sink, ...health, waitingCount: waiting.length, waiting: waiting.slice(0, WAITING_SHOWN) };
}
