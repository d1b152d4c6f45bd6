import { findingKey, type RouteFinding } from "./routeFinding.ts";

/** What tells one finding from the next over many looks, and how long it must be seen before it counts. */
export interface Lookable {
  readonly code: string;
  readonly cluster?: string;
  readonly subject: string;
  readonly graceSeconds?: number;
}

/** A finding and when it was first seen. It never gets younger while it is seen at every look. */
export type StandingFinding<Finding extends Lookable = RouteFinding> = Finding & {
  /** ISO 8601 in UTC. */
  readonly since: string;
  /** False while it is in its grace: Azure itself passes through it. */
  readonly isOpen: boolean;
  /** The look at which it came to stand open: what its alerts belong together by, since it never changes. */
  readonly openedAt?: string;
};

/** Findings that have begun or ceased to stand open: what an alert is raised or closed for. */
export interface FindingChanges<Finding extends Lookable = RouteFinding> {
  readonly opened: readonly StandingFinding<Finding>[];
  readonly closed: readonly StandingFinding<Finding>[];
}

/** What is seen now, each with the time at which it was first seen without a break. */
export function standingFindings<Finding extends Lookable>(
  before: readonly StandingFinding<Finding>[],
  now: readonly Finding[],
  at: string,
): readonly StandingFinding<Finding>[] {
  const known = new Map(before.map((finding) => [findingKey(finding), finding]));
  return now.map((finding) => {
    const earlier = known.get(findingKey(finding));
    const since = earlier === undefined || Date.parse(at) < Date.parse(earlier.since) ? at : earlier.since;
    const seenSeconds = (Date.parse(at) - Date.parse(since)) / 1000;
    const isOpen = earlier?.isOpen === true || seenSeconds >= (finding.graceSeconds ?? 0);
    const openedAt = earlier?.isOpen === true ? (earlier.openedAt ?? earlier.since) : at;
    return { ...finding, since, isOpen, ...(isOpen ? { openedAt } : {}) };
  });
}

/** What has changed between two looks. */
export function findingChanges<Finding extends Lookable>(
  before: readonly StandingFinding<Finding>[],
  now: readonly StandingFinding<Finding>[],
): FindingChanges<Finding> {
  const openKeys = (findings: readonly StandingFinding<Finding>[]): ReadonlySet<string> =>
    new Set(findings.filter(({ isOpen }) => isOpen).map(findingKey));
  const [was, is] = [openKeys(before), openKeys(now)];
  return {
    opened: now.filter((finding) => finding.isOpen && !was.has(findingKey(finding))),
    closed: before.filter((finding) => finding.isOpen && !is.has(findingKey(finding))),
  };
}
