import { describe, expect, it } from "vitest";
import { type JsonObject, jsonAt } from "../../src/domain/json.ts";
import { ids } from "../../src/domain/resourceNames.ts";
import { resourceDefinition, syncDefinition, verificationDefinition } from "../../src/resources/catalog.ts";
import type { SyncDecision } from "../../src/resources/syncDefinition.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";

const spec = seedSpec({ cluster: { networkPlugin: "kubenet" } });
const definition = syncDefinition("gatewayRoutes");

const route = (name: string, addressPrefix: string, nextHopIpAddress: string): JsonObject => ({
  name,
  properties: { addressPrefix, nextHopType: "VirtualAppliance", nextHopIpAddress, provisioningState: "Succeeded" },
});
const defaultRoute = route("dzk8sfw1", "0.0.0.0/0", "10.0.0.4");
const nodeRoutes = [route("aks-0", "10.244.0.0/24", "10.0.5.4"), route("aks-1", "10.244.1.0/24", "10.0.5.5")];
const copies = [
  route("secureaks1_aks-0", "10.244.0.0/24", "10.0.5.4"),
  route("secureaks1_aks-1", "10.244.1.0/24", "10.0.5.5"),
];
const table = (routes: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  id: ids.gatewayRouteTable(spec),
  etag: 'W/"1"',
  tags: { someone: "else" },
  properties: { disableBgpRoutePropagation: true, someDefault: 1, routes, ...more },
});
const pools = (...agentPoolProfiles: readonly JsonObject[]): JsonObject => ({ properties: { agentPoolProfiles } });
const twoNodes = pools({ name: "nodepool1", count: 2 });

function decide(own: readonly JsonObject[], source: readonly JsonObject[], cluster = twoNodes): SyncDecision {
  return definition.decide(table(own), [table(source), cluster], spec);
}

describe("gatewayRoutes (S-75, S-77)", () => {
  it("reads the cluster's table and the cluster, and writes the gateway's table alone", () => {
    expect(definition.sources(spec).map(({ id }) => id)).toEqual([ids.routeTable(spec), ids.cluster(spec)]);
    expect(definition.id(spec)).toMatch(/resourceGroups\/secureappgw\/.*\/routeTables\/dzk8sappgw1-rt$/);
  });

  it("copies the routes to nodes, and never the default route", () => {
    const decision = decide([], [defaultRoute, ...nodeRoutes]);
    expect(decision).toMatchObject({
      kind: "write",
      change: "2 routes to add: 10.244.0.0/24 → 10.0.5.4, 10.244.1.0/24 → 10.0.5.5",
    });
    const routes = jsonAt(decision.kind === "write" ? decision.body : {}, "properties.routes");
    expect(routes).toEqual(
      copies.map(({ name, properties }) => {
        const { provisioningState: _, ...sent } = properties as JsonObject;
        return { name, properties: sent };
      }),
    );
  });

  it("lets everything else in the table survive", () => {
    const foreign = route("to-premises", "192.168.0.0/16", "10.0.0.4");
    const decision = decide([foreign, ...copies.slice(0, 1)], nodeRoutes);
    if (decision.kind !== "write") throw new Error(decision.kind);
    expect(decision.body).toMatchObject({
      etag: 'W/"1"',
      tags: { someone: "else" },
      properties: { disableBgpRoutePropagation: true, someDefault: 1 },
    });
    expect(jsonAt(decision.body, "properties.routes")).toEqual(expect.arrayContaining([foreign, copies[0]]));
  });

  it("finds its own output right", () => {
    expect(decide(copies, [defaultRoute, ...nodeRoutes])).toEqual({ kind: "right" });
  });

  it("waits for a route for every node, in all pools but stopped ones", () => {
    expect(decide([], nodeRoutes.slice(0, 1))).toEqual({
      kind: "wait",
      waitingFor: "AKS: 1 of 2 nodes have a route in secureaks1-rt",
    });
    const more = pools({ count: 2 }, { count: 1, powerState: { code: "Running" } });
    expect(decide(copies, nodeRoutes, more)).toMatchObject({ kind: "wait" });
    const stopped = pools({ count: 2 }, { count: 1, powerState: { code: "Stopped" } });
    expect(decide(copies, nodeRoutes, stopped)).toEqual({ kind: "right" });
  });

  it("refuses to fight over a prefix with a route of somebody else's", () => {
    expect(decide([route("by-hand", "10.244.0.0/24", "10.0.5.9")], nodeRoutes)).toMatchObject({
      kind: "refuse",
      failure: { code: "ForeignRouteInTheWay", message: expect.stringContaining("by-hand leads 10.244.0.0/24") },
    });
  });

  it("refuses to guess when the cluster or its table is gone", () => {
    expect(definition.decide(table([]), [undefined, twoNodes], spec)).toMatchObject({ kind: "refuse" });
    expect(definition.decide(table([]), [table([]), undefined], spec)).toMatchObject({ kind: "refuse" });
  });
});

describe("verifyGatewayRoutes (V-6)", () => {
  const subnets = { subnets: [{ id: ids.gatewaySubnet(spec).toUpperCase() }] };
  const look = (own: JsonObject | undefined, source: JsonObject | undefined) => {
    const proof = verificationDefinition("verifyGatewayRoutes");
    if (proof.kind !== "documents") throw new Error(proof.kind);
    return proof.look([own, source], { spec, outputs: knownOutputs, run: "RITM0010001-1" });
  };

  it("is proven by every pod route in a table that is on the gateway's subnet", () => {
    expect(look(table(copies, subnets), table([defaultRoute, ...nodeRoutes]))).toEqual({
      final: true,
      finding: {
        id: "verifyGatewayRoutes",
        ok: true,
        detail:
          "dzk8sappgw1-rt is on gw-1-subnet and holds 2 pod routes of secureaks1-rt: 10.244.0.0/24 → 10.0.5.4, 10.244.1.0/24 → 10.0.5.5.",
      },
    });
  });

  it.each([
    ["a missing route", table(copies.slice(1), subnets), table(nodeRoutes), "1 route to add: 10.244.0.0/24 → 10.0.5.4"],
    ["a stale route", table(copies, subnets), table(nodeRoutes.slice(1)), "1 route to remove: secureaks1_aks-0"],
    [
      "a route in the way",
      table([route("by-hand", "10.244.0.0/24", "10.0.5.9")], subnets),
      table(nodeRoutes.slice(0, 1)),
      "1 route in the way: by-hand",
    ],
    ["a table on no subnet", table(copies), table(nodeRoutes), "not attached to the subnet gw-1-subnet"],
    [
      "a cluster without routes",
      table([], subnets),
      table([defaultRoute]),
      "secureaks1-rt has no route to a node's pods",
    ],
    ["a missing table", undefined, table(nodeRoutes), "dzk8sappgw1-rt is gone"],
    ["a missing source", table(copies, subnets), undefined, "secureaks1-rt is gone"],
  ])("sees %s", (_name, own, source, words) => {
    const { finding, final } = look(own, source);
    expect(finding).toMatchObject({ ok: false, detail: expect.stringContaining(words) });
    expect(final).toBe(false);
  });
});

describe("what kubenet changes in other resources", () => {
  const desired = (stepId: string, of = spec): JsonObject => resourceDefinition(stepId).desired(of, knownOutputs);

  it("attaches table and security group to the gateway's subnet in one write (S-69, S-74)", () => {
    expect(desired("gatewaySubnet")).toEqual({
      properties: {
        addressPrefix: "10.0.4.0/24",
        networkSecurityGroup: { id: ids.gatewaySecurityGroup(spec) },
        routeTable: { id: ids.gatewayRouteTable(spec) },
      },
    });
    expect(desired("gatewayRouteTable")).toMatchObject({ properties: { disableBgpRoutePropagation: true } });
    expect(jsonAt(desired("gatewayRouteTable"), "properties.routes")).toBeUndefined();
  });

  it("lets the ingress controller look at the cluster's table, and no more", () => {
    const id = resourceDefinition("agicRouteTableReader").id(spec, knownOutputs);
    expect(id.startsWith(`${ids.routeTable(spec)}/providers/Microsoft.Authorization/roleAssignments/`)).toBe(true);
    expect(desired("agicRouteTableReader")).toMatchObject({
      properties: { roleDefinitionId: expect.stringContaining("acdd72a7-3385-48ef-bd42-f606fba81ae7") },
    });
  });

  it.each([
    ["azure", { networkPlugin: "azure" }],
    ["kubenet", { networkPlugin: "kubenet", podCidr: "10.244.0.0/16" }],
    ["overlay", { networkPlugin: "azure", networkPluginMode: "overlay", podCidr: "10.244.0.0/16" }],
  ] as const)("says %s in AKS's own words (S-43)", (networkPlugin, said) => {
    const cluster = desired("cluster", seedSpec({ cluster: { networkPlugin } }));
    expect(jsonAt(cluster, "properties.networkProfile")).toEqual({
      ...said,
      outboundType: "userDefinedRouting",
      loadBalancerSku: "standard",
      serviceCidr: "10.2.0.0/24",
      dnsServiceIP: "10.2.0.10",
    });
    const subnet = desired("gatewaySubnet", seedSpec({ cluster: { networkPlugin } }));
    expect(jsonAt(subnet, "properties.routeTable") !== undefined).toBe(networkPlugin === "kubenet");
  });
});
