/**
 * The demonstration itself: pods try names, the firewall refuses some, and each refused destination becomes one case with one
 * alert. The operator adds the rule that is proposed for one of them; the app never does.
 */
import * as z from "zod";
import type { EgressCaseAnswer } from "../src/contracts/egressCase.ts";
import type { DemoScreen } from "./demoScreen.ts";
import { DemoWatch } from "./demoWatch.ts";
import { egressLines } from "./egressLines.ts";
import { type EgressLook, type EgressSight, lookAtEgress, type TryLook } from "./egressLook.ts";
import type { EgressPlace } from "./egressPlace.ts";
import { egressShortcomings, type RuleWrites } from "./egressShortcomings.ts";
import { egressJobs, egressTries } from "./egressTries.ts";
import type { Operator } from "./operator.ts";
import type { EgressView } from "./renderEgress.ts";
import { addRule, removeRules } from "./ruleByHand.ts";

export interface EgressEnd {
  readonly look: EgressLook;
  /** The case whose rule was added, as it was then. */
  readonly ruled: EgressCaseAnswer | undefined;
  readonly writes: RuleWrites;
  readonly elapsedSeconds: number;
  /** What should have been seen and was not. */
  readonly shortcomings: readonly string[];
}

export interface EgressOptions {
  readonly operator: Operator;
  readonly place: EgressPlace;
  readonly screen: DemoScreen<EgressView>;
  /** Hours of quiet after which a case is closed; absent: too many to wait for, and the operator closes the cases. */
  readonly quietHours?: number;
  /** The app's settings that are otherwise than by default, in one sentence. */
  readonly note?: string;
  /** Ends it from outside. */
  readonly signal: AbortSignal;
  /** Of real time between two looks. */
  readonly pauseMs: number;
}

/** Rows take up to 20 minutes, and are read up to 7 after that. */
const LATE_MINUTES = 27;

const stats = z.object({ now: z.iso.datetime() });
const requestLog = z.object({
  requests: z.array(z.object({ method: z.string(), path: z.string(), status: z.number() })),
});

export async function runEgress(options: EgressOptions): Promise<EgressEnd> {
  const { operator, place, quietHours } = options;
  await removeRules(operator, place);
  await closeCases(place, "The demonstration begins anew.");
  const writesBefore = (await ruleWrites(operator, place)).length;
  const beginEpochMs = Date.parse(stats.parse(await operator.local("GET", "/_local/stats")).now);
  const sight: EgressSight = { operator, place, run: Math.floor(beginEpochMs / 1000).toString(36), beginEpochMs };
  const watch = await watchOf(sight, options);

  watch.headline = "Pods try names. One is allowed; the firewall refuses four, and tells nobody but its log.";
  await operator.kubectl(place.clusterId, "kubectl apply --filename tries.json", {
    "tries.json": egressJobs(egressTries, sight.run),
  });
  const { tries: refused } = await watch.until("an answer for each pod", ({ tries }) =>
    tries.every(({ each, pod }) => pod.state !== "none" && (pod.hasEnded || each.isPull)),
  );
  watch.headline =
    "Rows take minutes to come. Portcullis reads them every 5 minutes, and makes a case, an incident and a signed alert of each destination.";
  const told = await watch.until("an alert for each destination", ({ tries, alerts }) =>
    tries.every(
      ({ each, found, incident }) =>
        each.isAllowed || (incident !== undefined && alerts.some(({ subject }) => subject === found?.id)),
    ),
  );
  const ruled = told.tries.find(({ each }) => each.isPull)?.found;
  watch.headline =
    "Portcullis proposes the narrowest rule and applies nothing. The operator reads the one for quay.io, and adds it by hand.";
  if (ruled?.proposal !== undefined) {
    await addRule(operator, place, ruled.proposal.json);
    await watch.until("a pod that has its image", ({ tries }) => tries.every((now) => !isWaiting(now)));
  }
  if (quietHours === undefined) {
    watch.headline =
      "Nobody tries any more. Rows may be 20 minutes late; then the operator closes the cases, as a day of quiet is long to watch.";
    const lateEpochMs = watch.last.atEpochMs + LATE_MINUTES * 60_000;
    await watch.until("the last row", ({ atEpochMs }) => atEpochMs >= lateEpochMs);
    await closeCases(place, "The demonstration is over.");
  } else {
    watch.headline = `Nobody tries any more. A case closes when it is quiet: here after ${quietHours} h, after 24 h when nothing is set.`;
  }
  const look = await watch.until("the end of each case", isOver);
  options.screen.close();
  const writes = {
    inAzure: (await ruleWrites(operator, place)).length - writesBefore,
    byOperator: ruled?.proposal === undefined ? 0 : 1,
  };
  const shortcomings = egressShortcomings(look, refused, writes);
  return { look, ruled, writes, elapsedSeconds: watch.elapsedSeconds, shortcomings };
}

async function watchOf(
  sight: EgressSight,
  { screen, signal, pauseMs, place, note }: EgressOptions,
): Promise<DemoWatch<EgressLook, EgressLook>> {
  const first = await lookAtEgress(sight);
  const watch: DemoWatch<EgressLook, EgressLook> = new DemoWatch({
    first,
    firstSeen: first,
    look: () => lookAtEgress(sight, watch.last),
    withLook: (_, look) => look,
    linesOf: (before, now) => egressLines(before, now, first.atEpochMs),
    show: (moment) =>
      screen.show({ ...moment, environment: place.environment, ...(note === undefined ? {} : { note }) }),
    close: () => screen.close(),
    signal,
    pauseMs,
  });
  return watch;
}

function isWaiting({ each, pod }: TryLook): boolean {
  return each.isPull && pod.state !== "answered";
}

function isOver({ tries, alerts }: EgressLook): boolean {
  return tries.every(
    ({ each, found, incident }) =>
      each.isAllowed ||
      (found?.state === "closed" &&
        incident?.isResolved === true &&
        alerts.some(({ subject, event }) => subject === found.id && event === "closed")),
  );
}

const caseIds = z.object({
  cases: z.array(z.object({ id: z.string(), destination: z.object({ name: z.string() }) })),
});

/** By the API, as on-call does when nobody is to wait for the quiet. */
async function closeCases({ appUrl, environment }: EgressPlace, note: string): Promise<void> {
  const answer = await fetch(`${appUrl}/api/egress/cases?environment=${environment}&limit=500`);
  const hosts = egressTries.map(({ host }) => host);
  for (const { id, destination } of caseIds.parse(await answer.json()).cases) {
    if (!hosts.includes(destination.name)) continue;
    const closing = await fetch(`${appUrl}/api/egress/cases/${id}/close`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ by: "operator", note }),
    });
    if (!closing.ok) throw new Error(`${id} could not be closed: ${closing.status} ${await closing.text()}`);
  }
}

async function ruleWrites(operator: Operator, { policyId }: EgressPlace) {
  const { requests } = requestLog.parse(await operator.local("GET", "/_local/requests"));
  const groups = `${policyId}/ruleCollectionGroups/`.toLowerCase();
  return requests.filter(
    ({ method, path, status }) => method !== "GET" && status < 300 && path.toLowerCase().startsWith(groups),
  );
}
