import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import {
  applicationRule,
  firewallBody,
  makeNetworks,
  networkRule,
  publicAddress,
  ruleCollection,
} from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  await lab.make("publicIPAddresses/fw-ip", publicAddress);
  await lab.make("firewallPolicies/policy", { properties: {} });
  await lab.make("firewallPolicies/premium", { properties: { sku: { tier: "Premium" } } });
  await lab.make("firewallPolicies/policy/ruleCollectionGroups/first", group([], 200));
});
afterAll(() => lab.stop());

function group(ruleCollections: JsonObject[], priority = 300): JsonObject {
  return { properties: { priority, ruleCollections } };
}

const rules = (...own: JsonObject[]): JsonObject => group([ruleCollection("c", 100, own)]);
const dns = networkRule("dns", ["UDP"], ["*"], ["53"]);
const groupPath = "firewallPolicies/policy/ruleCollectionGroups/g";

describe("ruleCollectionGroups", () => {
  const cases: [string, JsonObject, string][] = [
    ["a group priority below 100", group([], 99), "400 FirewallPolicyRuleCollectionGroupInvalidPriority"],
    ["a group priority above 65000", group([], 65_001), "400 FirewallPolicyRuleCollectionGroupInvalidPriority"],
    ["a priority that another group has", group([], 200), "400 FirewallPolicyRuleCollectionGroupPriorityConflict"],
    [
      "two collections of one priority",
      group([ruleCollection("a", 100, []), ruleCollection("b", 100, [])]),
      "400 FirewallPolicyRuleCollectionGroupDuplicate",
    ],
    [
      "two collections of one name",
      group([ruleCollection("a", 100, []), ruleCollection("a", 101, [])]),
      "400 FirewallPolicyRuleCollectionGroupDuplicate",
    ],
    ["two rules of one name", rules(dns, dns), "400 FirewallPolicyRuleCollectionGroupDuplicate"],
    [
      "network and application rules in one collection",
      rules(dns, applicationRule("a", { targetFqdns: ["a.example.com"] })),
      "400 FirewallPolicyRuleCollectionMixedRuleTypes",
    ],
    [
      "DNAT in a filter collection",
      group([ruleCollection("c", 100, [dns], "DNAT")]),
      "400 FirewallPolicyRuleCollectionInvalidAction",
    ],
    ["a rule without source", rules({ ...dns, sourceAddresses: [] }), "400 FirewallPolicyRuleInvalidSource"],
    [
      "a network rule with an unknown destination tag",
      rules(networkRule("n", ["TCP"], ["AzureNothing"], ["443"])),
      "400 FirewallPolicyRuleInvalidDestination",
    ],
    [
      "a network rule with an unknown protocol",
      rules(networkRule("n", ["HTTP"], ["*"], ["80"])),
      "400 FirewallPolicyRuleInvalidProtocol",
    ],
    ["a network rule without ports", rules(networkRule("n", ["TCP"], ["*"], [])), "400 FirewallPolicyRuleInvalidPort"],
    [
      "a wildcard name in a network rule",
      rules({ ...networkRule("n", ["TCP"], [], ["443"]), destinationFqdns: ["*.example.com"] }),
      "400 FirewallPolicyRuleInvalidDestinationFqdn",
    ],
    [
      "an application rule without a target",
      rules(applicationRule("a", {})),
      "400 FirewallPolicyApplicationRuleInvalidTarget",
    ],
    [
      "an application rule with a URL as name",
      rules(applicationRule("a", { targetFqdns: ["https://example.com/"] })),
      "400 FirewallPolicyApplicationRuleInvalidFqdn",
    ],
    ["an unknown FQDN tag, loudly", rules(applicationRule("a", { fqdnTags: ["Nothing"] })), "501 NotImplemented"],
    ["an unknown rule type", rules({ ...dns, ruleType: "MagicRule" }), "400 InvalidRequestFormat"],
    [
      "an IP group that is not there",
      rules({
        ...dns,
        sourceIpGroups: [
          "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/lab/providers/Microsoft.Network/ipGroups/none",
        ],
      }),
      "400 InvalidResourceReference",
    ],
  ];
  it.each(cases)("refuses %s", (_what, body, answer) => {
    expect(lab.put(groupPath, body)).toBe(answer);
  });

  it("refuses a second group of the policy while one is being written", async () => {
    expect(lab.put(groupPath, rules(dns))).toBe("201");
    expect(lab.put("firewallPolicies/policy/ruleCollectionGroups/h", group([], 400))).toBe(
      "409 AnotherOperationInProgress",
    );
    await lab.settle();
  });
});

describe("firewallPolicies", () => {
  it("refuses another tier for a policy", () => {
    expect(lab.put("firewallPolicies/premium", { properties: { sku: { tier: "Standard" } } })).toBe(
      "400 FirewallPolicySkuTierCannotBeChanged",
    );
  });

  it("refuses what the packet model cannot judge, loudly", () => {
    expect(lab.put("firewallPolicies/x", { properties: { intrusionDetection: { mode: "Deny" } } })).toBe(
      "501 NotImplemented",
    );
  });
});

describe("azureFirewalls", () => {
  const configuration = (properties: JsonObject): JsonObject => ({
    properties: { ipConfigurations: [{ name: "fw", properties }] },
  });
  const own = () => ({ id: lab.id("publicIPAddresses/fw-ip") });
  const subnet = (path: string) => ({ id: lab.id(`virtualNetworks/${path}`) });

  it("refuses a subnet of another name", () => {
    expect(
      lab.put("azureFirewalls/fw", configuration({ subnet: subnet("spoke/subnets/aks-1"), publicIPAddress: own() })),
    ).toBe("400 AzureFirewallSubnetNameInvalid");
  });

  it("refuses a subnet smaller than /26", async () => {
    await lab.make("virtualNetworks/small", {
      properties: {
        addressSpace: { addressPrefixes: ["10.30.0.0/24"] },
        subnets: [{ name: "AzureFirewallSubnet", properties: { addressPrefix: "10.30.0.0/27" } }],
      },
    });
    const body = configuration({ subnet: subnet("small/subnets/AzureFirewallSubnet"), publicIPAddress: own() });
    expect(lab.put("azureFirewalls/fw", body)).toBe("400 AzureFirewallSubnetTooSmall");
  });

  it("refuses configurations without subnet or without public address", () => {
    expect(lab.put("azureFirewalls/fw", configuration({ publicIPAddress: own() }))).toBe(
      "400 AzureFirewallInvalidIpConfigurations",
    );
    const body = configuration({ subnet: subnet("hub/subnets/AzureFirewallSubnet") });
    expect(lab.put("azureFirewalls/fw", body)).toBe("400 AzureFirewallIpConfigurationMissingPublicIp");
  });

  it("refuses virtual hubs and management addresses, loudly", () => {
    expect(lab.put("azureFirewalls/fw", firewallBody(lab, { sku: { name: "AZFW_Hub" } }))).toBe("501 NotImplemented");
    expect(lab.put("azureFirewalls/fw", firewallBody(lab, { managementIpConfiguration: {} }))).toBe(
      "501 NotImplemented",
    );
  });

  it("refuses classic rules beside a policy, wrong priorities, and a Premium policy under Standard", () => {
    const collection = (priority: number) => ({
      name: "c",
      properties: { priority, action: { type: "Allow" }, rules: [] },
    });
    const policy = { firewallPolicy: { id: lab.id("firewallPolicies/policy") } };
    expect(
      lab.put("azureFirewalls/fw", firewallBody(lab, { ...policy, networkRuleCollections: [collection(100)] })),
    ).toBe("400 AzureFirewallPolicyAndRuleCollectionsConflict");
    expect(lab.put("azureFirewalls/fw", firewallBody(lab, { networkRuleCollections: [collection(99)] }))).toBe(
      "400 AzureFirewallRuleCollectionInvalidPriority",
    );
    const premium = { firewallPolicy: { id: lab.id("firewallPolicies/premium") } };
    expect(lab.put("azureFirewalls/fw", firewallBody(lab, premium))).toBe("400 AzureFirewallPolicyTierMismatch");
  });

  it("refuses an id beyond 56 letters", () => {
    expect(lab.put(`azureFirewalls/${"f".repeat(57)}`, firewallBody(lab))).toBe("400 InvalidResourceName");
  });

  describe("once there", () => {
    const policyId = () => lab.id("firewallPolicies/policy");
    beforeAll(() => lab.make("azureFirewalls/fw", firewallBody(lab, { firewallPolicy: { id: policyId() } })));

    it("has the first usable address of its subnet", () => {
      const properties = lab.get("azureFirewalls/fw").properties as JsonObject;
      expect(properties.ipConfigurations).toMatchObject([{ properties: { privateIPAddress: "10.0.0.4" } }]);
    });

    it("keeps its address, policy, subnet and public address from being deleted", async () => {
      expect(await lab.remove("publicIPAddresses/fw-ip")).toBe("400 PublicIPAddressCannotBeDeleted");
      expect(await lab.remove("firewallPolicies/policy")).toBe("400 FirewallPolicyInUseCannotBeDeleted");
      expect(await lab.remove("virtualNetworks/hub/subnets/AzureFirewallSubnet")).toBe(
        "400 InUseSubnetCannotBeDeleted",
      );
      expect(await lab.remove("virtualNetworks/hub")).toBe("400 InUseSubnetCannotBeDeleted");
    });

    it("keeps its public address from others", () => {
      const taken = { ...firewallBody(lab), properties: { ...(firewallBody(lab).properties as JsonObject) } };
      expect(lab.put("azureFirewalls/second", taken)).toBe("400 PublicIPAddressInUse");
    });

    it("makes writes of its rules take minutes", async () => {
      expect(lab.put(groupPath, rules(dns))).toBe("200");
      await lab.clock.advance(60_000);
      expect(lab.get(groupPath).properties).toMatchObject({ provisioningState: "Updating" });
      await lab.settle();
      expect(lab.get(groupPath).properties).toMatchObject({ provisioningState: "Succeeded" });
    });

    it("cannot be written while a rule collection group of its policy is", async () => {
      expect(lab.put(groupPath, rules(dns))).toBe("200");
      expect(lab.put("azureFirewalls/fw", firewallBody(lab, { firewallPolicy: { id: policyId() } }))).toBe(
        "409 ReferencedResourceNotProvisioned",
      );
      await lab.settle();
    });

    it("keeps its rules and policy from being written while it is itself", async () => {
      expect(lab.put("azureFirewalls/fw", firewallBody(lab, { firewallPolicy: { id: policyId() } }))).toBe("200");
      expect(lab.put(groupPath, rules(dns))).toBe(
        "409 FirewallPolicyRuleCollectionGroupUpdateNotAllowedWhenUpdatingOrDeleting",
      );
      expect(lab.put("firewallPolicies/policy", { properties: {} })).toBe(
        "409 FirewallPolicyUpdateNotAllowedWhenUpdatingOrDeleting",
      );
      await lab.settle();
    });

    it("fails a write of its rules when it has failed itself", async () => {
      const firewall = lab.world.store.get(lab.id("azureFirewalls/fw"));
      if (firewall === undefined) throw new Error("The firewall is gone.");
      lab.world.store.put({
        ...firewall,
        body: { ...firewall.body, properties: { ...firewall.body.properties, provisioningState: "Failed" } },
      });
      expect(lab.put(groupPath, rules(dns))).toBe("200");
      await lab.settle();
      expect(lab.get(groupPath).properties).toMatchObject({ provisioningState: "Failed" });
    });
  });
});
