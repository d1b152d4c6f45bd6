import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { isProhibited } from "../../local/azure/kubernetes/agic/prohibitedTargets.ts";
import { sharedGateway } from "../../local/azure/kubernetes/agic/sharedGateway.ts";
import { listField, numberField, objectField } from "../../local/azure/kubernetes/jsonFields.ts";

describe("isProhibited", () => {
  it.each([
    ["a.example", "", "a.example", "/*", true],
    ["A.Example", "/x", "a.example", "", true],
    ["b.example", "", "a.example", "/*", false],
    ["b.example", "/x", "", "/*", true],
    ["", "", "a.example", "/*", false],
    ["sub.a.example", "", "a.example", "", false],
    ["a.example", "/x", "a.example", "/x/*", true],
    ["a.example", "/x/*", "a.example", "/x/*", true],
    ["a.example", "/x/y/z", "a.example", "/x/*", true],
    ["a.example", "/xy", "a.example", "/x/*", false],
    ["a.example", "/x/z/q", "a.example", "/x/y/*", false],
    ["a.example", "", "a.example", "/x/*", false],
    ["a.example", "/X", "a.example", "/x", true],
    ["a.example", "/x/y", "a.example", "/x", false],
  ])("of %s%s by {%s, %s} is %5$s", (host, path, prohibitedHost, pattern, expected) => {
    expect(isProhibited({ host, path }, [{ host: prohibitedHost, path: pattern }])).toBe(expected);
  });
});

const GATEWAY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationGateways/gw";
const id = (collection: string, name: string) => ({ id: `${GATEWAY}/${collection}/${name}` });

/** The parts by which a controller with a prefix serves a host. */
function partsFor(prefix: string, host: string, priority: number, port = `${prefix}fp-80`) {
  const name = `${prefix}${host}`;
  const rule: JsonObject = {
    ruleType: "Basic",
    priority,
    httpListener: id("httpListeners", name),
    backendAddressPool: id("backendAddressPools", name),
    backendHttpSettings: id("backendHttpSettingsCollection", name),
  };
  const listener: JsonObject = {
    hostName: host,
    protocol: "Http",
    frontendPort: id("frontendPorts", port),
    frontendIPConfiguration: id("frontendIPConfigurations", "public"),
  };
  return {
    backendAddressPools: [{ name, properties: { backendAddresses: [{ ipAddress: "10.0.5.10" }] } }],
    backendHttpSettingsCollection: [{ name, properties: { port: 80, protocol: "Http", probe: id("probes", name) } }],
    probes: [{ name, properties: { protocol: "Http", path: "/", host } }],
    frontendPorts: [{ name: port, properties: { port: 80 } }],
    httpListeners: [{ name, properties: listener }],
    urlPathMaps: [] as JsonObject[],
    requestRoutingRules: [{ name, properties: rule }],
  };
}

type Parts = ReturnType<typeof partsFor>;

function joined(...all: readonly Parts[]): JsonObject {
  const collections = Object.keys(all[0] ?? {}) as (keyof Parts)[];
  const unique = (parts: readonly JsonObject[]) => [...new Map(parts.map((part) => [part.name, part])).values()];
  return Object.fromEntries(
    collections.map((name) => [name, unique(all.flatMap((parts) => parts[name] as JsonObject[]))]),
  );
}

/** One write of the controller `green-`, which serves green.example and is kept off blue.example. */
function write(properties: JsonObject) {
  return sharedGateway({
    gateway: { id: GATEWAY, body: { properties } },
    own: partsFor("green-", "green.example", 19_005),
    prohibited: [{ host: "blue.example", path: "/*" }],
    namePrefix: "green-",
  });
}

describe("sharedGateway", () => {
  const blue = partsFor("blue-", "blue.example", 19_005);
  // A gateway has each port number once.
  const stray = partsFor("old-", "old.example", 19_010, "blue-fp-80");

  it("leaves every part that leads to a prohibited target as it was read", () => {
    const written = write(joined(blue, stray));
    for (const collection of ["httpListeners", "requestRoutingRules", "backendAddressPools", "probes"] as const) {
      expect(written[collection]).toContainEqual(blue[collection][0]);
    }
  });

  it("removes what nobody is kept off", () => {
    expect(JSON.stringify(write(joined(blue, stray)))).not.toContain("old.example");
  });

  it("takes the port that is there, and the next free priority", () => {
    const written = write(joined(blue));
    expect(written.frontendPorts.map((port) => port.name)).toEqual(["blue-fp-80"]);
    expect(written.requestRoutingRules.map((rule) => numberField(rule, "properties", "priority"))).toEqual([
      19_005, 19_010,
    ]);
  });

  it("has nothing left to do when it reads what it wrote", () => {
    const once = write(joined(blue, stray));
    expect(write({ ...once })).toEqual(once);
  });

  it("writes the same for any order of what it reads", () => {
    const properties = joined(stray, blue);
    const reversed = Object.fromEntries(
      Object.keys(properties).map((name) => [name, listField(properties, name).toReversed()]),
    );
    expect(write(reversed)).toEqual(write(properties));
  });

  it("joins the path maps where both have paths of one host", () => {
    const map = (prefix: string, path: string) => ({
      name: `${prefix}map`,
      properties: {
        defaultBackendAddressPool: id("backendAddressPools", `${prefix}h.example`),
        defaultBackendHttpSettings: id("backendHttpSettingsCollection", `${prefix}h.example`),
        pathRules: [
          {
            name: `${prefix}pr-1`,
            properties: {
              paths: [path],
              backendAddressPool: id("backendAddressPools", `${prefix}h.example`),
              backendHttpSettings: id("backendHttpSettingsCollection", `${prefix}h.example`),
            },
          },
        ],
      },
    });
    const byPath = (prefix: string, path: string): Parts => {
      const parts = partsFor(prefix, "h.example", 19_005);
      const [rule] = parts.requestRoutingRules;
      const { httpListener, priority } = objectField(rule, "properties");
      const urlPathMap = id("urlPathMaps", `${prefix}map`);
      const properties: JsonObject = { ruleType: "PathBasedRouting", httpListener, priority, urlPathMap };
      return {
        ...parts,
        urlPathMaps: [map(prefix, path)],
        requestRoutingRules: [{ name: `${prefix}rule`, properties }],
      };
    };
    const written = sharedGateway({
      gateway: { id: GATEWAY, body: { properties: joined(byPath("blue-", "/b/*")) } },
      own: byPath("green-", "/g/*"),
      prohibited: [{ host: "h.example", path: "/b/*" }],
      namePrefix: "green-",
    });
    expect(written.requestRoutingRules.map((rule) => rule.name)).toEqual(["blue-rule"]);
    expect(written.httpListeners.map((listener) => listener.name)).toEqual(["blue-h.example"]);
    expect(written.urlPathMaps.map((one) => one.name)).toEqual(["blue-map"]);
    expect(
      listField(written.urlPathMaps[0], "properties", "pathRules").map((rule) => objectField(rule, "properties").paths),
    ).toEqual([["/b/*"], ["/g/*"]]);
  });
});
