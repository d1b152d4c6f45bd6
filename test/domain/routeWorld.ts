import { gatewayRouteName } from "../../src/domain/gatewayRouteName.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { ClusterTruths, NodeTruth, RouteTruths } from "../../src/domain/routeTruths.ts";
import { SeededRandom } from "./seededRandom.ts";

export const NOW = "2026-11-12T12:00:00.000Z";
export const nowEpochMs = Date.parse(NOW);
export const OLD = "2026-11-12T08:00:00.000Z";
export const YOUNG = "2026-11-12T11:58:00.000Z";

const group = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network";
export const gatewaySubnetId = `${group}/virtualNetworks/k8snet/subnets/gw-1-subnet`;
export const tableId = (name: string): string => `${group}/routeTables/${name}`;

export const armRoute = (name: string, addressPrefix: string, hop: string, more: JsonObject = {}): JsonObject => ({
  name,
  id: `${group}/routeTables/rt/routes/${name}`,
  properties: {
    addressPrefix,
    nextHopType: "VirtualAppliance",
    nextHopIpAddress: hop,
    provisioningState: "Succeeded",
    ...more,
  },
});

export const armTable = (routes: readonly JsonObject[]): JsonObject => ({ properties: { routes } });

export const gatewayTable = (routes: readonly JsonObject[]): RouteTruths["gatewayTable"] => ({
  id: tableId("gw-rt"),
  body: { properties: { routes, subnets: [{ id: gatewaySubnetId.toUpperCase() }] } },
});

export const managedCluster = (count: number, more: JsonObject = {}): JsonObject => ({
  properties: {
    provisioningState: "Succeeded",
    networkProfile: { networkPlugin: "kubenet" },
    agentPoolProfiles: [{ name: "pool", count, provisioningState: "Succeeded" }],
    ...more,
  },
});

export const overlay: JsonObject = { networkProfile: { networkPlugin: "azure", networkPluginMode: "overlay" } };

/** A node of the cluster number `at`, and the way to its pods. */
export function node(at: number, index: number, more: Partial<NodeTruth> = {}): NodeTruth {
  const number = String(index).padStart(6, "0");
  return {
    name: `aks-pool${at}-12345678-vmss${number}`,
    address: `10.0.${5 + at}.${4 + index}`,
    createdAt: OLD,
    provisioningState: "Succeeded",
    ...more,
  };
}

/** The routes to these nodes, in a table of the cluster's own or under names for the gateway's. */
export function routesTo(nodes: readonly NodeTruth[], at: number, cluster?: string): readonly JsonObject[] {
  return nodes.map(({ name, address }, index) =>
    armRoute(cluster === undefined ? name : `${cluster}_${name}`, `10.${100 + at}.${index}.0/24`, address),
  );
}

/** The cluster number `at` with everything in order. */
export function clusterOf(
  name: string,
  at: number,
  nodes: readonly NodeTruth[],
): ClusterTruths & {
  readonly nodes: readonly NodeTruth[];
} {
  const defaultRoute = armRoute("fw", "0.0.0.0/0", "10.0.0.4");
  return {
    cluster: name,
    place: { podCidr: `10.${100 + at}.0.0/16`, nodePrefix: `10.0.${5 + at}.0/24` },
    managedCluster: managedCluster(nodes.length),
    nodes,
    sourceTable: { id: tableId(`${name}-rt`), body: armTable([defaultRoute, ...routesTo(nodes, at)]) },
  };
}

/** A gateway and its clusters in order, all equal. */
export function orderlyWorld(...sizes: readonly number[]): RouteTruths {
  const clusters = sizes.map((size, at) =>
    clusterOf(
      `aks${at}`,
      at,
      Array.from({ length: size }, (_, index) => node(at, index)),
    ),
  );
  const routes = clusters.flatMap(({ cluster, nodes }, at) => routesTo(nodes, at, cluster));
  return { gatewayTable: gatewayTable(routes), gatewaySubnetId, clusters };
}

const clusterNames = ["aks1", "AKS10", "aks_b", `long-${"c".repeat(58)}`];

/** A world in which much has gone wrong: routes late, lost, stale, moved, made by hand, clusters that left. */
export function randomWorld(seed: number): RouteTruths {
  const random = new SeededRandom(seed);
  // Half of the worlds are nearly right, as worlds are; in the other half anything may be.
  const chance = seed % 2 === 0 ? 20 : 4;
  const isRare = (): boolean => random.below(chance) === 0;
  const pairs = clusterNames.slice(0, 1 + random.below(4)).map((name, at) => randomCluster(name, at, random, isRare));
  const foreign = [
    armRoute("to-premises", "192.168.0.0/16", "10.0.0.4", { note: "not ours" }),
    armRoute("aks1_b_c", "10.200.0.0/24", "10.0.0.9"),
    armRoute("aks", "10.201.0.0/24", "10.0.0.9"),
    armRoute("default", "0.0.0.0/0", "", { nextHopType: "Internet" }),
    ...(isRare() ? [armRoute("by-hand", "10.100.0.0/24", "10.0.5.99")] : []),
  ].slice(random.below(3));
  const routes = uniquePrefixes([...foreign, ...pairs.flatMap(({ gateway }) => gateway)]);
  return {
    gatewayTable: gatewayTable(random.shuffled(routes)),
    gatewaySubnetId,
    clusters: pairs.map(({ truths }) => truths),
  };
}

function randomCluster(name: string, at: number, random: SeededRandom, isRare: () => boolean) {
  const nodes = Array.from({ length: random.below(8) }, (_, index) =>
    node(at, index, {
      createdAt: random.below(4) === 0 ? YOUNG : OLD,
      provisioningState: isRare() ? "Deleting" : "Succeeded",
    }),
  );
  const { managedCluster: managed, sourceTable, ...rest } = clusterOf(name, at, nodes);
  const ranges = random.shuffled(Array.from({ length: 30 }, (_, range) => range));
  const gone = Array.from({ length: random.below(3) }, (_, index) => node(at, 20 + index));
  const source = [...nodes, ...(isRare() ? gone : [])].flatMap((each, index): JsonObject[] => {
    if (isRare()) return [];
    const route = armRoute(each.name, `10.${100 + at}.${ranges[index]}.0/24`, each.address);
    const twin = armRoute(each.name.toUpperCase(), `10.${100 + at}.${ranges[index + 15]}.0/24`, each.address);
    return isRare() ? [route, twin] : [route];
  });
  const gateway = [...nodes, ...gone].flatMap((each, index) => {
    const own = gatewayRouteName(name, each.name);
    const prefix = `10.${100 + at}.${ranges[isRare() ? index + 5 : index]}.0/24`;
    if (isRare()) return [];
    if (isRare()) return [armRoute(own.toUpperCase(), prefix, each.address)];
    if (isRare()) return [armRoute(own, prefix, `10.0.${5 + at}.99`)];
    if (isRare()) return [armRoute(own, prefix, "", { nextHopType: "None" })];
    if (isRare())
      return [armRoute(own, prefix, each.address), armRoute(own.toUpperCase(), `10.${100 + at}.99.0/24`, each.address)];
    return [armRoute(own, prefix, each.address)];
  });
  const body = armTable(random.shuffled([armRoute("fw", "0.0.0.0/0", "10.0.0.4"), ...source]));
  const truths: ClusterTruths = {
    ...rest,
    ...(isRare() ? {} : { managedCluster: isRare() ? managedCluster(nodes.length, overlay) : (managed ?? {}) }),
    nodes,
    sourceTable: isRare() ? { id: sourceTable.id } : { ...sourceTable, body },
  };
  if (!isRare()) return { truths, gateway };
  const { nodes: _, ...blind } = truths;
  return { truths: blind, gateway };
}

/** Azure takes one route for a prefix (RouteConflict). */
function uniquePrefixes(routes: readonly JsonObject[]): readonly JsonObject[] {
  const prefix = ({ properties }: JsonObject): string => JSON.stringify((properties as JsonObject).addressPrefix);
  return routes.filter((route, index) => routes.findIndex((other) => prefix(other) === prefix(route)) === index);
}

/** The same world, everything in another order. */
export function shuffledWorld(truths: RouteTruths, random: SeededRandom): RouteTruths {
  return {
    ...truths,
    gatewayTable: shuffledTable(truths.gatewayTable, random),
    clusters: random.shuffled(truths.clusters).map((cluster) => ({
      ...cluster,
      ...(cluster.nodes === undefined ? {} : { nodes: random.shuffled(cluster.nodes) }),
      sourceTable: shuffledTable(cluster.sourceTable, random),
    })),
  };
}

function shuffledTable<Table extends RouteTruths["gatewayTable"]>(table: Table, random: SeededRandom): Table {
  if (table.body === undefined) return table;
  const properties = table.body.properties as JsonObject;
  return {
    ...table,
    body: { ...table.body, properties: { ...properties, routes: random.shuffled(properties.routes as JsonObject[]) } },
  };
}

/** The world after the gateway's table was written. */
export function written(truths: RouteTruths, routes: readonly JsonObject[] | undefined): RouteTruths {
  return routes === undefined ? truths : { ...truths, gatewayTable: gatewayTable(routes) };
}
