/** What an attempt to hand an alert over changes in the outbox. Pure. */
import {
  type AlertOutboxState,
  idleSink,
  type OutboxAlert,
  type OutboxSubject,
  reached,
  type SinkState,
  withSink,
} from "./alertOutboxState.ts";
import type { Delivery, Sink, SinkReference } from "./sink.ts";

/** More refusals than this are counted only. */
const REFUSED_KEPT = 10;

export interface DeliveryReport {
  readonly sink: Sink;
  readonly alertId: string;
  readonly delivery: Delivery;
  readonly at: string;
}

/** Notes what an attempt came to. Of an alert that is not kept any more only the sink's health is noted. */
export function report(state: AlertOutboxState, { sink, alertId, delivery, at }: DeliveryReport): AlertOutboxState {
  const before = state.sinks[sink] ?? idleSink;
  const isThis = (each: OutboxAlert): boolean => each.alert.id === alertId;
  const alert = state.alerts.find(isThis)?.alert;
  if (delivery.kind === "again") {
    const alerts = state.alerts.map((each) => (isThis(each) ? triedAgain(each, sink) : each));
    return withSink({ ...state, alerts }, sink, failed(before, delivery, at));
  }
  const alerts = state.alerts.flatMap((each) => (isThis(each) ? reached(each, sink) : [each]));
  if (delivery.kind === "refused") {
    const refused = { alertId, title: alert?.title ?? "", why: delivery.why, at };
    const next = {
      refusedCount: before.refusedCount + 1,
      refused: [refused, ...before.refused].slice(0, REFUSED_KEPT),
    };
    return withSink({ ...state, alerts }, sink, { ...before, ...next });
  }
  const { lastFailure: _, ...well } = before;
  const subjects = referred(state.subjects, alert?.subject, sink, delivery.reference);
  const next = { ...well, failureCount: 0, deliveredCount: before.deliveredCount + 1, lastDeliveredAt: at };
  return withSink({ ...state, alerts, subjects }, sink, next);
}

function failed(before: SinkState, { why, retryAfterSeconds }: Extract<Delivery, { kind: "again" }>, at: string) {
  const retryAt =
    retryAfterSeconds === undefined
      ? {}
      : { retryAt: new Date(Date.parse(at) + retryAfterSeconds * 1000).toISOString() };
  return { ...before, failureCount: before.failureCount + 1, lastFailure: { at, why, ...retryAt } };
}

function triedAgain(each: OutboxAlert, sink: Sink): OutboxAlert {
  const count = each.attemptCounts[sink];
  return count === undefined ? each : { ...each, attemptCounts: { ...each.attemptCounts, [sink]: count + 1 } };
}

function referred(
  subjects: readonly OutboxSubject[],
  subject: string | undefined,
  sink: Sink,
  reference: SinkReference | undefined,
): readonly OutboxSubject[] {
  if (reference === undefined) return subjects;
  return subjects.map((each) =>
    each.subject === subject ? { ...each, references: { ...each.references, [sink]: reference } } : each,
  );
}
