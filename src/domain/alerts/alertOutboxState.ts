/**
 * The alerts of one environment that have not arrived everywhere yet, and what may be done with them. Pure.
 *
 *   add ─▶ [ alert: undelivered at itsm, webhook, … ] ─▶ due ─▶ (attempt) ─▶ report ─▶ gone when it is delivered everywhere
 *
 * Each sink is served by one instance at a time. Of one subject the alerts arrive in the order of their revisions; between
 * subjects whichever was tried least comes first, so that one that a sink chokes on does not hold up the others.
 */
import type { Alert } from "./alert.ts";
import { boundedAlert } from "./boundedAlert.ts";
import { retryPauseSeconds, UNTRIED_PAUSE_SECONDS } from "./deliveryPace.ts";
import { boundedAlerts, boundedSubjects } from "./outboxBounds.ts";
import { type Sink, type SinkReference, sinks } from "./sink.ts";

export interface OutboxAlert {
  readonly alert: Alert;
  /** Grows with every alert of the environment. */
  readonly order: number;
  /** By sink that it has not reached: how often that was tried. */
  readonly attemptCounts: Readonly<Partial<Record<Sink, number>>>;
}

/** What is remembered of a subject: enough to know an alert that comes twice, and what the sinks call it. */
export interface OutboxSubject {
  readonly subject: string;
  readonly newestRevision: number;
  readonly openedRevision?: number;
  readonly closedRevision?: number;
  readonly references: Readonly<Partial<Record<Sink, SinkReference>>>;
}

export interface RefusedAlert {
  readonly alertId: string;
  readonly title: string;
  readonly why: string;
  readonly at: string;
}

export interface SinkState {
  /** The instance that delivers; absent while there is nothing to deliver. */
  readonly running?: string;
  /** Makes the ids of instances differ. */
  readonly startCount: number;
  /** Failures since the last delivery. */
  readonly failureCount: number;
  readonly lastFailure?: { readonly at: string; readonly why: string; readonly retryAt?: string };
  readonly deliveredCount: number;
  readonly lastDeliveredAt?: string;
  readonly refusedCount: number;
  /** Newest first. */
  readonly refused: readonly RefusedAlert[];
}

export interface AlertOutboxState {
  readonly nextOrder: number;
  /** In the order in which they came. */
  readonly alerts: readonly OutboxAlert[];
  /** Oldest first. */
  readonly subjects: readonly OutboxSubject[];
  readonly sinks: Readonly<Partial<Record<Sink, SinkState>>>;
  /** Alerts that gave way because more waited than are kept. */
  readonly overflowCount: number;
}

export const emptyOutbox: AlertOutboxState = { nextOrder: 1, alerts: [], subjects: [], sinks: {}, overflowCount: 0 };

export const idleSink: SinkState = { startCount: 0, failureCount: 0, deliveredCount: 0, refusedCount: 0, refused: [] };

export interface NewAlerts {
  readonly environment: string;
  readonly alerts: readonly Alert[];
  /** The sinks that are on. One that is on no more has nothing to wait for. */
  readonly sinks: readonly Sink[];
}

/** A delivery that is to be started. */
export interface DeliveryStart {
  readonly environment: string;
  readonly sink: Sink;
  readonly instanceId: string;
}

/** Takes alerts in, each once however often it comes. */
export function add(
  state: AlertOutboxState,
  { environment, alerts, sinks: on }: NewAlerts,
): readonly [AlertOutboxState, { readonly start: readonly DeliveryStart[] }] {
  const kept = withoutOtherSinks(state, on);
  const full = on.length === 0 ? kept : alerts.map(boundedAlert).reduce((each, alert) => addOne(each, alert, on), kept);
  const next = bounded(full);
  const idle = on.filter((sink) => next.sinks[sink]?.running === undefined && pick(next, sink) !== undefined);
  const start = idle.map((sink) => ({ environment, sink, instanceId: nextInstanceId(next, environment, sink) }));
  return [start.reduce((each, { sink, instanceId }) => begun(each, sink, instanceId), next), { start }];
}

function addOne(state: AlertOutboxState, alert: Alert, on: readonly Sink[]): AlertOutboxState {
  const known = state.subjects.find(({ subject }) => subject === alert.subject);
  if (known !== undefined && !isNew(alert, known)) return state;
  const attemptCounts = Object.fromEntries(on.map((sink) => [sink, 0]));
  const older = state.alerts.filter((each) => !isReplaced(each.alert, alert));
  const others = state.subjects.filter((each) => each !== known);
  return {
    ...state,
    nextOrder: state.nextOrder + 1,
    alerts: [...older, { alert, order: state.nextOrder, attemptCounts }],
    subjects: [...others, remembered(known, alert)],
  };
}

/** An opening or a closing that was overtaken is still wanted; an update that was is not. */
function isNew({ revision, event }: Alert, known: OutboxSubject): boolean {
  if (revision > known.newestRevision) return true;
  if (event === "opened") return known.openedRevision === undefined;
  return event === "closed" && known.closedRevision === undefined;
}

/** An update says nothing more once a later update or the closing is there. */
function isReplaced(older: Alert, { subject, revision }: Alert): boolean {
  return older.subject === subject && older.event === "updated" && older.revision < revision;
}

function remembered(known: OutboxSubject | undefined, { subject, revision, event }: Alert): OutboxSubject {
  return {
    references: {},
    ...known,
    subject,
    newestRevision: Math.max(known?.newestRevision ?? revision, revision),
    ...(event === "opened" ? { openedRevision: revision } : {}),
    ...(event === "closed" ? { closedRevision: revision } : {}),
  };
}

function withoutOtherSinks(state: AlertOutboxState, on: readonly Sink[]): AlertOutboxState {
  const off = sinks.filter((sink) => !on.includes(sink));
  const reachedAll = (one: OutboxAlert): readonly OutboxAlert[] =>
    off.reduce<readonly OutboxAlert[]>((rest, sink) => rest.flatMap((each) => reached(each, sink)), [one]);
  return { ...state, alerts: state.alerts.flatMap(reachedAll) };
}

function bounded(state: AlertOutboxState): AlertOutboxState {
  const alerts = boundedAlerts(state.alerts);
  const waiting = new Set(alerts.map(({ alert }) => alert.subject));
  return {
    ...state,
    alerts,
    subjects: boundedSubjects(state.subjects, waiting),
    overflowCount: state.overflowCount + state.alerts.length - alerts.length,
  };
}

/** Ids come again after so many starts; by then the instance that had it has long ended. */
const INSTANCE_IDS = 1000;

/** Names of environments have no dot: no other orchestration has such an id. */
function nextInstanceId(state: AlertOutboxState, environment: string, sink: Sink): string {
  return `alerts.${environment}.${sink}.${((state.sinks[sink]?.startCount ?? 0) + 1) % INSTANCE_IDS}`;
}

function begun(state: AlertOutboxState, sink: Sink, running: string): AlertOutboxState {
  const before = state.sinks[sink] ?? idleSink;
  return withSink(state, sink, { ...before, running, startCount: before.startCount + 1 });
}

export type Due =
  | { readonly kind: "send"; readonly alert: Alert; readonly reference?: SinkReference }
  | { readonly kind: "wait"; readonly seconds: number }
  /** Nothing is left, or another instance delivers: this one ends. */
  | { readonly kind: "done" };

/** What the instance is to do next for its sink. With nothing left its turn ends in the same breath, so that none is forgotten. */
export function due(
  state: AlertOutboxState,
  { sink, instanceId, at }: { readonly sink: Sink; readonly instanceId: string; readonly at: string },
): readonly [AlertOutboxState, Due] {
  const { running, ...rest } = state.sinks[sink] ?? idleSink;
  if (running !== instanceId) return [state, { kind: "done" }];
  const next = pick(state, sink);
  if (next === undefined) return [withSink(state, sink, rest), { kind: "done" }];
  const seconds = Math.ceil((dueEpochMs(rest, next.attemptCounts[sink] ?? 0) - Date.parse(at)) / 1000);
  if (seconds > 0) return [state, { kind: "wait", seconds }];
  const reference = state.subjects.find(({ subject }) => subject === next.alert.subject)?.references[sink];
  return [state, { kind: "send", alert: next.alert, ...(reference === undefined ? {} : { reference }) }];
}

/** Of every subject only its oldest may go; of those the one that was tried least, and then the oldest. */
function pick(state: AlertOutboxState, sink: Sink): OutboxAlert | undefined {
  const heads = new Map<string, OutboxAlert>();
  for (const each of state.alerts) {
    if (each.attemptCounts[sink] === undefined) continue;
    const head = heads.get(each.alert.subject);
    if (head === undefined || each.alert.revision < head.alert.revision) heads.set(each.alert.subject, each);
  }
  const triedOf = (each: OutboxAlert): number => each.attemptCounts[sink] ?? 0;
  return [...heads.values()].sort((left, right) => triedOf(left) - triedOf(right) || left.order - right.order)[0];
}

/** An alert that was not tried yet waits for a sink that fails, too, but not as long: it is the one that finds it well again. */
function dueEpochMs({ lastFailure, failureCount }: SinkState, attemptCount: number): number {
  if (lastFailure === undefined || failureCount === 0) return 0;
  const pauseSeconds = attemptCount === 0 ? UNTRIED_PAUSE_SECONDS : retryPauseSeconds(failureCount);
  return Math.max(Date.parse(lastFailure.at) + pauseSeconds * 1000, Date.parse(lastFailure.retryAt ?? lastFailure.at));
}

/** Without that sink; nothing when it was the last. */
export function reached(each: OutboxAlert, sink: Sink): readonly OutboxAlert[] {
  const { [sink]: _, ...attemptCounts } = each.attemptCounts;
  return Object.keys(attemptCounts).length === 0 ? [] : [{ ...each, attemptCounts }];
}

export function withSink(state: AlertOutboxState, sink: Sink, next: SinkState): AlertOutboxState {
  return { ...state, sinks: { ...state.sinks, [sink]: next } };
}

/** The deliveries that should be under way: what a sweep starts again when somebody has ended them. */
export function runningDeliveries(state: AlertOutboxState, environment: string): readonly DeliveryStart[] {
  return sinks.flatMap((sink) => {
    const instanceId = state.sinks[sink]?.running;
    return instanceId === undefined ? [] : [{ environment, sink, instanceId }];
  });
}
