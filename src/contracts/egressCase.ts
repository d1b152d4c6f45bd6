/** What `GET /api/egress/cases` and `GET /api/egress/cases/{id}` take and answer. All instants are ISO 8601 in UTC. */
import * as z from "zod";
import type { CaseFilter } from "../domain/deniedEgress/caseView.ts";
import type { Mistake } from "../domain/mistake.ts";
import { choice, section } from "./schemaFields.ts";
import { mistakesOfIssues } from "./schemaMistakes.ts";

const caseStates = ["open", "acknowledged", "suppressed", "closed"] as const;
const egressClasses = ["breaksAks", "addOn", "osUpdates", "imagePull", "application", "threat"] as const;
const severities = ["critical", "high", "medium", "low"] as const;

export const egressClass = z.enum(egressClasses);
export const severity = z.enum(severities);

const source = z.object({
  address: z.string(),
  cluster: z.string().optional(),
  pool: z.string().optional(),
  node: z.string().optional(),
  pod: z.object({ namespace: z.string(), name: z.string(), workload: z.string().optional() }).optional(),
  /** The address is a node's: pods leave under it, and the log cannot tell which. */
  hiddenBySnat: z.boolean(),
});

const proposal = z.object({
  /** What it allows, from where. */
  summary: z.string(),
  /** A rule collection in ARM's form, and the same as Bicep. */
  json: z.string(),
  bicep: z.string(),
  replay: z.object({ seenCount: z.number(), allowedCount: z.number(), newlyOpened: z.array(z.string()) }),
  cautions: z.array(z.string()),
});

export const egressCase = z.object({
  id: z.string(),
  /** One line. */
  title: z.string(),
  environment: z.string(),
  /** Empty when unknown. */
  cluster: z.string(),
  fingerprint: z.string(),
  /** Counts up each time that it comes back after it was closed. */
  occurrence: z.number(),
  destination: z.object({ kind: z.enum(["fqdn", "address", "unknown", "many"]), name: z.string() }),
  port: z.number().optional(),
  protocol: z.string(),
  reason: z.enum(["default", "rule", "threatIntelligence", "sniMissing", "other"]),
  rule: z.string(),
  class: egressClass,
  /** What of AKS or of its add-ons needs the destination. */
  requiredBy: z.string().optional(),
  severity,
  /** Why it is as bad as it is. */
  because: z.string(),
  state: z.enum(caseStates),
  /** Refused connections, each counted once. */
  count: z.number(),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().optional(),
  /** At most ten. */
  sources: z.array(source),
  sourceCount: z.number(),
  /** Of a roll-up: how many there are at least, and those with the most. */
  destinations: z
    .object({ count: z.number(), top: z.array(z.object({ name: z.string(), count: z.number() })) })
    .optional(),
  suppression: z
    .object({ until: z.iso.datetime(), by: z.string(), reason: z.string(), countSince: z.number() })
    .optional(),
  firewallId: z.string().optional(),
  revision: z.number(),
  /** Oldest first. */
  history: z.array(
    z.object({ at: z.iso.datetime(), what: z.string(), by: z.string().optional(), note: z.string().optional() }),
  ),
  /** The narrowest rule that would allow it; it is never applied by itself. */
  proposal: proposal.optional(),
  /** Which of the environment's switches lets it out, where one does. */
  remedy: z.string().optional(),
  /** How to find the pod behind a node's address, where one is hidden. */
  podHint: z.string().optional(),
});

export type EgressCaseAnswer = z.infer<typeof egressCase>;

export const egressCaseList = z.object({
  /** Newest first: by when it was last refused. */
  cases: z.array(egressCase),
  /** How many fit, of which `limit` are told after the first `skip`. */
  totalCount: z.number(),
  /** Where those are that come next; absent when there are none. */
  nextUrl: z.string().optional(),
});

export type EgressCaseList = z.infer<typeof egressCaseList>;

/** Cases in one answer. */
const LIMIT_MAX = 500;
const LIMIT = 100;
const SKIP_MAX = 1_000_000;

const among = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(choice(...names)));

const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number(error).int(error).min(least, error).max(most, error);
};

const caseQuery = section({
  environment: z.string().optional(),
  /** One or several, with commas between them; all but closed when there is none. */
  state: among(caseStates).optional(),
  class: among(egressClasses).optional(),
  /** This one and graver. */
  severity: choice(...severities).optional(),
  cluster: z.string().optional(),
  /** Part of the destination's name. */
  destination: z.string().optional(),
  limit: wholeNumber(1, LIMIT_MAX).default(LIMIT),
  /** How many are left out: those that earlier answers have told. */
  skip: wholeNumber(0, SKIP_MAX).default(0),
});

export interface CaseQuery {
  readonly environment?: string;
  readonly filter: CaseFilter;
  readonly limit: number;
  readonly skip: number;
}

export function parseCaseQuery(
  query: Readonly<Record<string, string>>,
): { readonly ok: true; readonly query: CaseQuery } | { readonly ok: false; readonly mistakes: readonly Mistake[] } {
  const parsed = caseQuery.safeParse(query);
  if (!parsed.success) return { ok: false, mistakes: mistakesOfIssues("the query", caseQuery, parsed.error.issues) };
  const { environment, limit, skip, state, class: classes, severity: least, cluster, destination } = parsed.data;
  const filter: CaseFilter = {
    ...(state === undefined ? {} : { states: state }),
    ...(classes === undefined ? {} : { classes }),
    ...(least === undefined ? {} : { severity: least }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(destination === undefined ? {} : { destination }),
  };
  return { ok: true, query: { ...(environment === undefined ? {} : { environment }), filter, limit, skip } };
}
