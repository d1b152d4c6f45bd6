import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { listField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { LAB_SEED, type SharedLab, startSharedLab } from "./agicSharedLab.ts";

let lab: SharedLab;
let blueHost: string;

beforeAll(async () => {
  lab = await startSharedLab();
  blueHost = lab.host("blue");
  lab.blue.trust();
  lab.green.trust();
  await lab.advance(60);
  await lab.blue.deploy();
  await lab.blue.install({ prefix: "blue-", prohibited: [{ name: "green", hostname: lab.host("green") }] });
  await lab.blue.expose("sample", blueHost);
  await lab.green.deploy();
  await lab.green.install({ prefix: "green-", prohibited: [{ name: "blue", hostname: blueHost }] });
  await lab.green.expose("sample", lab.host("green"));
});
afterAll(async () => {
  expect(lab.aks.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

/** DELETE as the operator: "202", "204", "400 Code". Lets no time pass. */
function remove(id: string, apiVersion = "2024-05-01"): string {
  const { world, operator } = lab.aks.net.azure;
  const answer = world.armRequest({ principal: operator, method: "DELETE", path: id, apiVersion });
  const code = textField(answer.body, "error", "code");
  return code === undefined ? String(answer.status) : `${answer.status} ${code}`;
}

const network = (path: string): string => lab.aks.net.id(path);
const exists = (id: string): boolean => lab.aks.net.world.store.get(id) !== undefined;

function assignmentsOf(principalId: string): JsonObject[] {
  const { world, subscriptionId } = lab.aks.net.azure;
  return world.store
    .list("Microsoft.Authorization/roleAssignments", `/subscriptions/${subscriptionId}`)
    .filter((assignment) => textField(assignment.body, "properties", "principalId") === principalId)
    .map((assignment) => assignment.body);
}

describe(`a wrong order of deleting (seed ${LAB_SEED})`, () => {
  it.each([
    ["subnet of the gateway", "virtualNetworks/spoke/subnets/gw", "400 InUseSubnetCannotBeDeleted"],
    ["subnet of the nodes", "virtualNetworks/spoke/subnets/aks-2", "400 InUseSubnetCannotBeDeleted"],
    ["network of both", "virtualNetworks/spoke", "400 InUseSubnetCannotBeDeleted"],
    ["network of the firewall", "virtualNetworks/hub", "400 InUseSubnetCannotBeDeleted"],
    ["route table of the nodes", "routeTables/aks2-rt", "400 InUseRouteTableCannotBeDeleted"],
    ["security group of the gateway", "networkSecurityGroups/gw-nsg", "400 InUseNetworkSecurityGroupCannotBeDeleted"],
    ["address of the gateway", "publicIPAddresses/gw-ip", "400 PublicIPAddressCannotBeDeleted"],
    ["address of the firewall", "publicIPAddresses/fw-ip", "400 PublicIPAddressCannotBeDeleted"],
    [
      "WAF policy of the gateway",
      "ApplicationGatewayWebApplicationFirewallPolicies/waf",
      "400 ApplicationGatewayFirewallPolicyCannotBeDeletedWhenInUse",
    ],
  ])("is refused for the %s", (_what, path, refusal) => {
    expect(remove(network(path))).toBe(refusal);
    expect(exists(network(path))).toBe(true);
  });

  it("is refused for the policy of a firewall that stands", () => {
    expect(remove(network("firewallPolicies/policy"))).toMatch(/^4\d\d FirewallPolicy/);
  });
});

describe(`the right order (seed ${LAB_SEED})`, () => {
  it("takes the second cluster with its node resource group in 300 s, and the first host answers all the while", async () => {
    await lab.green.run("helm uninstall ingress-azure --namespace kube-system");
    await lab.aks.net.make("routeTables/aks2-rt/routes/aks-nodepool1-0", {
      properties: { addressPrefix: "10.244.0.0/24", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.6.4" },
    });
    lab.watch(blueHost);
    const nodeGroup = `/subscriptions/${lab.aks.net.azure.subscriptionId}/resourceGroups/lab-nodes-aks2`;
    expect(exists(nodeGroup)).toBe(true);
    expect(remove(lab.green.id)).toBe("202");
    await lab.advance(299);
    expect(exists(lab.green.id)).toBe(true);
    await lab.advance(2);
    expect([exists(lab.green.id), exists(nodeGroup)]).toEqual([false, false]);
    // Nobody cleans the cluster's table: what its route controller wrote stays.
    expect(
      listField(lab.aks.net.get("routeTables/aks2-rt"), "properties", "routes").map((route) => String(route.name)),
    ).toEqual(["fw", "aks-nodepool1-0"]);
    expect(new Set(lab.seen(blueHost))).toEqual(new Set([200]));
    lab.stopWatching();
  });

  it("leaves the role assignments of a deleted identity, whose principal is gone", async () => {
    const { principalId, id } = lab.green.agicIdentity;
    const before = assignmentsOf(principalId).length;
    expect(before).toBe(3);
    expect(remove(id, "2023-01-31")).toBe("200");
    await lab.advance(60);
    expect(exists(id)).toBe(false);
    expect(exists(`${id}/federatedIdentityCredentials/agic`)).toBe(false);
    expect(assignmentsOf(principalId)).toHaveLength(before);
    // A new identity of the same name is somebody else.
    lab.aks.put(id, { location: "westeurope" });
    expect(textField(lab.aks.get(id), "properties", "principalId")).not.toBe(principalId);
    expect(remove(id, "2023-01-31")).toBe("200");
  });

  it("frees the second subnet, its table, and, after the first cluster, gateway and firewall, everything else", async () => {
    const gone = async (path: string, seconds = 10) => {
      expect([path, remove(network(path))]).toEqual([path, expect.stringMatching(/^20[02]$/)]);
      await lab.advance(seconds);
      expect([path, exists(network(path))]).toEqual([path, false]);
    };
    await gone("virtualNetworks/spoke/subnets/aks-2");
    await gone("routeTables/aks2-rt");
    expect(remove(network("virtualNetworks/spoke/subnets/aks-1"))).toBe("400 InUseSubnetCannotBeDeleted");
    expect(remove(lab.blue.id)).toBe("202");
    await lab.advance(301);
    await gone("applicationGateways/gw", 301);
    await gone("ApplicationGatewayWebApplicationFirewallPolicies/waf");
    await gone("virtualNetworks/spoke/subnets/gw");
    await gone("networkSecurityGroups/gw-nsg");
    await gone("publicIPAddresses/gw-ip");
    await gone("azureFirewalls/fw", 301);
    await gone("firewallPolicies/policy", 60);
    await gone("publicIPAddresses/fw-ip");
    await gone("virtualNetworks/spoke/virtualNetworkPeerings/toHub", 20);
    expect(
      listField(lab.aks.net.get("virtualNetworks/hub"), "properties", "virtualNetworkPeerings").map((peering) =>
        textField(peering, "properties", "peeringState"),
      ),
    ).toEqual(["Disconnected"]);
    await gone("virtualNetworks/spoke");
    await gone("virtualNetworks/hub");
    await gone("routeTables/aks-rt");
  });
});
