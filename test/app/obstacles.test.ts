/** What only Azure can tell: a ticket that it is in the way of fails before its first write, with all of it in words. */
import { afterEach, describe, expect, it } from "vitest";
import type { DryRunReport } from "../../src/domain/dryRunReport.ts";
import { joinedFailure } from "../../src/domain/joinedFailure.ts";
import { sampleTicket as clusterTicket } from "../harness/clusterTickets.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

const group = (name: string): string => `/subscriptions/${world.azure.subscriptionId}/resourceGroups/${name}`;
const network = (name: string): string => `${group("securevnets")}/providers/Microsoft.Network/${name}`;
const putGroup = (name: string, tags: Record<string, string> = {}) =>
  world.asOperator("PUT", group(name), { location: "westeurope", tags });

async function putNetwork(name: string, prefix: string, subnets: readonly unknown[] = []): Promise<void> {
  const properties = { addressSpace: { addressPrefixes: [prefix] }, subnets };
  await world.asOperator("PUT", network(`virtualNetworks/${name}`), { location: "westeurope", properties });
}

async function peer(from: string, to: string): Promise<void> {
  const remoteVirtualNetwork = { id: network(`virtualNetworks/${to}`) };
  const properties = { remoteVirtualNetwork, allowVirtualNetworkAccess: true };
  await world.asOperator("PUT", network(`virtualNetworks/${from}/virtualNetworkPeerings/to-${to}`), { properties });
}

async function putTable(name: string): Promise<string> {
  const properties = { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.9.0.4" };
  const id = network(`routeTables/${name}`);
  const body = { location: "westeurope", properties: { routes: [{ name: "out", properties }] } };
  await world.asOperator("PUT", id, body);
  return id;
}

/** A listener with its rule, for the host that every ingress controller keeps off: it stays. */
async function putListener(name: string): Promise<void> {
  const gatewayId = (await world.status("CHG0001")).outputs.gatewayId ?? "";
  const { body } = await world.asOperator("GET", gatewayId);
  const { httpListeners, requestRoutingRules, backendAddressPools, backendHttpSettingsCollection } = body.properties;
  const { hostNames: _, ...listener } = httpListeners[0].properties;
  const rule = {
    name,
    properties: {
      ruleType: "Basic",
      priority: 100,
      httpListener: { id: `${gatewayId}/httpListeners/${name}` },
      backendAddressPool: { id: backendAddressPools[0].id },
      backendHttpSettings: { id: backendHttpSettingsCollection[0].id },
    },
  };
  const properties = {
    ...body.properties,
    httpListeners: [...httpListeners, { name, properties: { ...listener, hostName: "portcullis.invalid" } }],
    requestRoutingRules: [...requestRoutingRules, rule],
  };
  await world.asOperator("PUT", gatewayId, { ...body, properties });
}

describe("a ticket that Azure as it is stands in the way of", () => {
  it("fails with all that is in the way at once, and has written nothing", async () => {
    world = await openWorld();
    for (const name of ["securevnets", "securek8s_secureaks1_nodes_westeurope"]) await putGroup(name);
    await putGroup("secureappgw", { "portcullis-environment": "shop" });
    const routeTable = { id: await putTable("inspect") };
    await putNetwork("hubnet", "10.0.0.0/22");
    await putNetwork("k8snet", "10.0.4.0/22", [
      { name: "gw-1-subnet", properties: { addressPrefix: "10.0.4.0/24", routeTable } },
    ]);
    await putNetwork("branch", "10.0.6.0/24");
    await putNetwork("office", "10.244.8.0/24");
    await peer("hubnet", "branch");
    await peer("k8snet", "office");
    const ticket = seedTicket("CHG0001", { cluster: { networkPlugin: "kubenet" } });
    const foreseen = (await (await world.post("/api/dryRuns", ticket)).json()) as DryRunReport;
    await world.submit(ticket);
    const end = await world.ended("CHG0001");
    expect(end).toMatchObject({ state: "failed", failure: { code: "SeveralObstacles" } });
    expect(foreseen.isPossible).toBe(false);
    expect(joinedFailure(foreseen.obstacles)?.message).toBe(end.failure?.message);
    expect(end.failure?.stepId).toBeUndefined();
    const message = end.failure?.message ?? "";
    for (const words of [
      'ResourceOfAnotherEnvironment at secureappgw: It belongs to the environment "shop"',
      "NodeGroupExists at securek8s_secureaks1_nodes_westeurope",
      "DefaultRouteOnGatewaySubnet at gw-1-subnet: The route table inspect",
      "SubnetHasAnotherRouteTable at gw-1-subnet",
      "PeeredNetworkOverlaps at hubnet: The network hubnet is peered with branch, and 10.0.4.0/22 of the spoke k8snet overlaps 10.0.6.0/24 of it",
      "10.244.0.0/16 of the pods of secureaks1 overlaps 10.244.8.0/24 of it",
    ])
      expect(message).toContain(words);
    expect(world.writes()).toEqual([]);

    // What was in the way is gone: the same ticket is built.
    await putGroup("secureappgw");
    await world.asOperator("DELETE", group("securek8s_secureaks1_nodes_westeurope"));
    await world.asOperator("DELETE", network("virtualNetworks/hubnet/virtualNetworkPeerings/to-branch"));
    await world.asOperator("DELETE", network("virtualNetworks/k8snet/virtualNetworkPeerings/to-office"));
    const subnet = { properties: { addressPrefix: "10.0.4.0/24" } };
    await world.asOperator("PUT", network("virtualNetworks/k8snet/subnets/gw-1-subnet"), subnet);
    await world.post("/api/tickets/CHG0001/retry");
    expect(await world.ended("CHG0001")).toMatchObject({ state: "succeeded", attempt: 2 });
  });

  it("adds no cluster whose prefix, nodes' group or subnet is somebody's, and the environment forgets that it was asked", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    await putListener("secureaks2-of-theirs");
    await putGroup("securek8s_secureaks2_nodes_westeurope");
    const routeTable = { id: await putTable("inspect") };
    const subnet = { properties: { addressPrefix: "10.0.6.0/24", routeTable } };
    await world.asOperator("PUT", network("virtualNetworks/k8snet/subnets/aks-2-subnet"), subnet);
    const before = world.writes().length;
    await world.submit(clusterTicket("addCluster", "CHG0002"));
    const end = await world.ended("CHG0002");
    expect(end.failure?.message).toMatch(
      /3 things are in the way.*GatewayPrefixIsTaken.*NodeGroupExists.*SubnetHasAnother/,
    );
    expect(world.writes().length).toBe(before);
    // Nothing is remembered of it: there is no such cluster to be retired.
    const retirement = clusterTicket("retireCluster", "CHG0003", { cluster: { name: "secureaks2" } });
    const answer = await world.submit(retirement);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('has no cluster \\"secureaks2\\"');
  });

  it("learns of a cluster that nobody remembers from Azure", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001", { cluster: { networkPlugin: "overlay" } }));
    await world.until("CHG0001", (status) =>
      status.steps.some(({ id, state }) => id === "cluster" && state === "done"),
    );
    const terminate = `${world.url()}/runtime/webhooks/durabletask/instances/CHG0001/terminate?reason=enough`;
    expect((await fetch(terminate, { method: "POST" })).status).toBe(202);
    await world.until("CHG0001", ({ state }) => state === "failed");
    const before = world.writes().length;
    const wanted = { networkPlugin: "kubenet", poolName: "system" };
    await world.submit(seedTicket("CHG0002", { cluster: wanted }));
    const end = await world.ended("CHG0002");
    expect(end.failure).toMatchObject({
      code: "PodNetworkIsFixed",
      message: expect.stringContaining('has the networkPlugin "overlay", and the ticket asks for "kubenet"'),
    });
    expect(
      world
        .writes()
        .slice(before)
        .filter(({ path }) => /gateway|kubenet|-rt$/i.test(path)),
    ).toEqual([]);
  });

  it("waits while Azure does not let itself be looked at, and goes on when it does", async () => {
    const match = { method: "GET", path: "/resourceGroups/secureappgw$" };
    const answer = {
      status: 429,
      code: "SubscriptionRequestsThrottled",
      message: "Too many.",
      headers: { "retry-after": "40" },
    };
    world = await openWorld({ faults: [{ match, when: "begin", answer, times: 2 }] });
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", () => world.writes().length > 0);
    const [first, second, third] = world.azure.requests.filter(({ path }) => /\/secureappgw$/i.test(path));
    expect(
      [second, third].map((each) => Math.round(((each?.atEpochMs ?? 0) - (first?.atEpochMs ?? 0)) / 1000)),
    ).toEqual([40, 80]);
    await world.post("/api/tickets/CHG0001/cancel");
    expect((await world.ended("CHG0001")).state).toBe("cancelled");
  });
});
