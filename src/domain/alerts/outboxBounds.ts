/** What gives way when a sink is down for so long that more waits than can be kept. Nothing does before. */
import type { OutboxAlert, OutboxSubject } from "./alertOutboxState.ts";

/** Alerts that wait; each takes 1–20 kB of the entity's state, which is written whole at every operation. */
export const ALERTS_WAITING_MAX = 400;

/** Subjects that are remembered though nothing of them waits. */
export const SUBJECTS_KEPT = 600;

/**
 * What is over by itself gives way first: subjects of which the opening and the closing both wait, oldest first. Only when
 * none is left it is the oldest alert of all.
 */
export function boundedAlerts(alerts: readonly OutboxAlert[]): readonly OutboxAlert[] {
  if (alerts.length <= ALERTS_WAITING_MAX) return alerts;
  const over = new Set(oldestOver(alerts));
  const rest = alerts.filter(({ alert }) => !over.has(alert.subject));
  return rest.slice(Math.max(0, rest.length - ALERTS_WAITING_MAX));
}

function oldestOver(alerts: readonly OutboxAlert[]): readonly string[] {
  let excess = alerts.length - ALERTS_WAITING_MAX;
  const given: string[] = [];
  for (const [subject, each] of Map.groupBy(alerts, ({ alert }) => alert.subject)) {
    if (excess <= 0) break;
    const events = each.map(({ alert }) => alert.event);
    if (!events.includes("opened") || !events.includes("closed")) continue;
    given.push(subject);
    excess -= each.length;
  }
  return given;
}

/** Subjects of which something waits stay; of the others those that are closed go first, and then the oldest. */
export function boundedSubjects(
  subjects: readonly OutboxSubject[],
  waiting: ReadonlySet<string>,
): readonly OutboxSubject[] {
  const excess = subjects.length - SUBJECTS_KEPT;
  if (excess <= 0) return subjects;
  const idle = subjects.filter(({ subject }) => !waiting.has(subject));
  const isClosed = ({ newestRevision, closedRevision }: OutboxSubject): boolean => closedRevision === newestRevision;
  const byWorth = [...idle.filter(isClosed), ...idle.filter((each) => !isClosed(each))];
  const forgotten = new Set(byWorth.slice(0, excess));
  return subjects.filter((each) => !forgotten.has(each));
}
