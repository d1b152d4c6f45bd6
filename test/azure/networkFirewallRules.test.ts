import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { resolvePublicName } from "../../local/azure/network/publicDns.ts";
import { type Flow, traceFlow } from "../../local/azure/network/traceFlow.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import {
  applicationRule,
  firewallBody,
  makeEgressRoute,
  makeNetworks,
  makePeerings,
  networkRule,
  publicAddress,
  ruleCollection,
  seedAddresses,
} from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  await makePeerings(lab);
  await makeEgressRoute(lab);
  await lab.make("publicIPAddresses/fw-ip", publicAddress);
});
afterAll(() => lab.stop());

function decide(
  name: string,
  port: number,
  protocol: Flow["protocol"],
  sourceAddress: string = seedAddresses.node,
): string {
  const address = resolvePublicName(lab.world, name) ?? name;
  const destination = address === name ? { address } : { address, fqdn: name };
  const { firewall, reason } = traceFlow(lab.world, { sourceAddress, destination, port, protocol });
  return firewall === undefined ? reason : `${firewall.action} ${firewall.ruleCollection ?? firewall.actionReason}`;
}

describe("a route to a firewall", () => {
  it("leads nowhere until the firewall has been made", async () => {
    expect(decide("www.example.com", 443, "HTTPS")).toContain("no firewall that has been made answers at 10.0.0.4");
    expect(lab.put("azureFirewalls/fw", firewallBody(lab))).toBe("201");
    await lab.clock.advance(300_000);
    expect(decide("www.example.com", 443, "HTTPS")).toContain("no firewall that has been made");
    await lab.clock.advance(31_000);
    expect(decide("www.example.com", 443, "HTTPS")).toBe("Deny No rule matched. Proceeding with default action.");
  });
});

describe("classic rules", () => {
  const collection = (name: string, priority: number, action: string, rule: JsonObject): JsonObject => ({
    name,
    properties: { priority, action: { type: action }, rules: [{ name: "r", sourceAddresses: ["*"], ...rule }] },
  });
  const web = { protocols: [{ protocolType: "Https", port: 443 }] };

  it("are judged in the order of their priority, network rules first", async () => {
    const properties = {
      networkRuleCollections: [
        collection("time", 101, "Allow", {
          protocols: ["UDP"],
          destinationAddresses: ["*"],
          destinationPorts: ["123"],
        }),
      ],
      applicationRuleCollections: [
        collection("all", 300, "Allow", { ...web, targetFqdns: ["*"] }),
        collection("never", 200, "Deny", { ...web, targetFqdns: ["*.example.com"] }),
        collection("tag", 100, "Allow", { ...web, fqdnTags: ["AzureKubernetesService"] }),
      ],
    };
    await lab.make("azureFirewalls/fw", firewallBody(lab, properties));
    expect(decide("ntp.ubuntu.com", 123, "UDP")).toBe("Allow time");
    expect(decide("mcr.microsoft.com", 443, "HTTPS")).toBe("Allow tag");
    expect(decide("www.example.com", 443, "HTTPS")).toBe("Deny never");
    expect(decide("www.example.org", 443, "HTTPS")).toBe("Allow all");
  });
});

describe("rules of a policy", () => {
  const group = (ruleCollections: JsonObject[], priority = 200): JsonObject => ({
    properties: { priority, ruleCollections },
  });
  const rules = "firewallPolicies/policy/ruleCollectionGroups/rules";

  beforeAll(async () => {
    await lab.make("firewallPolicies/parent", { properties: {} });
    const base = { id: lab.id("firewallPolicies/parent") };
    await lab.make("firewallPolicies/policy", { properties: { basePolicy: base } });
    await lab.make(
      "azureFirewalls/fw",
      firewallBody(lab, { firewallPolicy: { id: lab.id("firewallPolicies/policy") } }),
    );
  });
  beforeEach(() => lab.make(rules, group([])));

  it("come after those of the parent policy, whatever their priority", async () => {
    await lab.make(rules, group([ruleCollection("own", 100, [applicationRule("a", { targetFqdns: ["*"] })])], 100));
    const parentRules = "firewallPolicies/parent/ruleCollectionGroups/rules";
    const deny = ruleCollection("parent", 65_000, [applicationRule("a", { targetFqdns: ["www.example.com"] })], "Deny");
    await lab.make(parentRules, group([deny], 65_000));
    expect(decide("www.example.com", 443, "HTTPS")).toBe("Deny parent");
    expect(decide("www.example.org", 443, "HTTPS")).toBe("Allow own");
    await lab.remove(parentRules);
    expect(decide("www.example.com", 443, "HTTPS")).toBe("Allow own");
  });

  it("take sources from addresses, prefixes, ranges and IP groups", async () => {
    await lab.make("ipGroups/nodes", { properties: { ipAddresses: ["10.0.5.32/28"] } });
    const rule = {
      ...networkRule("n", ["TCP"], ["*"], ["443"]),
      sourceAddresses: ["10.0.5.4", "10.0.5.16-10.0.5.18"],
      sourceIpGroups: [lab.id("ipGroups/nodes")],
    };
    await lab.make(rules, group([ruleCollection("own", 100, [rule])]));
    for (const source of ["10.0.5.4", "10.0.5.17", "10.0.5.40"]) {
      expect(decide("www.example.com", 443, "HTTPS", source), source).toBe("Allow own");
    }
    for (const source of ["10.0.5.5", "10.0.5.19", "10.0.5.48"]) {
      expect(decide("www.example.com", 443, "HTTPS", source), source).toContain("Deny");
    }
    expect(await lab.remove("ipGroups/nodes")).toBe("400 IpGroupInUseCannotBeDeleted");
  });

  it("match names in network rules only through the DNS proxy", async () => {
    const rule = { ...networkRule("n", ["UDP"], [], ["123"]), destinationFqdns: ["ntp.ubuntu.com"] };
    await lab.make(rules, group([ruleCollection("time", 100, [rule])]));
    expect(decide("ntp.ubuntu.com", 123, "UDP")).toBe("Deny Default Action");
    const basePolicy = { id: lab.id("firewallPolicies/parent") };
    await lab.make("firewallPolicies/policy", { properties: { basePolicy, dnsSettings: { enableProxy: true } } });
    expect(decide("ntp.ubuntu.com", 123, "UDP")).toBe("Allow time");
    expect(decide(seedAddresses.firewall, 53, "UDP")).toContain("the DNS proxy of firewall fw answers");
  });
});
