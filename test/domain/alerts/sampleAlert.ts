import type { Alert } from "../../../src/domain/alerts/alert.ts";

/** An alert as a case of refused egress would raise it, with parts of it replaced. */
export function sampleAlert(parts: Partial<Alert> = {}): Alert {
  const { subject = "prod-0a1b2c3d4e5f-1", revision = 1 } = parts;
  return {
    id: `${subject}:${revision}`,
    subject,
    revision,
    event: "opened",
    kind: "deniedEgress",
    environment: "prod",
    cluster: "secureaks1",
    severity: "high",
    title: "secureaks1 may not reach quay.io:443 (HTTPS)",
    text: "The firewall has refused 12 connections since 08:00.\nLook at the proposed rule.",
    facts: [{ name: "Destination", value: "quay.io:443" }],
    at: "2026-11-02T08:05:00.000Z",
    rule: { json: '{"name":"quay"}', bicep: "resource quay 'x@y' = {\n}" },
    ...parts,
  };
}
