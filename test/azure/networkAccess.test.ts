import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject, Principal } from "../../local/azure/core/resourceType.ts";
import { API_VERSION, type NetworkLab, startNetworkLab } from "./networkLab.ts";
import { firewallBody, gatewayBody, makeNetworks, peeringBody, publicAddress, wafPolicyBody } from "./networkSeed.ts";

const CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7";

/** A caller who may write everything in a group of its own, and nothing in the lab's: every join is refused. */
let lab: NetworkLab;
let stranger: Principal;
let other: string;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  await lab.make("publicIPAddresses/fw-ip", publicAddress);
  await lab.make("publicIPAddresses/gw-ip", publicAddress);
  await lab.make("routeTables/rt", { properties: {} });
  await lab.make("networkSecurityGroups/nsg", { properties: {} });
  await lab.make("firewallPolicies/policy", { properties: {} });
  await lab.make("ApplicationGatewayWebApplicationFirewallPolicies/waf", wafPolicyBody("Prevention"));
  stranger = lab.world.createPrincipal("stranger");
  other = `/subscriptions/${lab.azure.subscriptionId}/resourceGroups/other`;
  send(lab.azure.operator, other, { location: "westeurope" }, "2024-03-01");
  const roleDefinitionId = `/subscriptions/${lab.azure.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${CONTRIBUTOR}`;
  const assignment = `${other}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-0000000000aa`;
  const properties = { roleDefinitionId, principalId: stranger.objectId, principalType: "ServicePrincipal" };
  send(lab.azure.operator, assignment, { properties }, "2022-04-01");
  await lab.settle();
});
afterAll(() => lab.stop());

function send(principal: Principal, path: string, body: JsonObject, apiVersion = API_VERSION): string {
  const answer = lab.world.armRequest({ principal, method: "PUT", path, apiVersion, body });
  const error = answer.body?.error as JsonObject | undefined;
  return error === undefined ? String(answer.status) : `${answer.status} ${error.code} ${error.message}`;
}

describe("linked access", () => {
  const network = (subnet: JsonObject): JsonObject => ({
    properties: {
      addressSpace: { addressPrefixes: ["10.50.0.0/24"] },
      subnets: [{ name: "s", properties: { addressPrefix: "10.50.0.0/24", ...subnet } }],
    },
  });
  const cases: [string, string, () => JsonObject][] = [
    [
      "Microsoft.Network/routeTables/join/action",
      "virtualNetworks/mine",
      () => network({ routeTable: { id: lab.id("routeTables/rt") } }),
    ],
    [
      "Microsoft.Network/networkSecurityGroups/join/action",
      "virtualNetworks/mine",
      () => network({ networkSecurityGroup: { id: lab.id("networkSecurityGroups/nsg") } }),
    ],
    ["Microsoft.Network/virtualNetworks/subnets/join/action", "azureFirewalls/mine", () => firewallBody(lab)],
    ["Microsoft.Network/publicIPAddresses/join/action", "azureFirewalls/mine", () => firewallBody(lab)],
    [
      "Microsoft.Network/firewallPolicies/join/action",
      "azureFirewalls/mine",
      () => firewallBody(lab, { firewallPolicy: { id: lab.id("firewallPolicies/policy") } }),
    ],
    [
      "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/join/action",
      "applicationGateways/gw",
      () => ownGateway(),
    ],
  ];
  it.each(cases)("asks for %s before %s may be written", (action, path, body) => {
    const answer = send(stranger, `${other}/providers/Microsoft.Network/${path}`, {
      location: "westeurope",
      ...body(),
    });
    expect(answer).toMatch(/^403 LinkedAuthorizationFailed/);
    expect(answer).toContain(action);
  });

  it("asks for Microsoft.Network/virtualNetworks/peer/action before a peering may be written", async () => {
    const mine = `${other}/providers/Microsoft.Network/virtualNetworks/plain`;
    expect(send(stranger, mine, { location: "westeurope", ...network({}) })).toBe("201");
    await lab.settle();
    const answer = send(stranger, `${mine}/virtualNetworkPeerings/p`, peeringBody(lab, "hub"));
    expect(answer).toContain("403 LinkedAuthorizationFailed");
    expect(answer).toContain("Microsoft.Network/virtualNetworks/peer/action");
  });

  /** The lab's gateway, written into the stranger's group: its own parts are named there. */
  function ownGateway(): JsonObject {
    const text = JSON.stringify(gatewayBody(lab));
    const parts = `${lab.id("applicationGateways/gw")}/`;
    return JSON.parse(text.replaceAll(parts, `${other}/providers/Microsoft.Network/applicationGateways/gw/`));
  }
});
