import { describe, expect, it } from "vitest";
import { casesView } from "../../../src/domain/deniedEgress/caseView.ts";
import type { DeniedFlow } from "../../../src/domain/deniedEgress/deniedFlow.ts";
import { narrowRule, replay } from "../../../src/domain/deniedEgress/narrowRule.ts";
import { flow } from "./egressWorld.ts";
import { WatchRun } from "./watchRun.ts";

/** The proposals for what is refused, by destination and protocol. */
function proposed(...flows: readonly DeniedFlow[]) {
  const run = new WatchRun().add(...flows);
  run.pass(5);
  return casesView(run.state).map(({ destination, protocol, proposal }) => ({
    of: `${destination.name} ${protocol}`,
    proposal,
  }));
}

const address = { kind: "address", name: "1.2.3.4" } as const;

describe("proposalOf", () => {
  it("is one name, one port and the cluster's own nodes, in ARM's form", () => {
    const [{ proposal } = { proposal: undefined }] = proposed(flow(1));
    expect(JSON.parse(proposal?.json ?? "")).toMatchObject({
      ruleCollectionType: "FirewallPolicyFilterRuleCollection",
      action: { type: "Allow" },
      rules: [
        {
          ruleType: "ApplicationRule",
          targetFqdns: ["quay.io"],
          sourceAddresses: ["10.0.5.0/24"],
          protocols: [{ protocolType: "Https", port: 443 }],
        },
      ],
    });
    expect(proposal?.bicep).toContain("targetFqdns: [\n              'quay.io'\n            ]");
    expect(proposal?.cautions.join(" ")).toContain("layers from other names");
    expect(proposal?.replay).toEqual({ seenCount: 3, allowedCount: 3, newlyOpened: [] });
  });

  it("says in words how much of what was refused it lets out", () => {
    const said = (...flows: readonly DeniedFlow[]): string | undefined =>
      proposed(...flows)[0]?.proposal?.summary.replace(/^.*: it lets out /, "");
    expect(said(flow(1))).toBe(
      "all 3 refused connections of the last reading. It opens nothing else that was refused.",
    );
    expect(said(flow(1, { count: 1 }))).toMatch(/^the one refused connection of the last reading\./);
    expect(said(flow(1, { reason: "rule", rule: "blocked/quay" }))).toMatch(/^0 of the 3 refused connections of/);
  });

  it("has names that a rule may have, however long the destination's is", () => {
    const name = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.example`;
    const [{ proposal } = { proposal: undefined }] = proposed(flow(1, { destination: { kind: "fqdn", name } }));
    const collection = JSON.parse(proposal?.json ?? "");
    const [rule] = collection.rules;
    expect(rule.targetFqdns).toEqual([name]);
    for (const each of [collection.name, rule.name])
      expect(each).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,78}[A-Za-z0-9_]$/);
  });

  it("is one address for what has no name, and names what else it opens among what was refused", () => {
    const network = flow(1, { kind: "network", destination: address, protocol: "TCP" });
    const found = proposed(
      network,
      { ...network, kind: "application", protocol: "HTTPS" },
      { ...network, port: 8080 },
      { ...network, sourceAddress: "10.0.6.9" },
    );
    const tcp = found.find(
      ({ of, proposal }) => of === "1.2.3.4 TCP" && proposal?.summary.includes("10.0.5.0/24 to reach 1.2.3.4:443"),
    )?.proposal;
    expect(JSON.parse(tcp?.json ?? "").rules).toMatchObject([
      {
        ruleType: "NetworkRule",
        ipProtocols: ["TCP"],
        destinationAddresses: ["1.2.3.4/32"],
        destinationPorts: ["443"],
      },
    ]);
    expect(tcp?.replay.newlyOpened).toEqual(["1.2.3.4:443 (HTTPS) from secureaks1"]);
  });

  it("is a network rule over TCP for an address that was asked for over HTTPS", () => {
    const [{ proposal } = { proposal: undefined }] = proposed(flow(1, { destination: address }));
    expect(JSON.parse(proposal?.json ?? "").rules).toMatchObject([
      {
        ruleType: "NetworkRule",
        ipProtocols: ["TCP"],
        destinationAddresses: ["1.2.3.4/32"],
        destinationPorts: ["443"],
      },
    ]);
    expect(proposal?.replay).toEqual({ seenCount: 3, allowedCount: 3, newlyOpened: [] });
  });

  it("opens no threat, and names five of what it opens and how many more there are", () => {
    const rule = {
      kind: "network",
      sources: ["10.0.0.0/8"],
      destination: "1.2.3.4",
      protocol: "TCP",
      port: 443,
    } as const;
    const tcp = flow(1, { kind: "network", destination: address, protocol: "TCP" });
    const other = (index: number, more: Partial<DeniedFlow> = {}) => ({
      flow: { ...tcp, ...more },
      fingerprint: `f${index}`,
      cluster: `cluster${index}`,
    });
    const threats = [other(1, { kind: "threat" }), other(2, { reason: "threatIntelligence" })];
    expect(replay(rule, "own", threats).newlyOpened).toEqual([]);
    const seven = Array.from({ length: 7 }, (_, index) => other(index));
    expect(replay(rule, "own", seven).newlyOpened).toEqual([
      ...[0, 1, 2, 3, 4].map((index) => `1.2.3.4:443 (TCP) from cluster${index}`),
      "2 more",
    ]);
    expect(replay(rule, "f0", seven)).toMatchObject({ seenCount: 3, allowedCount: 3 });
  });

  it("says when a rule that denies stands before it", () => {
    const [{ proposal } = { proposal: undefined }] = proposed(flow(1, { reason: "rule", rule: "blocked/quay" }));
    expect(proposal?.replay.allowedCount).toBe(0);
    expect(proposal?.cautions.join(" ")).toContain("The rule blocked/quay refuses it on purpose");
  });

  it("is never made for threats, for what a switch lets out, for the unknown, and for sources of no cluster", () => {
    const none = proposed(
      flow(1, { kind: "threat", destination: { kind: "fqdn", name: "evil.example" } }),
      flow(1, { destination: { kind: "fqdn", name: "mcr.microsoft.com" } }),
      flow(1, { destination: { kind: "fqdn", name: "a.monitoring.azure.com" } }),
      flow(1, { destination: { kind: "fqdn", name: "snapshot.ubuntu.com" } }),
      flow(1, { destination: { kind: "unknown", name: "" }, reason: "sniMissing" }),
      flow(1, { sourceAddress: "10.0.9.9" }),
    );
    expect(none.map(({ proposal }) => proposal)).toEqual(none.map(() => undefined));
    expect(none).toHaveLength(6);
  });

  it("takes nothing into a rule that is not a name or an address, whatever a client has sent", () => {
    const hostile = [
      "a'.example.org",
      `$${"{x}"}.example.org`,
      "a\n.example.org",
      '"; drop',
      "*.example.org",
      "*",
      "a..b",
      "-a.example",
      "exa mple.org",
      "//x",
      "1.2.3",
    ];
    for (const name of hostile) {
      const rule = narrowRule(
        {
          cluster: "a",
          class: "application",
          destination: { kind: "fqdn", name },
          port: 443,
          protocol: "HTTPS",
          reason: "default",
        },
        ["10.0.5.0/24"],
      );
      expect(rule, name).toBeUndefined();
    }
    const [shown] = proposed(flow(1, { destination: { kind: "fqdn", name: `<b>A'\n${"x".repeat(400)}` } }));
    expect(shown?.of).toMatch(/^[a-z0-9?.]{1,253} HTTPS$/);
  });
});
