/** One look at every step of a refused connection's way: the pod, the row in the log, the case, the incident, the webhook. */
import * as z from "zod";
import { type EgressCaseAnswer, egressCaseList } from "../src/contracts/egressCase.ts";
import type { EgressPlace } from "./egressPlace.ts";
import { type EgressTry, egressTries } from "./egressTries.ts";
import type { Operator } from "./operator.ts";
import { type PodAnswer, readPodAnswers } from "./podAnswers.ts";

export interface EgressLook {
  readonly atEpochMs: number;
  /** In the order of the tries. */
  readonly tries: readonly TryLook[];
  /** Alerts about denied egress at the webhook since the beginning, whatever they are about; each bore a signature that was right. */
  readonly alerts: readonly HookedAlert[];
}

export interface TryLook {
  readonly each: EgressTry;
  readonly pod: PodAnswer;
  readonly logged?: Logged;
  readonly found?: EgressCaseAnswer;
  readonly incident?: Incident;
}

/** Refused connections to one target in the firewall's log. */
export interface Logged {
  readonly rowCount: number;
  readonly firstAt: string;
  /** Of the row that came first: from the refusal until it was ingested. */
  readonly delaySeconds: number;
}

export interface Incident {
  readonly number: string;
  readonly isResolved: boolean;
  readonly title: string;
  readonly description: string;
  readonly notes: readonly string[];
}

export interface HookedAlert {
  readonly id: string;
  readonly subject: string;
  readonly event: "opened" | "updated" | "closed";
  readonly title: string;
  readonly severity: string;
  /** How often it was refused by then. */
  readonly count: number;
}

const CASES_MAX = 500;
const RESOLVED_STATES: readonly string[] = ["6", "7"];
const noAnswer: PodAnswer = { state: "none", text: "", hasEnded: false };

const stats = z.object({ now: z.iso.datetime() });
const logRow = z.object({
  Target: z.string(),
  Rows: z.number(),
  FirstAt: z.iso.datetime({ offset: true }),
  DelaySeconds: z.number(),
});
const incidents = z.object({
  incidents: z.array(
    z.object({ row: z.record(z.string(), z.string()), journal: z.array(z.object({ text: z.string() })) }),
  ),
});
const hooked = z.object({
  alerts: z.array(
    z.object({
      at: z.iso.datetime(),
      alert: z.object({
        id: z.string(),
        subject: z.string(),
        event: z.enum(["opened", "updated", "closed"]),
        kind: z.string(),
        title: z.string(),
        severity: z.string(),
        facts: z.array(z.object({ name: z.string(), value: z.string() })),
      }),
    }),
  ),
});

export interface EgressSight {
  readonly operator: Operator;
  readonly place: EgressPlace;
  /** What tells this demonstration's pods and cases from those of one before. */
  readonly run: string;
  readonly beginEpochMs: number;
}

/** What cannot be different from the last look any more is taken from it. */
export async function lookAtEgress(sight: EgressSight, before?: EgressLook): Promise<EgressLook> {
  const { operator, place, beginEpochMs } = sight;
  const arePodsOver = before?.tries.every(({ pod }) => pod.hasEnded) ?? false;
  const isLogOver = before?.tries.every(({ each, found }) => each.isAllowed || found?.state === "closed") ?? false;
  const known = (name: string): TryLook | undefined => before?.tries.find(({ each }) => each.name === name);
  const [time, pods, rows, cases, tickets, alerts] = await Promise.all([
    operator.local("GET", "/_local/stats"),
    arePodsOver ? undefined : readPodAnswers(sight, (name) => known(name)?.pod),
    isLogOver ? undefined : readRows(sight),
    readCases(place, beginEpochMs),
    readJson(`${place.ticketSystemUrl}/_local/incidents`).then((json) => incidents.parse(json).incidents),
    readAlerts(place, beginEpochMs),
  ]);
  const tries = egressTries.map((each): TryLook => {
    const found = cases.find(({ destination, port }) => destination.name === each.host && port === each.port);
    const ticket = tickets.findLast(({ row }) => found !== undefined && row.correlation_id === found.id);
    const logged = rows === undefined ? known(each.name)?.logged : rows.get(`${each.host}:${each.port}`);
    return {
      each,
      pod: (pods === undefined ? known(each.name)?.pod : pods.get(each.name)) ?? noAnswer,
      ...(logged === undefined ? {} : { logged }),
      ...(found === undefined ? {} : { found }),
      ...(ticket === undefined ? {} : { incident: incidentOf(ticket) }),
    };
  });
  return { atEpochMs: Date.parse(stats.parse(time).now), tries, alerts };
}

async function readJson(url: string): Promise<unknown> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`GET ${url} was answered with ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Through the query door of Log Analytics, as anybody with the right to read would. */
async function readRows({ operator, place, beginEpochMs }: EgressSight): Promise<ReadonlyMap<string, Logged>> {
  // ingestion_time() is known of the rows of a table, and not of those of a union.
  const legs = ["AZFWApplicationRule", "AZFWNetworkRule"].map(
    (table) => `(${table} | extend IngestedAt = ingestion_time())`,
  );
  const text = `union isfuzzy=true ${legs.join(", ")}
    | where TimeGenerated >= datetime(${new Date(beginEpochMs).toISOString()}) and Action == "Deny"
    | extend Target = strcat(iff(isempty(Fqdn), DestinationIp, Fqdn), ":", tostring(DestinationPort))
    | summarize Rows = count(), FirstAt = min(TimeGenerated), arg_min(IngestedAt, TimeGenerated) by Target
    | project Target, Rows, FirstAt, DelaySeconds = (IngestedAt - TimeGenerated) / 1s`;
  const rows = (await operator.query(place.customerId, text)) ?? [];
  return new Map(
    rows
      .map((row) => logRow.parse(row))
      .map(({ Target, Rows, FirstAt, DelaySeconds }) => [
        Target,
        { rowCount: Rows, firstAt: FirstAt, delaySeconds: DelaySeconds },
      ]),
  );
}

async function readCases(
  { appUrl, environment }: EgressPlace,
  beginEpochMs: number,
): Promise<readonly EgressCaseAnswer[]> {
  const query = `environment=${environment}&state=open,acknowledged,suppressed,closed&limit=${CASES_MAX}`;
  const { cases } = egressCaseList.parse(await readJson(`${appUrl}/api/egress/cases?${query}`));
  return cases.filter(({ openedAt }) => Date.parse(openedAt) >= beginEpochMs);
}

async function readAlerts({ ticketSystemUrl }: EgressPlace, beginEpochMs: number): Promise<readonly HookedAlert[]> {
  const { alerts } = hooked.parse(await readJson(`${ticketSystemUrl}/_local/alerts`));
  return alerts
    .filter(({ at, alert }) => alert.kind === "deniedEgress" && Date.parse(at) >= beginEpochMs)
    .map(({ alert: { facts, ...alert } }) => ({
      ...alert,
      count: Number(facts.find(({ name }) => name === "Refused")?.value),
    }));
}

function incidentOf({ row, journal }: z.infer<typeof incidents>["incidents"][number]): Incident {
  return {
    number: row.number ?? "",
    isResolved: RESOLVED_STATES.includes(row.state ?? ""),
    title: row.short_description ?? "",
    description: row.description ?? "",
    notes: journal.map(({ text }) => text),
  };
}
