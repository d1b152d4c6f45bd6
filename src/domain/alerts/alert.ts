/** What is told to the outside: of a refused destination, of a log that is missing, of routes that are wrong. */
import type { Severity } from "../deniedEgress/egressCase.ts";

export type AlertEvent = "opened" | "updated" | "closed";

export interface Alert {
  /** `${subject}:${revision}`: what every sink tells a repetition by. */
  readonly id: string;
  /** The case's id, or `finding-…`: what one incident belongs to. */
  readonly subject: string;
  readonly revision: number;
  readonly event: AlertEvent;
  readonly kind: "deniedEgress" | "telemetry" | "gatewayRoutes";
  readonly environment: string;
  readonly cluster?: string;
  readonly severity: Severity;
  /** One line, e.g. "secureaks1 may not reach quay.io:443 (HTTPS)". */
  readonly title: string;
  /** What, since when, how often, who, what to do next, in plain sentences. */
  readonly text: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly at: string;
  /** ARM id of the firewall or the cluster. */
  readonly resourceId?: string;
  readonly rule?: { readonly json: string; readonly bicep: string };
}

export function alertId({ subject, revision }: Pick<Alert, "subject" | "revision">): string {
  return `${subject}:${revision}`;
}
