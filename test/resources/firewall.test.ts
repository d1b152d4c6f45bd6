import { describe, expect, it } from "vitest";
import { type JsonObject, jsonAt } from "../../src/domain/json.ts";
import { differences } from "../../src/domain/ownedFields.ts";
import { resourceDefinition } from "../../src/resources/catalog.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";

const desired = (stepId: string, of = seedSpec()): JsonObject => resourceDefinition(stepId).desired(of, knownOutputs);

describe("the firewall (S-22, S-24)", () => {
  it("has one configuration, named after it, with its address, its subnet and its policy", () => {
    expect(jsonAt(desired("firewall"), "properties")).toEqual({
      sku: { name: "AZFW_VNet", tier: "Standard" },
      ipConfigurations: [
        {
          name: "dzk8sfw1",
          properties: {
            subnet: { id: expect.stringMatching(/hubnet\/subnets\/AzureFirewallSubnet$/) },
            publicIPAddress: { id: expect.stringMatching(/publicIPAddresses\/dzk8sfw1-ip$/) },
          },
        },
      ],
      firewallPolicy: { id: expect.stringMatching(/firewallPolicies\/dzk8sfw1-policy$/) },
    });
    expect(desired("firewallPublicIp")).toMatchObject({
      sku: { name: "Standard" },
      properties: { publicIPAllocationMethod: "Static" },
    });
  });

  it("tells its private address (S-25)", () => {
    const answer = { properties: { ipConfigurations: [{ properties: { privateIPAddress: "10.0.0.4" } }] } };
    expect(resourceDefinition("firewall").outputs?.(answer, seedSpec())).toMatchObject({
      firewallPrivateIpAddress: "10.0.0.4",
    });
  });

  it("stands in the zones of the ticket, which never change again", () => {
    const zoned = seedSpec({ zones: ["1", "2"] });
    expect(desired("firewall", zoned).zones).toEqual(["1", "2"]);
    const existing = { ...desired("firewall", zoned), zones: ["3"] };
    expect(differences(existing, desired("firewall", zoned), resourceDefinition("firewall"))).toEqual([]);
  });
});

describe("rule collection groups (S-31 to S-37)", () => {
  it("hold the collections with their rules", () => {
    const group = desired("firewallApplicationRules", seedSpec({ firewall: { rules: { dockerHub: true } } }));
    expect(jsonAt(group, "properties.priority")).toBe(300);
    expect(jsonAt(group, "properties.ruleCollections.0")).toEqual({
      ruleCollectionType: "FirewallPolicyFilterRuleCollection",
      name: "aksfwar",
      priority: 101,
      action: { type: "Allow" },
      rules: [
        {
          name: "fqdn",
          description: expect.any(String),
          sourceAddresses: ["10.0.5.0/24", "10.0.6.0/24"],
          ruleType: "ApplicationRule",
          protocols: [
            { protocolType: "Http", port: 80 },
            { protocolType: "Https", port: 443 },
          ],
          fqdnTags: ["AzureKubernetesService"],
        },
      ],
    });
  });

  it("give the seed's network rules to everybody in their form of 2020", () => {
    const group = desired("firewallNetworkRules", seedSpec({ firewall: { rules: { compatibility: "2020" } } }));
    expect(jsonAt(group, "properties.ruleCollections.3.rules.0")).toEqual({
      name: "allow master tags",
      description: "allow aks link access to masters",
      sourceAddresses: ["*"],
      ruleType: "NetworkRule",
      ipProtocols: ["UDP"],
      destinationAddresses: ["AzureCloud.westeurope"],
      destinationPorts: ["1194"],
    });
  });

  it("see a collection that somebody slipped in as a difference", () => {
    const group = desired("firewallApplicationRules");
    const collections = jsonAt(group, "properties.ruleCollections") as readonly JsonObject[];
    const opened = {
      properties: { priority: 300, ruleCollections: [...collections, { name: "everything", priority: 900 }] },
    };
    expect(differences(opened, group, resourceDefinition("firewallApplicationRules")).map(({ path }) => path)).toEqual([
      "properties.ruleCollections[everything]",
    ]);
  });

  it("exist without a collection, too", () => {
    const quiet = seedSpec({ monitoring: false, firewall: { rules: { apiServerByAddress: false } } });
    expect(jsonAt(desired("firewallNetworkRules", quiet), "properties")).toEqual({
      priority: 200,
      ruleCollections: [],
    });
  });
});

describe("the firewall's log (S-26)", () => {
  it("goes to tables of its own, and never twice", () => {
    const setting = desired("firewallDiagnostics");
    expect(jsonAt(setting, "properties.logAnalyticsDestinationType")).toBe("Dedicated");
    const categories = (jsonAt(setting, "properties.logs") as readonly JsonObject[]).map(({ category }) => category);
    expect(categories).toContain("AZFWApplicationRule");
    expect(categories.filter((category) => String(category).startsWith("AzureFirewall"))).toEqual([]);
  });

  it("tells where it can be asked for", () => {
    const answer = { properties: { customerId: "00000000-0000-0000-0000-00000000f001" } };
    expect(resourceDefinition("firewallWorkspace").outputs?.(answer, seedSpec())).toEqual({
      firewallWorkspaceId: expect.stringMatching(/workspaces\/dzk8sfw1-lagw$/),
      firewallWorkspaceCustomerId: "00000000-0000-0000-0000-00000000f001",
    });
  });

  it("does not mind the categories that Azure lists as off, and minds one of ours that is off", () => {
    const setting = desired("firewallDiagnostics");
    const logs = jsonAt(setting, "properties.logs") as readonly JsonObject[];
    const answer = (logsThen: readonly JsonObject[]): JsonObject => ({
      properties: { ...(setting.properties as JsonObject), logs: logsThen },
    });
    const definition = resourceDefinition("firewallDiagnostics");
    expect(differences(answer([...logs, { category: "AZFWFatFlow", enabled: false }]), setting, definition)).toEqual(
      [],
    );
    const off = logs.map((log) => (log.category === "AZFWDnsQuery" ? { ...log, enabled: false } : log));
    expect(differences(answer(off), setting, definition)).toEqual([
      { path: "properties.logs[azfwdnsquery].enabled", from: "false", to: "true" },
    ]);
  });
});
