/** A log that says nothing is not a log that says "nothing was refused": what may be wrong with it, in words. */

import type { JsonObject } from "../json.ts";
import { type Difference, differences, type OwnershipRules } from "../ownedFields.ts";
import type { Failure } from "../stepOutcome.ts";
import type { Severity } from "./egressCase.ts";
import type { EgressSettings } from "./egressSettings.ts";
import { clockInWords, isBefore, MINUTE_MS, msBetween, spanInWords } from "./instant.ts";

export const telemetryCodes = [
  "LogSilent",
  "LogLate",
  "DiagnosticSettingMissing",
  "DiagnosticSettingChanged",
  "WorkspaceGone",
  "LogTableGone",
  "LogQueryRefused",
  "LogQueryFails",
] as const;

export type TelemetryCode = (typeof telemetryCodes)[number];

export interface TelemetryFinding {
  readonly code: TelemetryCode;
  /** What exactly, by name. */
  readonly subject: string;
  readonly severity: Severity;
  /** What is wrong, as a sentence or two. */
  readonly sentence: string;
  /** The next thing to do. */
  readonly advice: string;
  /** How long it must be seen before it counts, in seconds; absent: at once. */
  readonly graceSeconds?: number;
}

/** What was seen of the way from the firewall to the log. */
export interface TelemetryLook {
  /** Name of the workspace; absent: it is gone. */
  readonly workspace?: string;
  readonly firewall: string;
  /** What of the diagnostic setting is otherwise than wanted; "missing" when there is none; absent: it could not be read. */
  readonly diagnosticSetting?: "missing" | readonly Difference[];
}

/** What of a diagnostic setting is not as the environment wants it: categories, workspace, kind of destination. */
export function diagnosticDrift(
  existing: JsonObject | undefined,
  wanted: JsonObject,
  rules: OwnershipRules,
): NonNullable<TelemetryLook["diagnosticSetting"]> {
  return existing === undefined ? "missing" : differences(existing, wanted, rules);
}

/** How late rows may come before it is a finding, in seconds. Azure's own take up to 20 minutes. Source: learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time, checked 2026-11. */
const LAG_SECONDS_MAX = 30 * 60;

/** How often a query must fail in a row before it is a finding; once is a network's matter. */
export const FAILURES_TOLERATED = 2;

/** What is remembered of the log's own health. */
export interface LogHealth {
  readonly newestRowAt?: string;
  /** Tables that there were at any time. */
  readonly tables: readonly string[];
  /** How long rows of any kind last took to come into the log, in seconds. */
  readonly lagSeconds?: number;
  /** Reads that failed in a row, and with what since when. */
  readonly failing?: {
    readonly count: number;
    readonly since: string;
    readonly kind: ReadFailureKind;
    readonly failure: Failure;
    /** Before then the log does not want to be asked. */
    readonly retryAt?: string;
  };
}

/** tooMuch: truncated, or longer than the log's own limit. throttled: try later. refused: no right to read. */
export type ReadFailureKind = "tooMuch" | "throttled" | "refused" | "workspaceGone" | "other";

interface AfterReading {
  readonly health: LogHealth;
  readonly look: TelemetryLook;
  readonly tables: readonly string[];
  /** How far the log has been read: silence is judged there, not by our clock, which may be far ahead after an outage. */
  readonly readTo: string;
  /** When the log was first asked for: silence before that is nobody's finding. */
  readonly watchedSince: string;
  readonly settings: EgressSettings;
}

/** What is wrong though the log could be read. `health` is as it is after this reading. */
export function findingsAfterReading(facts: AfterReading): readonly TelemetryFinding[] {
  const { look, health, tables } = facts;
  const gone = health.tables.filter((table) => !tables.includes(table));
  const silent = silence(facts);
  return [
    ...settingFindings(look),
    ...silent,
    // Rows that do not come for a while are not in time for that; of a log that is silent nobody knows.
    ...(silent.length > 0 ? [] : lateness(facts)),
    ...gone.map((table) => tableGone(table, look)),
  ];
}

/** What is wrong because the log could not be read, and what was seen beside that. */
export function findingsAfterFailure(
  { failing }: LogHealth,
  look: TelemetryLook | undefined,
): readonly TelemetryFinding[] {
  const seen = look === undefined ? [] : settingFindings(look);
  if (failing === undefined) return seen;
  const { kind, failure, count, since } = failing;
  // One subject, whether or not its name could be read this time: it is one incident.
  const subject = "log";
  const workspace = look?.workspace === undefined ? "The firewall's log" : `The workspace ${look.workspace}`;
  const why = `${failure.code}: ${failure.message}`;
  if (kind === "workspaceGone")
    return seen.some(({ code }) => code === "WorkspaceGone")
      ? seen
      : [...seen, workspaceGone(look?.firewall ?? "the firewall")];
  if (kind === "refused") {
    const sentence = `${workspace} refuses to be read (${why}), so refused connections go unnoticed since ${clockInWords(since)}.`;
    const advice =
      "Give the app's identity the role of infra/roles/logReader.json on the subscription or on this workspace, as infra/main.bicep does. Everything since then is counted as soon as it can be read.";
    return [...seen, { code: "LogQueryRefused", subject, severity: "high", sentence, advice }];
  }
  if (count <= FAILURES_TOLERATED) return seen;
  const sentence = `${workspace} could not be read ${count} times in a row, since ${clockInWords(since)} (${why}). Refused connections go unnoticed meanwhile.`;
  const { advice } = failure;
  return [...seen, { code: "LogQueryFails", subject, severity: "medium", sentence, advice }];
}

function settingFindings({ workspace, firewall, diagnosticSetting }: TelemetryLook): readonly TelemetryFinding[] {
  if (workspace === undefined) return [workspaceGone(firewall)];
  if (diagnosticSetting === "missing") {
    const sentence = `The diagnostic setting of ${firewall} is gone: the firewall writes no log into ${workspace}, and refused connections go unnoticed.`;
    return [{ code: "DiagnosticSettingMissing", subject: firewall, severity: "high", sentence, advice: retry }];
  }
  if (diagnosticSetting === undefined || diagnosticSetting.length === 0) return [];
  const changed = diagnosticSetting
    .slice(0, DIFFERENCES_NAMED)
    .map(({ path, from, to }) => `${path} is ${from}, not ${to}`);
  const more = diagnosticSetting.length - changed.length;
  const sentence = `The diagnostic setting of ${firewall} was changed: ${changed.join("; ")}${more > 0 ? `; and ${more} more` : ""}. What the firewall refuses may be missing from the log.`;
  return [
    {
      code: "DiagnosticSettingChanged",
      subject: firewall,
      severity: "high",
      sentence,
      advice: `${retry} Find out who changed it.`,
    },
  ];
}

const DIFFERENCES_NAMED = 5;

const retry = "Retry the environment's provision ticket: it makes the setting as it must be.";

/** Source of the 14 days: learn.microsoft.com/azure/azure-monitor/logs/delete-workspace, checked 2026-11. */
function workspaceGone(firewall: string): TelemetryFinding {
  const sentence = `The workspace with the log of ${firewall} is gone: nothing that the firewall refuses is seen any more.`;
  const advice =
    "A deleted workspace can be recovered for 14 days (az monitor log-analytics workspace recover); else retry the environment's provision ticket, which makes a new one.";
  return { code: "WorkspaceGone", subject: "workspace", severity: "high", sentence, advice };
}

function silence({ health, look, readTo, watchedSince, settings }: AfterReading): readonly TelemetryFinding[] {
  const { newestRowAt } = health;
  const since = newestRowAt === undefined || isBefore(newestRowAt, watchedSince) ? watchedSince : newestRowAt;
  const silentMs = msBetween(since, readTo);
  if (silentMs < settings.silenceMinutes * MINUTE_MS) return [];
  const never =
    newestRowAt === undefined ? "has never written a row" : `has written no row since ${clockInWords(newestRowAt)}`;
  const sentence = `The firewall ${look.firewall} ${never}, about allowed connections neither; the log was read up to ${clockInWords(readTo)}. A cluster that runs talks all the time, so this is not "nothing was refused".`;
  const advice =
    "See whether the firewall is running and the nodes' default route still leads to it, whether its diagnostic setting stands, and whether the workspace has reached its daily cap. If all clusters are stopped, nothing is wrong.";
  return [{ code: "LogSilent", subject: look.firewall, severity: "high", sentence, advice }];
}

function lateness({ health: { lagSeconds }, look }: AfterReading): readonly TelemetryFinding[] {
  if (lagSeconds === undefined || lagSeconds < LAG_SECONDS_MAX) return [];
  const sentence = `Rows of ${look.firewall} come into the log ${spanInWords(lagSeconds * 1000)} after the firewall wrote them; usually it is 3 to 10 minutes. Every alert is late by as much.`;
  const advice = "Look at Azure's service health for Azure Monitor in this location; nothing is lost, it is only late.";
  return [{ code: "LogLate", subject: look.firewall, severity: "medium", sentence, advice }];
}

function tableGone(table: string, { workspace = "the workspace" }: TelemetryLook): TelemetryFinding {
  const sentence = `The table ${table} of ${workspace} had rows and cannot be found any more: what the firewall writes there is not seen.`;
  const advice =
    "See whether it was deleted, or whether its plan was changed to Basic or Auxiliary, which such queries cannot read; then retry the environment's provision ticket.";
  return { code: "LogTableGone", subject: table, severity: "high", sentence, advice };
}
