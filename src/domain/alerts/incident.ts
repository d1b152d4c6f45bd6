/**
 * An alert as an incident of the ServiceNow Table API. Fields and choices are those of an instance as it is delivered:
 * state 1 New, 2 In Progress, 3 On Hold, 6 Resolved, 7 Closed, 8 Cancelled; impact and urgency 1 High, 2 Medium, 3 Low.
 * Source: github.com/api-evangelist/servicenow json-schema/servicenow-incident-schema.json, read 2026-11.
 */
import type { Severity } from "../deniedEgress/egressCase.ts";
import type { Alert } from "./alert.ts";
import type { SinkReference } from "./sink.ts";

/** What is read of an incident. */
export interface KnownIncident {
  readonly sys_id: string;
  readonly number: string;
  readonly state: string;
  /** Where the newest revision that it has is noted: journals cannot be read back. */
  readonly correlation_display: string;
}

export const INCIDENT_FIELDS = ["sys_id", "number", "state", "correlation_display"] as const;

export type IncidentFields = Readonly<Record<string, string>>;

/** What is to be done so that the ticket system has the alert. */
export type IncidentStep =
  | { readonly kind: "create"; readonly fields: IncidentFields }
  | { readonly kind: "change"; readonly id: string; readonly fields: IncidentFields }
  /** It has it already, or there is nothing to say it to. */
  | { readonly kind: "none" };

/** Choices of the field `state` in which nobody works on the incident any more. */
const RESOLVED = "6";
const OVER: ReadonlySet<string> = new Set([RESOLVED, "7", "8"]);
/** Closed and cancelled incidents are read-only as the system is delivered. */
const READ_ONLY: ReadonlySet<string> = new Set(["7", "8"]);

/** ServiceNow's own length of `short_description`. */
const SHORT_DESCRIPTION_LENGTH = 160;

/** Impact and urgency, of which the system makes a priority: 1/1 is P1, 2/1 P2, 2/2 P3, 3/3 P5. */
const weights: Readonly<Record<Severity, { readonly impact: string; readonly urgency: string }>> = {
  critical: { impact: "1", urgency: "1" },
  high: { impact: "2", urgency: "1" },
  medium: { impact: "2", urgency: "2" },
  low: { impact: "3", urgency: "3" },
};

const subcategories: Readonly<Record<Alert["kind"], string>> = {
  deniedEgress: "firewall",
  telemetry: "monitoring",
  gatewayRoutes: "routing",
};

/**
 * The step for an alert, given the newest incident with its subject, if there is one. ServiceNow does not keep correlation ids unique:
 * whoever does not look makes a second incident when an answer is lost.
 */
export function incidentStep(alert: Alert, known: KnownIncident | undefined, closeCode: string): IncidentStep {
  if (known === undefined || isOfEarlier(alert, known))
    return alert.event === "closed" ? { kind: "none" } : { kind: "create", fields: newIncident(alert) };
  // A repeat: the answer to it was lost. What somebody has closed is left closed.
  if (revisionOf(known) >= alert.revision || READ_ONLY.has(known.state)) return { kind: "none" };
  return { kind: "change", id: known.sys_id, fields: changeOf(alert, known, closeCode) };
}

/** An incident that is over, of the subject's time before: what opens again is another incident. */
function isOfEarlier({ event, revision }: Alert, known: KnownIncident): boolean {
  return event === "opened" && OVER.has(known.state) && revisionOf(known) < revision;
}

const MARK = /^Portcullis revision (\d+)$/;

function markOf({ revision }: Alert): string {
  return `Portcullis revision ${revision}`;
}

/** Zero for an incident whose mark somebody has overwritten: an update too many does less harm than one too few. */
function revisionOf({ correlation_display }: KnownIncident): number {
  return Number(MARK.exec(correlation_display)?.[1] ?? 0);
}

function newIncident(alert: Alert): IncidentFields {
  return {
    short_description: alert.title.slice(0, SHORT_DESCRIPTION_LENGTH),
    description: whole(alert),
    ...weights[alert.severity],
    category: "network",
    subcategory: subcategories[alert.kind],
    cmdb_ci: alert.resourceId ?? alert.cluster ?? alert.environment,
    correlation_id: alert.subject,
    correlation_display: markOf(alert),
  };
}

function changeOf(alert: Alert, known: KnownIncident, closeCode: string): IncidentFields {
  const note = { work_notes: `${alert.title}\n${whole(alert)}`, correlation_display: markOf(alert) };
  if (OVER.has(known.state)) return note;
  if (alert.event !== "closed") return { ...note, ...weights[alert.severity] };
  return { ...note, state: RESOLVED, close_code: closeCode, close_notes: alert.text };
}

function whole({ text, facts, rule }: Alert): string {
  const lines = facts.map(({ name, value }) => `${name}: ${value}`);
  const proposal = rule === undefined ? "" : `\n\nProposed rule (not applied), as Bicep:\n${rule.bicep}`;
  return `${text}\n\n${lines.join("\n")}${proposal}`.replaceAll("[code]", "[ code]");
}

export function referenceOf({ sys_id, number }: KnownIncident): SinkReference {
  return { id: sys_id, name: number };
}
