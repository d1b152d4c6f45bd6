import { NetworkManagementClient, type RouteTable } from "@azure/arm-network";
import type { AccessToken, TokenCredential } from "@azure/identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { objectsAt, textAt } from "../../local/azure/network/jsonRead.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import { gatewayBody, makeGateway, makeNetworks, makeSecuredGatewaySubnet } from "./networkSeed.ts";

const GROUP = "lab";
const location = "westeurope";

let lab: NetworkLab;
let client: NetworkManagementClient;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  client = new NetworkManagementClient(operatorCredential(), lab.azure.subscriptionId, {
    endpoint: lab.azure.armUrl,
    tlsOptions: { ca: lab.azure.caPem },
    retryOptions: { maxRetries: 0 },
  });
});
afterAll(() => lab.stop());

/** The operator's token from the identity endpoint, as an app service would ask for it. */
function operatorCredential(): TokenCredential {
  return {
    async getToken(): Promise<AccessToken> {
      const { tokenUrl, operator, identityHeader } = lab.azure;
      const query = `api-version=2019-08-01&resource=https://management.azure.com&client_id=${operator.appId}`;
      const response = await fetch(`${tokenUrl}?${query}`, { headers: { "X-IDENTITY-HEADER": identityHeader } });
      const { access_token: token } = (await response.json()) as { access_token: string };
      return { token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
    },
  };
}

/** Submits a long operation and lets Azure's time pass, without the poller's real seconds. */
async function submit(poller: { submitted(): Promise<void> }): Promise<void> {
  await poller.submitted();
  await lab.settle();
}

async function codeOf(work: PromiseLike<unknown>): Promise<string> {
  try {
    await work;
    return "no error";
  } catch (error) {
    const { statusCode, code } = error as { statusCode?: number; code?: string };
    return `${statusCode} ${code}`;
  }
}

const table = (...routes: RouteTable["routes"] & object): RouteTable => ({ location, routes });
const toInternet = { name: "out", addressPrefix: "203.0.113.0/24", nextHopType: "Internet" };

describe("the network provider to the SDK's client", () => {
  it("creates, reads, lists and deletes a route table with its routes inside", async () => {
    await submit(client.routeTables.createOrUpdate(GROUP, "rt", table(toInternet)));
    const read = await client.routeTables.get(GROUP, "rt");
    expect(read.provisioningState).toBe("Succeeded");
    expect(read.routes).toMatchObject([{ name: "out", addressPrefix: "203.0.113.0/24", etag: read.etag }]);
    const names: (string | undefined)[] = [];
    for await (const listed of client.routeTables.list(GROUP)) names.push(listed.name);
    for await (const listed of client.routeTables.listAll()) names.push(listed.name);
    expect(names).toEqual(["rt", "rt"]);
    await submit(client.routeTables.delete(GROUP, "rt"));
    expect(await codeOf(client.routeTables.get(GROUP, "rt"))).toBe("404 ResourceNotFound");
  });

  it("replaces the routes of a table on PUT, and shows a child's write in its parent", async () => {
    await submit(client.routeTables.createOrUpdate(GROUP, "rt", table(toInternet)));
    await submit(
      client.routes.createOrUpdate(GROUP, "rt", "more", { addressPrefix: "198.51.100.0/24", nextHopType: "None" }),
    );
    expect((await client.routeTables.get(GROUP, "rt")).routes).toHaveLength(2);
    await submit(client.routeTables.createOrUpdate(GROUP, "rt", table(toInternet)));
    expect((await client.routeTables.get(GROUP, "rt")).routes).toHaveLength(1);
    await submit(client.routeTables.createOrUpdate(GROUP, "rt", { location }));
    expect((await client.routeTables.get(GROUP, "rt")).routes).toEqual([]);
  });

  it("honours If-Match: a stale etag is 412, the present one passes and moves on", async () => {
    await submit(client.routeTables.createOrUpdate(GROUP, "rt", table(toInternet)));
    const { etag = "" } = await client.routeTables.get(GROUP, "rt");
    const write = (match: string) =>
      client.routeTables.createOrUpdate(GROUP, "rt", table(toInternet), {
        requestOptions: { headers: { "if-match": match } },
      });
    expect(await codeOf(write('W/"00000000-0000-0000-0000-000000000000"').submitted())).toBe("412 PreconditionFailed");
    await submit(write(etag));
    expect((await client.routeTables.get(GROUP, "rt")).etag).not.toBe(etag);
    expect(await codeOf(write(etag).submitted())).toBe("412 PreconditionFailed");
  });

  it("moves the etag of a network with its subnets", async () => {
    const before = (await client.virtualNetworks.get(GROUP, "spoke")).etag;
    await submit(client.subnets.createOrUpdate(GROUP, "spoke", "extra", { addressPrefix: "10.0.7.0/28" }));
    const after = await client.virtualNetworks.get(GROUP, "spoke");
    expect(after.etag).not.toBe(before);
    expect((await client.subnets.get(GROUP, "spoke", "gw")).etag).toBe(after.etag);
    await submit(client.subnets.delete(GROUP, "spoke", "extra"));
  });

  it("refuses a second write in a network while one runs (AnotherOperationInProgress)", async () => {
    const changed = { addressPrefix: "10.0.5.0/24", serviceEndpoints: [{ service: "Microsoft.Sql" }] };
    await client.subnets.createOrUpdate(GROUP, "spoke", "aks-1", changed).submitted();
    const second = client.subnets.createOrUpdate(GROUP, "spoke", "aks-2", { addressPrefix: "10.0.6.0/24" });
    expect(await codeOf(second.submitted())).toBe("409 AnotherOperationInProgress");
    const peering = { remoteVirtualNetwork: { id: lab.id("virtualNetworks/spoke") } };
    const fromHub = client.virtualNetworkPeerings.createOrUpdate(GROUP, "hub", "toSpoke", peering);
    expect(await codeOf(fromHub.submitted())).toBe("409 AnotherOperationInProgress");
    await lab.settle();
  });

  it("ends a route's write as superseded when the next one comes (route tables only)", async () => {
    await submit(client.routeTables.createOrUpdate(GROUP, "rt", table()));
    const route = (addressPrefix: string) => ({ addressPrefix, nextHopType: "None" });
    const first = client.routes.createOrUpdate(GROUP, "rt", "a", route("198.51.100.0/24"));
    await first.submitted();
    await submit(client.routes.createOrUpdate(GROUP, "rt", "b", route("203.0.113.0/24")));
    await first.poll().catch(() => undefined);
    expect(first.operationState?.status).toBe("canceled");
    const read = await client.routeTables.get(GROUP, "rt");
    expect(read.routes?.map(({ name }) => name)).toContain("b");
  });

  it("replaces a subnet on PUT: what the body leaves out is gone", async () => {
    const routeTable = { id: lab.id("routeTables/rt") };
    const addressPrefix = "10.0.6.0/24";
    await submit(client.subnets.createOrUpdate(GROUP, "spoke", "aks-2", { addressPrefix, routeTable }));
    expect(await codeOf(client.routeTables.delete(GROUP, "rt").submitted())).toBe("400 InUseRouteTableCannotBeDeleted");
    expect((await client.routeTables.get(GROUP, "rt")).subnets).toHaveLength(1);
    await submit(client.subnets.createOrUpdate(GROUP, "spoke", "aks-2", { addressPrefix }));
    expect((await client.subnets.get(GROUP, "spoke", "aks-2")).routeTable).toBeUndefined();
    expect((await client.routeTables.get(GROUP, "rt")).subnets).toBeUndefined();
  });

  it("connects peerings when both sides are there, and disconnects the one that stays", async () => {
    const side = (from: string, to: string) =>
      client.virtualNetworkPeerings.createOrUpdate(GROUP, from, "peer", {
        remoteVirtualNetwork: { id: lab.id(`virtualNetworks/${to}`) },
      });
    const state = async (from: string) => (await client.virtualNetworkPeerings.get(GROUP, from, "peer")).peeringState;
    await submit(side("hub", "spoke"));
    expect(await state("hub")).toBe("Initiated");
    await submit(side("spoke", "hub"));
    expect([await state("hub"), await state("spoke")]).toEqual(["Connected", "Connected"]);
    expect((await client.virtualNetworks.get(GROUP, "hub")).virtualNetworkPeerings).toHaveLength(1);
    await submit(client.virtualNetworkPeerings.delete(GROUP, "spoke", "peer"));
    expect(await state("hub")).toBe("Disconnected");
    await submit(client.virtualNetworkPeerings.delete(GROUP, "hub", "peer"));
  });

  it("gives a public address its number and name once made, and keeps both", async () => {
    const body = { location, sku: { name: "Standard" }, dnsSettings: { domainNameLabel: "lab-name" } } as const;
    const fresh = client.publicIPAddresses.createOrUpdate(GROUP, "ip", body);
    await fresh.submitted();
    expect((await client.publicIPAddresses.get(GROUP, "ip")).ipAddress).toBeUndefined();
    await lab.settle();
    const { ipAddress, dnsSettings } = await client.publicIPAddresses.get(GROUP, "ip");
    expect(dnsSettings?.fqdn).toBe("lab-name.westeurope.cloudapp.azure.com");
    await submit(client.publicIPAddresses.createOrUpdate(GROUP, "ip", body));
    expect((await client.publicIPAddresses.get(GROUP, "ip")).ipAddress).toBe(ipAddress);
    expect((await client.checkDnsNameAvailability(location, "lab-name")).available).toBe(false);
    expect((await client.checkDnsNameAvailability(location, "lab-other")).available).toBe(true);
  });

  it("shows the default rules of a security group", async () => {
    await submit(client.networkSecurityGroups.createOrUpdate(GROUP, "nsg", { location, securityRules: [] }));
    const { defaultSecurityRules } = await client.networkSecurityGroups.get(GROUP, "nsg");
    expect(defaultSecurityRules?.map(({ name }) => name)).toContain("DenyAllInBound");
  });

  it("answers backend health by way of a Location", async () => {
    await makeSecuredGatewaySubnet(lab);
    await makeGateway(lab);
    const poller = client.applicationGateways.backendHealth(GROUP, "gw");
    await poller.submitted();
    await lab.settle();
    await poller.poll();
    const [pool] = poller.result?.backendAddressPools ?? [];
    expect(pool?.backendHttpSettingsCollection?.[0]?.servers).toMatchObject([
      { address: "10.0.5.10", health: "Unhealthy" },
    ]);
  });

  it("gives the parts of a gateway ids and etags, and takes them back on the next PUT", async () => {
    const read = lab.get("applicationGateways/gw");
    const pool = objectsAt(read, "properties.backendAddressPools")[0];
    expect(textAt(pool, "id")).toBe(`${lab.id("applicationGateways/gw")}/backendAddressPools/pool`);
    expect(textAt(pool, "etag")).toBe(textAt(read, "etag"));
    expect(lab.put("applicationGateways/gw", read)).toBe("200");
    await lab.settle();
    const again = lab.get("applicationGateways/gw");
    expect(objectsAt(again, "properties.backendAddressPools")).toHaveLength(1);
    expect(lab.put("applicationGateways/gw", gatewayBody(lab))).toBe("200");
    await lab.settle();
  });
});

describe("a virtual network's PUT without subnets", () => {
  const body = { properties: { addressSpace: { addressPrefixes: ["10.0.0.0/22"] } } };

  it("leaves the subnets alone from api-version 2023-09-01 on", async () => {
    await lab.make("virtualNetworks/hub", body, "2023-09-01");
    expect(objectsAt(lab.get("virtualNetworks/hub"), "properties.subnets")).toHaveLength(1);
  });

  it("deletes them before that, unless one is in use", async () => {
    const spoke = { properties: { addressSpace: { addressPrefixes: ["10.0.4.0/22"] } } };
    expect(lab.put("virtualNetworks/spoke", spoke, "2023-04-01")).toBe("400 InUseSubnetCannotBeDeleted");
    expect(objectsAt(lab.get("virtualNetworks/spoke"), "properties.subnets")).not.toHaveLength(0);
    await lab.make("virtualNetworks/hub", body, "2023-04-01");
    expect(objectsAt(lab.get("virtualNetworks/hub"), "properties.subnets")).toEqual([]);
  });
});
