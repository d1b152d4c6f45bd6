import type { EgressLook, HookedAlert, TryLook } from "./egressLook.ts";
import { targetOf } from "./egressTries.ts";

export interface RuleWrites {
  /** Writes of the firewall policy's rules since the beginning, by anybody. */
  readonly inAzure: number;
  readonly byOperator: number;
}

/** What must have been seen and was not, in sentences; none: the demonstration has shown what it says. Pure. */
export function egressShortcomings(
  { tries, alerts }: EgressLook,
  /** As they were before the operator did anything. */
  refused: readonly TryLook[],
  writes: RuleWrites,
): readonly string[] {
  const wanted = tries.filter(({ each }) => !each.isAllowed);
  const subjects = new Set(wanted.map(({ found }) => found?.id));
  return [
    ...tries.flatMap((now) => (now.each.isAllowed ? ofAllowed(now) : ofRefused(now, alerts))),
    ...refused
      .filter(({ each, pod }) => !each.isAllowed && pod.state === "answered")
      .map(({ each }) => `${targetOf(each)} was not refused.`),
    ...alerts.filter(({ subject }) => !subjects.has(subject)).map(({ title }) => `Nobody tried this: ${title}.`),
    ...(writes.inAzure === writes.byOperator
      ? []
      : [
          `The firewall's rules were written ${writes.inAzure} times, and ${writes.byOperator} of these by the operator.`,
        ]),
  ];
}

function ofAllowed({ each, pod, found }: TryLook): readonly string[] {
  return [
    ...(pod.state === "answered" ? [] : [`${targetOf(each)} is allowed, and did not answer.`]),
    ...(found === undefined ? [] : [`${targetOf(each)} is allowed, and there is a case of it.`]),
  ];
}

function ofRefused({ each, pod, logged, found, incident }: TryLook, alerts: readonly HookedAlert[]): readonly string[] {
  const target = targetOf(each);
  if (logged === undefined) return [`${target}: no row in the log.`];
  if (found === undefined) return [`${target}: no case.`];
  const own = alerts.filter(({ subject }) => subject === found.id);
  const count = (event: HookedAlert["event"]): number => own.filter((alert) => alert.event === event).length;
  return [
    ...(found.count === logged.rowCount
      ? []
      : [`${target}: ${logged.rowCount} rows in the log, and ${found.count} counted in the case.`]),
    ...(found.state === "closed" ? [] : [`${target}: the case is not closed.`]),
    ...(count("opened") === 1 ? [] : [`${target}: ${count("opened")} alerts at the webhook say that it was opened.`]),
    ...(count("closed") === 1 ? [] : [`${target}: ${count("closed")} alerts at the webhook say that it was closed.`]),
    ...(new Set(own.map(({ id }) => id)).size === own.length ? [] : [`${target}: an alert came twice at the webhook.`]),
    ...(incident?.isResolved === true ? [] : [`${target}: no resolved incident.`]),
    ...(each.isPull && pod.state !== "answered" ? [`${target}: the rule was added, and the pod still waits.`] : []),
    ...(each.isPull && found.proposal === undefined ? [`${target}: no rule was proposed.`] : []),
  ];
}
