import { describe, expect, it } from "vitest";
import { type Alert, alertId } from "../../../src/domain/alerts/alert.ts";
import type { LogReading } from "../../../src/domain/deniedEgress/deniedFlow.ts";
import type { EgressCase } from "../../../src/domain/deniedEgress/egressCase.ts";
import { type Alike, caseIdOf, fingerprintOf, rollUpOf } from "../../../src/domain/deniedEgress/fingerprint.ts";

const quay: Alike = {
  cluster: "secureaks1",
  destination: { kind: "fqdn", name: "quay.io" },
  port: 443,
  protocol: "HTTPS",
  reason: "default",
};

const reading: LogReading = {
  flows: [
    {
      slice: "2026-11-02T08:00:00.000Z",
      kind: "application",
      firewallId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/azureFirewalls/fw",
      sourceAddress: "10.0.5.4",
      destination: { kind: "fqdn", name: "quay.io" },
      port: 443,
      protocol: "HTTPS",
      reason: "default",
      rule: "",
      count: 3,
      firstAt: "2026-11-02T07:58:00.000Z",
      lastAt: "2026-11-02T07:58:30.000Z",
    },
  ],
  totals: [],
  tables: ["AZFWApplicationRule"],
};

describe("fingerprintOf", () => {
  it("is twelve digits, the same for alike connections whatever their case, count and source", () => {
    const [flow] = reading.flows;
    expect(fingerprintOf(quay)).toMatch(/^[0-9a-f]{12}$/);
    expect(fingerprintOf({ ...quay, cluster: "SecureAKS1" })).toBe(fingerprintOf(quay));
    expect(flow === undefined ? "" : fingerprintOf({ ...flow, cluster: "secureaks1" })).toBe(fingerprintOf(quay));
  });

  it("differs with cluster, destination, port, protocol and reason", () => {
    const others: readonly Alike[] = [
      { ...quay, cluster: "" },
      { ...quay, destination: { kind: "fqdn", name: "cdn.quay.io" } },
      { ...quay, destination: { kind: "unknown", name: "" } },
      { ...quay, port: 80 },
      { ...quay, port: undefined },
      { ...quay, protocol: "HTTP" },
      { ...quay, reason: "rule" },
      rollUpOf(quay),
    ];
    expect(new Set([quay, ...others].map(fingerprintOf)).size).toBe(others.length + 1);
  });
});

describe("caseIdOf and alertId", () => {
  it("name an occurrence and a revision of it", () => {
    const of: Pick<EgressCase, "environment" | "fingerprint" | "occurrence"> = {
      environment: "shop",
      fingerprint: fingerprintOf(quay),
      occurrence: 2,
    };
    const subject: Alert["subject"] = caseIdOf(of);
    expect(subject).toBe(`shop-${fingerprintOf(quay)}-2`);
    expect(alertId({ subject, revision: 3 })).toBe(`${subject}:3`);
  });
});
