import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { armRequest } from "../harness/armRequest.ts";
import { carriedOut, sampleTicket as clusterTicket } from "../harness/clusterTickets.ts";
import {
  EDGE_GROUP,
  GATEWAY,
  gatewayProperties,
  HUB_GROUP,
  idIn,
  make,
  makeEdge,
  makeHub,
} from "../harness/operatorResources.ts";
import { sampleTicket, seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";

let world: World;
let host: string;
let ticketCount = 0;
beforeAll(async () => {
  world = await openWorld();
  await makeHub(world);
  host = await makeEdge(world);
});
afterAll(() => world.close());

/** What the ticket's failure says; nothing may have been written. */
async function refusal(environment: Record<string, unknown>): Promise<string> {
  ticketCount += 1;
  const ticket = sampleTicket("adopt.json", `CHG${ticketCount}`, environment);
  const end = await carriedOut(world, ticket as unknown as { ticket: { number: string } });
  expect(end.failure?.code).toBe("AdoptionNotPossible");
  expect(end.state).toBe("failed");
  expect(world.writes().length).toBe(0);
  const dryRun = await world.post("/api/dryRuns", {
    ...ticket,
    ticket: { ...ticket.ticket, number: `DRY${ticketCount}` },
  });
  expect(await dryRun.json()).toMatchObject({ isPossible: false });
  return end.failure?.message ?? "";
}

const firewallId = (): string => idIn(world, `${HUB_GROUP}/azureFirewalls/afw-hub`);
const subnetId = (name: string): string => idIn(world, `${EDGE_GROUP}/virtualNetworks/vnet-edge/subnets/${name}`);

describe("what is adopted is judged before the first write, which does not come when", () => {
  it("something does not exist, and the rest is judged all the same", async () => {
    const message = await refusal({
      location: "northeurope",
      adopt: {
        firewall: idIn(world, `${HUB_GROUP}/azureFirewalls/unknown`),
        gateway: idIn(world, GATEWAY),
        clusterSubnets: [subnetId("snet-aks-1"), subnetId("snet-gateway"), subnetId("unknown")],
      },
    });
    expect(message).toContain("The firewall unknown does not exist");
    expect(message).toContain("The gateway agw-edge is in westeurope, and the environment in northeurope");
    expect(message).toContain("The subnet snet-gateway is the gateway's own");
    expect(message).toContain("The subnet unknown does not exist in vnet-edge");
  });

  it("addresses overlap, with the hub itself and with what it is peered with", async () => {
    await make(world, `${HUB_GROUP}/virtualNetworks/vnet-shop`, {
      addressSpace: { addressPrefixes: ["10.120.0.0/16"] },
    });
    const remoteVirtualNetwork = { id: idIn(world, `${HUB_GROUP}/virtualNetworks/vnet-shop`) };
    await make(world, `${HUB_GROUP}/virtualNetworks/vnet-hub/virtualNetworkPeerings/shop`, { remoteVirtualNetwork });
    const spoke = (addressPrefixes: string[]) => ({
      addressPrefixes,
      subnets: [
        { name: "gw-1-subnet", addressPrefix: "10.120.4.0/24" },
        { name: "aks-1-subnet", addressPrefix: "10.120.5.0/24" },
      ],
    });
    const message = await refusal({
      adopt: { firewall: firewallId() },
      spoke: spoke(["10.120.4.0/22", "10.100.3.0/24"]),
      firewall: { rules: { networkPriority: 300, applicationPriority: 301 } },
    });
    expect(message).toContain("vnet-hub is peered with vnet-shop, whose 10.120.0.0/16 overlaps 10.120.4.0/22");
    expect(message).toContain("10.100.3.0/24 of the spoke k8snet overlaps 10.100.0.0/22 of the hub vnet-hub");
    expect(message).toContain(
      "The rule collection group shop in afwp-hub has the priority 300 already; name a free one as environment.firewall.rules.networkPriority, 302 for example.",
    );
  });

  it("names of the environment's are taken inside, or the creator would delete it", async () => {
    const own = "portcullis-taken";
    const policy = `${HUB_GROUP}/firewallPolicies/afwp-hub`;
    await make(world, `${policy}/ruleCollectionGroups/${own}-network`, { priority: 4000, ruleCollections: [] });
    await world.clock.advance(300_000);
    await make(world, `${HUB_GROUP}/virtualNetworks/vnet-other`, {
      addressSpace: { addressPrefixes: ["10.130.0.0/24"] },
    });
    const remoteVirtualNetwork = { id: idIn(world, `${HUB_GROUP}/virtualNetworks/vnet-other`) };
    await make(world, `${HUB_GROUP}/virtualNetworks/vnet-hub/virtualNetworkPeerings/${own}`, { remoteVirtualNetwork });
    await make(world, policy, { sku: { tier: "Standard" } }, { tags: { "portcullis-created-by": "somebody" } });
    await world.clock.advance(300_000);
    const message = await refusal({ name: "taken", adopt: { firewall: firewallId() } });
    expect(message).toContain(`There is a rule collection group ${own}-network in afwp-hub already`);
    expect(message).toContain(`There is a peering ${own} in vnet-hub already`);
    expect(message).toContain("The firewall policy afwp-hub was created by the environment somebody");
    await make(world, policy, { sku: { tier: "Standard" } }, { tags: { owner: "ops" } });
    await world.clock.advance(300_000);
  });

  it("the ingress controller would take something away, or another one would", async () => {
    const properties = gatewayProperties(world, host);
    const listeners = properties.httpListeners as { name: string; properties: Record<string, unknown> }[];
    const [shop, legacy] = listeners;
    const idle = { name: "idle", properties: { backendAddresses: [] } };
    const hostless = { ...legacy, properties: { ...legacy?.properties, hostName: undefined } };
    const address = host.replace(/^shop\./, "");
    const alike = { ...shop, properties: { ...shop?.properties, hostName: `SECUREAKS1.${address}` } };
    await make(
      world,
      GATEWAY,
      gatewayProperties(world, host, {
        httpListeners: [alike, hostless],
        backendAddressPools: [...(properties.backendAddressPools as unknown[]), idle],
      }),
      { tags: { "managed-by-k8s-ingress": "1.9.8" } },
    );
    await make(world, `${EDGE_GROUP}/routeTables/rt-shop`, {});
    await make(world, `${EDGE_GROUP}/virtualNetworks/vnet-edge/subnets/snet-aks-2`, {
      addressPrefix: "10.110.6.0/29",
      routeTable: { id: idIn(world, `${EDGE_GROUP}/routeTables/rt-shop`) },
    });
    const clusterSubnets = [subnetId("snet-aks-2"), subnetId("snet-aks-1")];
    const message = await refusal({ adopt: { gateway: idIn(world, GATEWAY), clusterSubnets } });
    for (const part of [
      "The gateway agw-edge is written by another ingress controller",
      "has listeners for every host (legacy)",
      "requestRoutingRules/legacy",
      "backendAddressPools/idle",
      "The listener shop answers for SECUREAKS1.",
      "The subnet snet-aks-2 has the route table",
      "10.110.6.0/29 of snet-aks-2 is too small",
    ])
      expect(message).toContain(part);
    expect(message).not.toContain("backendAddressPools/shop");
  });

  it("Azure refuses to show it; a fault that passes is waited out", async () => {
    const match = { method: "GET", path: "/azureFirewalls/afw-hub$" };
    const answer = { status: 403, code: "AuthorizationFailed", message: "The client may not read." };
    // Once for the ticket and once for the dry run.
    world.azure.setFaults([{ match, when: "begin", answer, times: 2 }]);
    const message = await refusal({ adopt: { firewall: firewallId() } });
    expect(message).toContain("The firewall afw-hub cannot be read: AuthorizationFailed: The client may not read.");
    expect(message).toContain("Grant the app's identity the role definitions");
    const busy = { status: 503, code: "ServiceUnavailable", message: "Try again." };
    world.azure.setFaults([{ match, when: "begin", answer: busy, times: 2 }]);
    const rules = { networkPriority: 300 };
    expect(await refusal({ adopt: { firewall: firewallId() }, firewall: { rules } })).toContain("has the priority 300");
    world.azure.setFaults([]);
  });

  it("it is in another subscription, which the door says already", async () => {
    const firewall = firewallId().replace(/subscriptions\/[^/]+/, "subscriptions/00000000-0000-4000-8000-00000000abcd");
    const answer = await world.submit(sampleTicket("adopt.json", "CHG0100", { adopt: { firewall } }));
    expect(answer.status).toBe(400);
    const { mistakes } = (await answer.json()) as { mistakes: readonly { pointer: string; message: string }[] };
    expect(mistakes.map(({ pointer }) => pointer)).toEqual(["/environment/adopt/firewall"]);
    expect(mistakes[0]?.message).toContain("this app works in");
  });

  it("somebody writes it: the ticket waits until he has done, or is cancelled", async () => {
    const body = { location: "westeurope", tags: { owner: "ops" }, ...(await firewallBody()) };
    expect((await armRequest(world.azure, "PUT", firewallId(), body)).status).toBe(200);
    const ticket = sampleTicket("adopt.json", "CHG0101", { adopt: { firewall: firewallId() } });
    await world.submit(ticket);
    await world.until("CHG0101", ({ state, elapsedSeconds }) => state === "running" && elapsedSeconds > 20);
    expect(world.writes().length).toBe(0);
    await world.post("/api/tickets/CHG0101/cancel");
    expect((await world.ended("CHG0101")).state).toBe("cancelled");
    expect(world.writes().length).toBe(0);
    const unknown = await world.submit(clusterTicket("decommission", "CHG0102", { environment: { name: "adopting" } }));
    expect(unknown.status).toBe(400);
  });

  it("the app lacks a right that it would need there only later", async () => {
    const scope = `/subscriptions/${world.azure.subscriptionId}/providers/Microsoft.Authorization`;
    const { body } = await armRequest(world.azure, "GET", `${scope}/roleAssignments`);
    type Assignment = { id: string; properties: { principalId: string; roleDefinitionId: string } };
    for (const { id, properties } of body.value as Assignment[]) {
      const role = await armRequest(world.azure, "GET", properties.roleDefinitionId);
      if (properties.principalId === world.azure.app.objectId && /assigner/.test(role.body.properties.roleName))
        await world.asOperator("DELETE", id);
    }
    const clusterSubnets = [subnetId("snet-aks-1")];
    const message = await refusal({ adopt: { gateway: idIn(world, GATEWAY), clusterSubnets } });
    for (const place of ["gateway agw-edge", "resource group rg-edge", "virtual network vnet-edge"])
      expect(message).toContain(
        `The ${place} is closed to this app: it lacks Microsoft.Authorization/roleAssignments/write.`,
      );
  });
});

/** The firewall as it is, with another change of the operator's. */
async function firewallBody(): Promise<Record<string, unknown>> {
  const { body } = await armRequest(world.azure, "GET", firewallId());
  return { properties: { ...body.properties, threatIntelMode: "Alert" } };
}

it("an environment that stands with everything of its own adopts nothing", async () => {
  const own = await openWorld();
  try {
    const faults = { status: 409, code: "QuotaExceeded", message: "Quota." };
    own.azure.setFaults([{ match: { method: "PUT", path: "/managedClusters/" }, when: "begin", answer: faults }]);
    await carriedOut(own, seedTicket("CHG0001") as unknown as { ticket: { number: string } });
    const adopt = { firewall: idIn(own, `${HUB_GROUP}/azureFirewalls/afw-hub`) };
    const answer = await own.submit(seedTicket("CHG0002", { adopt }));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("stands with everything of its own, and that stays");
  } finally {
    await own.close();
  }
});
