/** Findings about the log itself as alerts: one incident from the time that a finding opens until it closes. */
import { type Alert, type AlertEvent, alertId } from "../alerts/alert.ts";
import { findingKey } from "../routeFinding.ts";
import { findingChanges, type StandingFinding, standingFindings } from "../standingFindings.ts";
import { clockInWords, msBetween, spanInWords } from "./instant.ts";
import type { TelemetryCode, TelemetryFinding } from "./telemetry.ts";

/** A finding about the log, and how often it has come. */
export type StandingTelemetry = StandingFinding<TelemetryFinding>;

export interface TelemetryBook {
  readonly findings: readonly StandingTelemetry[];
  /** How often each has opened, by its key: every time is an incident of its own. */
  readonly occurrences: Readonly<Record<string, number>>;
}

export const emptyTelemetryBook: TelemetryBook = { findings: [], occurrences: {} };

interface Noting {
  readonly environment: string;
  readonly findings: readonly TelemetryFinding[];
  readonly at: string;
  readonly firewallId?: string | undefined;
}

/** What stands now, and the alerts of what has begun or ceased. */
export function noted(
  book: TelemetryBook,
  { environment, findings, at, firewallId }: Noting,
): readonly [TelemetryBook, readonly Alert[]] {
  const standing = standingFindings(book.findings, findings, at);
  const { opened, closed } = findingChanges(book.findings, standing);
  const occurrences = { ...book.occurrences };
  for (const finding of opened) {
    const key = findingKey(finding);
    occurrences[key] = (occurrences[key] ?? 0) + 1;
  }
  const alertOf = (finding: StandingTelemetry, event: AlertEvent): Alert => {
    const occurrence = occurrences[findingKey(finding)] ?? 1;
    return telemetryAlert(finding, { environment, event, at, occurrence, firewallId });
  };
  const alerts = [
    ...closed.map((finding) => alertOf(finding, "closed")),
    ...opened.map((finding) => alertOf(finding, "opened")),
  ];
  return [{ findings: standing, occurrences }, alerts];
}

const titles: Readonly<Record<TelemetryCode, string>> = {
  LogSilent: "the firewall's log is silent",
  LogLate: "the firewall's log is late",
  DiagnosticSettingMissing: "the firewall's diagnostic setting is gone",
  DiagnosticSettingChanged: "the firewall's diagnostic setting was changed",
  WorkspaceGone: "the workspace of the firewall's log is gone",
  LogTableGone: "a table of the firewall's log is gone",
  LogQueryRefused: "the firewall's log may not be read",
  LogQueryFails: "the firewall's log cannot be read",
};

interface Telling {
  readonly environment: string;
  readonly event: AlertEvent;
  readonly at: string;
  readonly occurrence: number;
  readonly firewallId: string | undefined;
}

function telemetryAlert(
  finding: StandingTelemetry,
  { environment, event, at, occurrence, firewallId }: Telling,
): Alert {
  const { code, subject: about, severity, sentence, advice, since } = finding;
  const subject = `finding-${environment}-${code}-${about}-${occurrence}`.toLowerCase();
  const isClosed = event === "closed";
  const revision = isClosed ? 2 : 1;
  const stood = `It stood from ${clockInWords(since)} to ${clockInWords(at)} (${spanInWords(msBetween(since, at))}).`;
  return {
    id: alertId({ subject, revision }),
    subject,
    revision,
    event,
    kind: "telemetry",
    environment,
    severity,
    title: `${environment}: ${titles[code]}`,
    text: isClosed ? `This is over: ${sentence} ${stood}` : `${sentence} What to do: ${advice}`,
    facts: [
      { name: "Finding", value: code },
      { name: "Environment", value: environment },
      { name: "About", value: about },
      { name: "Since", value: clockInWords(since) },
    ],
    at,
    ...(firewallId === undefined ? {} : { resourceId: firewallId }),
  };
}
