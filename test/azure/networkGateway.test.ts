import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject, StoredResource } from "../../local/azure/core/resourceType.ts";
import { backendHealth } from "../../local/azure/network/backendHealth.ts";
import { fromInternet } from "../../local/azure/network/fromInternet.ts";
import { objectsAt } from "../../local/azure/network/jsonRead.ts";
import { routeThroughGateway } from "../../local/azure/network/routeThroughGateway.ts";
import { registerWorkloadDirectory, type WorkloadRequest } from "../../local/azure/network/workloadDirectory.ts";
import { API_VERSION, type NetworkLab, startNetworkLab } from "./networkLab.ts";
import { defaultRoute, gatewayBody, gatewaySubnetBody, makeSeed, seedAddresses, wafPolicyBody } from "./networkSeed.ts";

const SERVER = "10.0.5.10";
const CLIENT = "203.0.113.7";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeSeed(lab);
});
afterAll(() => lab.stop());

/** A server at 10.0.5.10:80 that answers with the status of the moment. */
let status = 200;
let seen: WorkloadRequest[] = [];
let unregister = (): void => {};
beforeEach(() => {
  status = 200;
  seen = [];
  unregister = registerWorkloadDirectory({
    answer: (_world, address, port, request) => {
      if (address !== SERVER || port !== 80) return undefined;
      seen.push(request);
      return { status, headers: {}, body: "pong" };
    },
  });
});
afterEach(() => unregister());

function gateway(): StoredResource {
  const stored = lab.world.store.get(lab.id("applicationGateways/gw"));
  if (stored === undefined) throw new Error("The gateway is not there.");
  return stored;
}

const request = (path = "/ping", host = "lab.example.com") =>
  routeThroughGateway(lab.world, gateway(), { host, path, clientAddress: CLIENT });

describe("routeThroughGateway", () => {
  it("answers what the server answers, seen from an instance's address, with the client in X-Forwarded-For", () => {
    expect(request()).toMatchObject({ status: 200, body: "pong" });
    const last = seen.at(-1);
    expect(last).toMatchObject({
      path: "/ping",
      host: "lab.example.com",
      sourceAddress: seedAddresses.gatewayInstance,
    });
    expect(last?.headers["x-forwarded-for"]).toMatch(/^203\.0\.113\.7:\d+$/);
  });

  it("answers 502 when no server is healthy, and says why", () => {
    status = 500;
    expect(request()).toMatchObject({ status: 502, reason: expect.stringContaining("invalid status code: 500") });
    unregister();
    expect(request()).toMatchObject({
      status: 502,
      reason: expect.stringContaining("Cannot connect to backend server"),
    });
  });

  it("answers 502 for an empty pool", async () => {
    await lab.make("applicationGateways/gw", gatewayBody(lab));
    expect(request()).toMatchObject({ status: 502, reason: expect.stringContaining("it is empty") });
    await lab.make("applicationGateways/gw", gatewayBody(lab, { servers: [SERVER] }));
  });

  it("blocks an obvious attack in Prevention mode, lets it pass in Detection mode", async () => {
    const attack = "/ping?id=1%27%20or%201=1";
    expect(request(attack)).toMatchObject({ status: 403, reason: expect.stringContaining("waf") });
    const path = "ApplicationGatewayWebApplicationFirewallPolicies/waf";
    await lab.make(path, wafPolicyBody("Detection"));
    expect(request(attack).status).toBe(200);
    await lab.make(path, wafPolicyBody("Prevention"));
  });

  describe("with host names and paths", () => {
    const part = (collection: string, name: string) => ({
      id: `${lab.id("applicationGateways/gw")}/${collection}/${name}`,
    });
    const listener = (name: string, hostNames: string[]): JsonObject => ({
      name,
      properties: {
        frontendIPConfiguration: part("frontendIPConfigurations", "public"),
        frontendPort: part("frontendPorts", "http"),
        protocol: "Http",
        hostNames,
      },
    });
    beforeAll(async () => {
      const target = {
        backendAddressPool: part("backendAddressPools", "pool"),
        backendHttpSettings: part("backendHttpSettingsCollection", "settings"),
      };
      const empty = { ...target, backendAddressPool: part("backendAddressPools", "empty") };
      const properties: JsonObject = {
        backendAddressPools: [
          { name: "pool", properties: { backendAddresses: [{ ipAddress: SERVER }] } },
          { name: "empty", properties: { backendAddresses: [] } },
        ],
        httpListeners: [listener("shop", ["shop.example.com"]), listener("any", ["*.example.com"])],
        urlPathMaps: [
          {
            name: "map",
            properties: {
              defaultBackendAddressPool: empty.backendAddressPool,
              defaultBackendHttpSettings: empty.backendHttpSettings,
              pathRules: [{ name: "api", properties: { paths: ["/api/*"], ...target } }],
            },
          },
        ],
        redirectConfigurations: [
          {
            name: "away",
            properties: { redirectType: "Found", targetUrl: "https://shop.example.com", includePath: true },
          },
        ],
        requestRoutingRules: [
          {
            name: "any",
            properties: {
              ruleType: "Basic",
              priority: 200,
              httpListener: part("httpListeners", "any"),
              redirectConfiguration: part("redirectConfigurations", "away"),
            },
          },
          {
            name: "shop",
            properties: {
              ruleType: "PathBasedRouting",
              priority: 100,
              httpListener: part("httpListeners", "shop"),
              urlPathMap: part("urlPathMaps", "map"),
            },
          },
        ],
      };
      await lab.make("applicationGateways/gw", gatewayBody(lab, { properties }));
    });
    afterAll(() => lab.make("applicationGateways/gw", gatewayBody(lab, { servers: [SERVER] })));

    it("leads a path to its pool and the rest to the default", () => {
      expect(request("/API/orders", "shop.example.com").status).toBe(200);
      expect(request("/other", "shop.example.com").status).toBe(502);
    });

    it("redirects with the path", () => {
      const answer = request("/x?y=1", "www.example.com");
      expect(answer).toMatchObject({ status: 302, headers: { location: "https://shop.example.com/x" } });
    });

    it("answers 404 for a host that no listener has", () => {
      expect(request("/", "example.org")).toMatchObject({
        status: 404,
        reason: expect.stringContaining("no listener"),
      });
    });
  });
});

describe("fromInternet", () => {
  const arrive = (port = 80) => {
    const { ipAddress } = lab.get("publicIPAddresses/gw-ip").properties as { ipAddress: string };
    return fromInternet(lab.world, { clientAddress: CLIENT, destinationAddress: ipAddress, port });
  };

  it("leads the gateway's public address to the gateway", () => {
    expect(arrive()).toMatchObject({ allowed: true, gatewayId: gateway().id });
  });

  it("refuses ports without a frontend, and addresses that nobody has", () => {
    expect(arrive(443)).toMatchObject({ allowed: false, reason: expect.stringContaining("no frontend port 443") });
    const nobody = fromInternet(lab.world, { clientAddress: CLIENT, destinationAddress: "20.31.255.254", port: 80 });
    expect(nobody).toMatchObject({ allowed: false, reason: expect.stringContaining("nobody has") });
  });

  it("refuses clients that the subnet's security group denies", async () => {
    const path = "networkSecurityGroups/gw-nsg/securityRules/agic_allow";
    const rule = lab.get(path);
    expect(await lab.remove(path)).toBe("202");
    expect(arrive()).toMatchObject({ allowed: false, reason: expect.stringContaining("DenyAllInBound") });
    await lab.make(path, { properties: rule.properties as JsonObject });
    expect(arrive().allowed).toBe(true);
  });

  it("refuses the firewall's address without a NAT rule", () => {
    const { ipAddress } = lab.get("publicIPAddresses/fw-ip").properties as { ipAddress: string };
    const answer = fromInternet(lab.world, { clientAddress: CLIENT, destinationAddress: ipAddress, port: 80 });
    expect(answer).toMatchObject({ allowed: false, reason: expect.stringContaining("no NAT rule") });
  });
});

describe("backendhealth", () => {
  async function health(): Promise<JsonObject> {
    const { world, operator } = lab.azure;
    const path = `${lab.id("applicationGateways/gw")}/backendhealth`;
    const accepted = world.armRequest({ principal: operator, method: "POST", path, apiVersion: API_VERSION });
    expect(accepted.status).toBe(202);
    await lab.settle();
    const body = backendHealth({ gatewayId: gateway().id }, world).body as JsonObject;
    const servers = objectsAt(
      objectsAt(objectsAt(body, "backendAddressPools")[0], "backendHttpSettingsCollection")[0],
      "servers",
    );
    return servers[0] ?? {};
  }

  it("is Healthy with the status the probe got", async () => {
    expect(await health()).toMatchObject({
      address: SERVER,
      health: "Healthy",
      healthProbeLog: "Success. Received 200 status code",
    });
  });

  it("is Unhealthy when nothing listens, when the status is wrong and when the reply goes astray", async () => {
    status = 404;
    expect(await health()).toMatchObject({ health: "Unhealthy", healthProbeLog: expect.stringContaining("404") });
    unregister();
    expect(await health()).toMatchObject({
      health: "Unhealthy",
      healthProbeLog: expect.stringContaining("Cannot connect"),
    });
    const astray = {
      name: "back",
      properties: {
        addressPrefix: "10.0.4.0/24",
        nextHopType: "VirtualAppliance",
        nextHopIpAddress: seedAddresses.firewall,
      },
    };
    await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute, astray] } });
    expect(await health()).toMatchObject({
      health: "Unhealthy",
      healthProbeLog: expect.stringContaining("asymmetric routing"),
    });
    await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute] } });
  });

  it("is Unknown when halves of 0.0.0.0/0 lead the management traffic away, and known again with a route for it", async () => {
    const halves = ["0.0.0.0/1", "128.0.0.0/1"].map((addressPrefix, index) => ({
      name: `half${index}`,
      properties: { addressPrefix, nextHopType: "VirtualAppliance", nextHopIpAddress: seedAddresses.firewall },
    }));
    await lab.make("routeTables/halves", { properties: { routes: halves } });
    await lab.make(
      "virtualNetworks/spoke/subnets/gw",
      gatewaySubnetBody(lab, { routeTable: { id: lab.id("routeTables/halves") } }),
    );
    expect(await health()).toMatchObject({ health: "Unknown" });
    const manager = { name: "manager", properties: { addressPrefix: "GatewayManager", nextHopType: "Internet" } };
    await lab.make("routeTables/halves", { properties: { routes: [...halves, manager] } });
    expect(await health()).toMatchObject({ health: "Healthy" });
    await lab.make("virtualNetworks/spoke/subnets/gw", gatewaySubnetBody(lab));
  });
});
