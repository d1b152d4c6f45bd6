import type { Alert } from "./alert.ts";

/** Grows when a field changes its meaning or goes away; a new field is no new version. */
const VERSION = 1;

/**
 * The body of the generic webhook: flat, every field of the same type at all times, empty where there is nothing. ASCII
 * only: the signature is over bytes, and a receiver may read them as another encoding than UTF-8. Which one ServiceNow's
 * generateMac signs a text in, for one, is not documented (servicenow.com/docs, GlideCertificateEncryption), checked 2026-11.
 */
export function webhookBody(alert: Alert): string {
  const body = {
    version: VERSION,
    id: alert.id,
    subject: alert.subject,
    revision: alert.revision,
    event: alert.event,
    kind: alert.kind,
    environment: alert.environment,
    cluster: alert.cluster ?? "",
    severity: alert.severity,
    title: alert.title,
    text: alert.text,
    at: alert.at,
    resourceId: alert.resourceId ?? "",
    facts: alert.facts,
    ruleJson: alert.rule?.json ?? "",
    ruleBicep: alert.rule?.bicep ?? "",
  };
  return asciiJson(body);
}

function asciiJson(value: object): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
