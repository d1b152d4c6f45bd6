import { describe, expect, it } from "vitest";
import { gatewayRouteName, isRouteOf } from "../../src/domain/gatewayRouteName.ts";
import {
  applyRouteChanges,
  diffGatewayRoutes,
  gatewayRoutes,
  isUnchanged,
  type PodRoute,
  podRoutes,
  type RouteChanges,
} from "../../src/domain/gatewayRoutes.ts";
import { type JsonObject, textAt } from "../../src/domain/json.ts";
import { SeededRandom } from "./seededRandom.ts";

const SEEDS = 500;
const CLUSTER = "aks1";
const place = { podCidr: "10.244.0.0/16", nodePrefix: "10.0.5.0/24" };

const armRoute = (name: string, addressPrefix: string, hop: string, nextHopType = "VirtualAppliance"): JsonObject => ({
  name,
  id: `/subscriptions/s/routes/${name}`,
  properties: { addressPrefix, nextHopType, nextHopIpAddress: hop, provisioningState: "Succeeded" },
});

/** A cluster's table and a gateway's table as it may have become: right, stale, moved and foreign routes. */
function randomTables(seed: number) {
  const random = new SeededRandom(seed);
  const nodes = Array.from({ length: random.below(12) }, (_, index) => index);
  const source = nodes.map((node) =>
    armRoute(`aks-pool-1-vmss00000${node}`, `10.244.${node}.0/24`, `10.0.5.${4 + node}`),
  );
  const wanted = gatewayRoutes(CLUSTER, podRoutes(source, place)).routes;
  const ours = wanted.flatMap((route): JsonObject[] => {
    const { name, addressPrefix, nextHopIpAddress: hop } = route;
    switch (random.below(5)) {
      case 0:
        return [];
      case 1:
        return [armRoute(name.toUpperCase(), addressPrefix, hop)];
      case 2:
        return [armRoute(name, addressPrefix, "10.0.5.99")];
      case 3:
        return [armRoute(name, addressPrefix, hop, "None")];
      default:
        return [armRoute(name, addressPrefix, hop)];
    }
  });
  const stale = Array.from({ length: random.below(4) }, (_, index) =>
    armRoute(`${CLUSTER}_gone${index}`, `10.244.${100 + index}.0/24`, `10.0.5.${100 + index}`),
  );
  const foreign = [
    armRoute("to-premises", "192.168.0.0/16", "10.0.0.4"),
    armRoute(`${CLUSTER}_b_aks-pool-9-vmss000000`, "10.245.0.0/24", "10.0.6.4"),
    armRoute("aks10_aks-pool-7-vmss000000", "10.246.0.0/24", "10.0.7.4"),
  ].slice(0, random.below(4));
  return { source, wanted, foreign, current: random.shuffled([...ours, ...stale, ...foreign]), random };
}

const cases = Array.from({ length: SEEDS }, (_, index) => ({ seed: index + 1, ...randomTables(index + 1) }));

describe("diffGatewayRoutes", () => {
  it("has nothing to do on equal input, whatever the casing of names", () => {
    for (const { seed, wanted, foreign } of cases) {
      const current = wanted.map(({ name, addressPrefix, nextHopIpAddress }) =>
        armRoute(seed % 2 === 0 ? name : name.toUpperCase(), addressPrefix, nextHopIpAddress),
      );
      expect(isUnchanged(diffOwn([...foreign, ...current], wanted)), `seed ${seed}`).toBe(true);
    }
  });

  it("leaves routes that it does not own untouched", () => {
    for (const { seed, wanted, foreign, current } of cases) {
      const after = applyRouteChanges(current, diffOwn(current, wanted));
      for (const route of foreign) expect(after, `seed ${seed}`).toContain(route);
    }
  });

  it("converges in one pass, on exactly the wanted routes", () => {
    for (const { seed, wanted, current } of cases) {
      const after = applyRouteChanges(current, diffOwn(current, wanted));
      expect(isUnchanged(diffOwn(after, wanted)), `seed ${seed}`).toBe(true);
      expect(ownRoutes(after), `seed ${seed}`).toEqual(wanted.map(inOneLine).sort());
    }
  });

  it("says the same for shuffled input", () => {
    for (const { seed, source, wanted, current, random } of cases) {
      const other = gatewayRoutes(CLUSTER, podRoutes(random.shuffled(source), place)).routes;
      expect(other, `seed ${seed}`).toEqual(wanted);
      expect(diffOwn(random.shuffled(current), random.shuffled(wanted)), `seed ${seed}`).toEqual(
        diffOwn(current, wanted),
      );
    }
  });

  it("follows nodes that have swapped their ranges and kept their names", () => {
    const [first, second] = [
      wantedRoute("a", "10.244.0.0/24", "10.0.5.4"),
      wantedRoute("b", "10.244.1.0/24", "10.0.5.5"),
    ];
    const current = [
      armRoute(first.name, second.addressPrefix, "10.0.5.4"),
      armRoute(second.name, first.addressPrefix, "10.0.5.5"),
    ];
    const changes = diffOwn(current, [first, second]);
    expect(changes).toMatchObject({ added: [], removed: [], changed: [first, second] });
    expect(ownRoutes(applyRouteChanges(current, changes))).toEqual([first, second].map(inOneLine));
  });

  it("takes somebody else's route that leads right for enough", () => {
    const wanted = [wantedRoute("a", "10.244.0.0/24", "10.0.5.4")];
    expect(isUnchanged(diffOwn([armRoute("a", "10.244.0.0/24", "10.0.5.4")], wanted))).toBe(true);
  });

  it("names somebody else's route that leads the same pods elsewhere, and writes no second one for them", () => {
    const wanted = [wantedRoute("a", "10.244.0.0/24", "10.0.5.4")];
    const changes = diffOwn([armRoute("by-hand", "10.244.0.0/24", "10.0.5.9")], wanted);
    expect(changes).toEqual({ added: [], changed: [], removed: [], blocked: [{ route: wanted[0], by: "by-hand" }] });
    expect(isUnchanged(changes)).toBe(false);
  });
});

describe("podRoutes", () => {
  it.each([
    ["the default route", armRoute("dzk8sfw1", "0.0.0.0/0", "10.0.0.4")],
    ["a default route to a node", armRoute("x", "0.0.0.0/0", "10.0.5.4")],
    ["a prefix around the pods", armRoute("x", "10.244.0.0/15", "10.0.5.4")],
    ["a prefix beside the pods", armRoute("x", "10.245.0.0/24", "10.0.5.4")],
    ["a next hop outside of the node subnet", armRoute("x", "10.244.0.0/24", "10.0.6.4")],
    ["another type of next hop", armRoute("x", "10.244.0.0/24", "10.0.5.4", "VnetLocal")],
    ["a service tag", armRoute("x", "AzureCloud", "10.0.5.4")],
    ["no next hop", { name: "x", properties: { addressPrefix: "10.244.0.0/24", nextHopType: "VirtualAppliance" } }],
  ])("leave out %s", (_name, route) => {
    expect(podRoutes([route], place)).toEqual([]);
  });

  it("leave out a default route even where every address is a pod's", () => {
    expect(podRoutes([armRoute("x", "0.0.0.0/0", "10.0.5.4")], { ...place, podCidr: "0.0.0.0/0" })).toEqual([]);
  });

  it("are the routes to nodes", () => {
    expect(podRoutes([armRoute("n", "10.244.3.0/24", "10.0.5.7", "virtualappliance")], place)).toEqual([
      { name: "n", addressPrefix: "10.244.3.0/24", nextHopIpAddress: "10.0.5.7" },
    ]);
  });
});

describe("gatewayRouteName", () => {
  it("is cluster and route, and known to be that cluster's alone", () => {
    const name = gatewayRouteName("secureaks1", "aks-nodepool1-12345678-vmss000000");
    expect(name).toBe("secureaks1_aks-nodepool1-12345678-vmss000000");
    expect(
      ["secureaks1", "SecureAks1", "secureaks", "secureaks1_aks", "secureaks2"].filter((cluster) =>
        isRouteOf(cluster, name),
      ),
    ).toEqual(["secureaks1", "SecureAks1"]);
  });

  it("keeps the routes of clusters apart of which one is named like the beginning of the other", () => {
    const name = gatewayRouteName("a_b", "node");
    expect(isRouteOf("a_b", name)).toBe(true);
    expect(isRouteOf("a", name)).toBe(false);
  });

  it("fits into Azure's 80 characters, keeps its owner, and stays unique", () => {
    const cluster = "c".repeat(63);
    const names = ["aks-nodepool1-12345678-vmss000000", "aks-nodepool1-12345678-vmss000001", "n".repeat(80)].map(
      (route) => gatewayRouteName(cluster, route),
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) {
      expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,78}[A-Za-z0-9_]$/);
      expect(isRouteOf(cluster, name)).toBe(true);
    }
  });

  it("gives names of dual stack, which have underscores, the same owner", () => {
    const names = ["n____10-244-0-0-24", "n____fd00--64"].map((route) => gatewayRouteName("a", route));
    expect(new Set(names).size).toBe(2);
    expect(names.every((name) => isRouteOf("a", name))).toBe(true);
  });
});

describe("applyRouteChanges", () => {
  it("refuses to lead the gateway's way out through an appliance", () => {
    const route = { name: "aks1_x", addressPrefix: "0.0.0.0/0", nextHopIpAddress: "10.0.5.4" };
    expect(() => applyRouteChanges([], { added: [route], changed: [], removed: [], blocked: [] })).toThrow(
      "aks1_x for 0.0.0.0/0 may not be in the table of a gateway's subnet",
    );
  });
});

function diffOwn(current: readonly JsonObject[], routes: readonly PodRoute[]): RouteChanges {
  return diffGatewayRoutes(current, [{ cluster: CLUSTER, routes }]);
}

function wantedRoute(node: string, addressPrefix: string, nextHopIpAddress: string): PodRoute {
  return { name: gatewayRouteName(CLUSTER, node), addressPrefix, nextHopIpAddress };
}

function inOneLine({ name, addressPrefix, nextHopIpAddress }: PodRoute): string {
  return `${name.toLowerCase()} ${addressPrefix} ${nextHopIpAddress}`;
}

function ownRoutes(routes: readonly JsonObject[]): readonly string[] {
  return routes
    .filter((route) => isRouteOf(CLUSTER, textAt(route, "name") ?? ""))
    .map((route) =>
      [
        textAt(route, "name")?.toLowerCase(),
        textAt(route, "properties.addressPrefix"),
        textAt(route, "properties.nextHopIpAddress"),
      ].join(" "),
    )
    .sort();
}
