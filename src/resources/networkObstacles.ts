/** What of the networks as they are is in the way: who else is in a subnet, what hangs on it, who is peered with it. */
import { overlaps, parsePrefix } from "../domain/addressPrefix.ts";
import { sameName } from "../domain/environmentMemory.ts";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { pluginManners } from "../domain/networkPlugin.ts";
import { ENVIRONMENT_TAG, ids } from "../domain/resourceNames.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import type { Survey } from "./survey.ts";

/** A subnet as its network's document shows it. */
export function subnetOf(network: JsonObject | undefined, name: string): JsonObject | undefined {
  return objectsAt(network, "properties.subnets").find((subnet) => sameName(String(subnet.name), name));
}

export function networkObstacles(survey: Survey, spec: EnvironmentSpec): readonly Failure[] {
  return [
    ...gatewaySubnetObstacles(survey, spec),
    ...clusterSubnetObstacles(survey, spec),
    ...peeringObstacles(survey.hubNetwork, spec, "hub"),
    ...peeringObstacles(survey.spokeNetwork, spec, "spoke"),
  ];
}

/** Source: learn.microsoft.com/azure/application-gateway/configuration-infrastructure (dedicated subnet, supported routes), checked 2026-11. */
function gatewaySubnetObstacles(survey: Survey, spec: EnvironmentSpec): readonly Failure[] {
  const { subnet } = spec.gateway;
  const resourceId = ids.gatewaySubnet(spec);
  const users = usersOf(subnetOf(survey.spokeNetwork, subnet)).filter((id) => !/\/applicationGateways\//i.test(id));
  const table = survey.gatewaySubnetTable;
  const defaultRoute = objectsAt(table, "properties.routes").find(
    (route) =>
      textAt(route, "properties.addressPrefix") === "0.0.0.0/0" &&
      textAt(route, "properties.nextHopType") !== "Internet",
  );
  return [
    ...inUse(users, `The subnet ${subnet} is to be the gateway's, which shares it with nothing else`, resourceId),
    ...(defaultRoute === undefined
      ? []
      : [
          {
            code: "DefaultRouteOnGatewaySubnet",
            message: `The route table ${table?.name} on the gateway's subnet ${subnet} leads 0.0.0.0/0 to ${textAt(defaultRoute, "properties.nextHopType")} by its route ${defaultRoute.name}; Azure takes an Application Gateway only where that leads to the Internet.`,
            resourceId,
            advice: `Take the route out of the table or the table off ${subnet}; the nodes' way through the firewall is in a table of their own.`,
          },
        ]),
    ...(pluginManners[spec.cluster.networkPlugin].podRoutes
      ? foreignTable(table, ids.gatewayRouteTable(spec), { spec, subnet, resourceId })
      : []),
  ];
}

function clusterSubnetObstacles(survey: Survey, spec: EnvironmentSpec): readonly Failure[] {
  const { subnet, nodeGroupName } = spec.cluster;
  const resourceId = ids.clusterSubnet(spec);
  const found = subnetOf(survey.spokeNetwork, subnet);
  const nodes = `/resourcegroups/${(textAt(survey.cluster, "properties.nodeResourceGroup") ?? nodeGroupName).toLowerCase()}/`;
  const users = usersOf(found).filter((id) => !id.toLowerCase().includes(nodes));
  const delegation = objectsAt(found, "properties.delegations")[0];
  return [
    ...inUse(users, `The subnet ${subnet} is to be the cluster's alone`, resourceId),
    ...(delegation === undefined
      ? []
      : [
          {
            code: "SubnetIsDelegated",
            message: `The subnet ${subnet} is delegated to ${textAt(delegation, "properties.serviceName") ?? delegation.name}; AKS puts no nodes into it.`,
            resourceId,
            advice: "Take the delegation off, or name another subnet of the spoke in a new ticket.",
          },
        ]),
    // Of a cluster that stands it is put right: its own table was replaced.
    ...(survey.cluster === undefined
      ? foreignTable(survey.clusterSubnetTable, ids.routeTable(spec), { spec, subnet, resourceId })
      : []),
  ];
}

function inUse(users: readonly string[], why: string, resourceId: string): readonly Failure[] {
  if (users.length === 0) return [];
  const names = [...new Set(users.map(ownerOf))];
  return [
    {
      code: "SubnetIsInUse",
      message: `${why}, and ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""} ${names.length === 1 ? "is" : "are"} in it.`,
      resourceId,
      advice: "Move them out, or name another subnet of the spoke in a new ticket.",
    },
  ];
}

/** "virtualMachineScaleSets aks-pool" out of the id of an address configuration. */
function ownerOf(configurationId: string): string {
  const [, type = "resource", name = configurationId] =
    /\/providers\/[^/]+\/([^/]+)\/([^/]+)/i.exec(configurationId) ?? [];
  return `${type} ${name}`;
}

/** A subnet has one table: ours would silently take the place of somebody else's. */
function foreignTable(
  table: JsonObject | undefined,
  ownId: string,
  {
    spec,
    subnet,
    resourceId,
  }: { readonly spec: EnvironmentSpec; readonly subnet: string; readonly resourceId: string },
): readonly Failure[] {
  const isOurs =
    table === undefined ||
    sameName(String(table.id), ownId) ||
    (isJsonObject(table.tags) && table.tags[ENVIRONMENT_TAG] === spec.name);
  if (isOurs) return [];
  return [
    {
      code: "SubnetHasAnotherRouteTable",
      message: `The subnet ${subnet} has the route table ${table.name} already, and a subnet takes one only.`,
      resourceId,
      advice: `Take ${table.name} off ${subnet} where nobody needs it, or name another subnet of the spoke in a new ticket.`,
    },
  ];
}

/** Networks that are peered with one network must not overlap; nor may pods and services, in the node's own network and its peers. */
function peeringObstacles(
  network: JsonObject | undefined,
  spec: EnvironmentSpec,
  which: "hub" | "spoke",
): readonly Failure[] {
  const { name, peeringName } = spec[which];
  const partner = which === "hub" ? ids.spoke(spec) : ids.hub(spec);
  const resourceId = which === "hub" ? ids.hub(spec) : ids.spoke(spec);
  return objectsAt(network, "properties.virtualNetworkPeerings").flatMap((peering): readonly Failure[] => {
    const remote = textAt(peering, "properties.remoteVirtualNetwork.id") ?? "";
    if (sameName(remote, partner)) return [];
    const remoteName = remote.split("/").at(-1) ?? remote;
    const taken: Failure = {
      code: "PeeringNameIsTaken",
      message: `The network ${name} has a peering ${peeringName} already, which leads to ${remoteName}.`,
      resourceId,
      advice: "Give the peering another name in a new ticket.",
    };
    const clashes = comingRanges(spec, which).flatMap(({ text, owner }) => {
      const clash = remotePrefixes(peering).find((prefix) => overlapping(prefix, text));
      return clash === undefined ? [] : [`${text} of ${owner} overlaps ${clash} of it`];
    });
    const overlapped: Failure = {
      code: "PeeredNetworkOverlaps",
      message: `The network ${name} is peered with ${remoteName}, and ${clashes.join(", ")}.`,
      resourceId,
      advice: `Ask for other ranges in a new ticket, or take the peering ${peering.name} away.`,
    };
    return [
      ...(sameName(String(peering.name), peeringName) ? [taken] : []),
      ...(clashes.length === 0 ? [] : [overlapped]),
    ];
  });
}

/** Ranges that come to be reachable from a network with this ticket. */
function comingRanges(
  { hub, spoke, cluster }: EnvironmentSpec,
  which: "hub" | "spoke",
): readonly { readonly text: string; readonly owner: string }[] {
  if (which === "hub") return spoke.addressPrefixes.map((text) => ({ text, owner: `the spoke ${spoke.name}` }));
  return [
    ...hub.addressPrefixes.map((text) => ({ text, owner: `the hub ${hub.name}` })),
    ...(cluster.podCidr === undefined ? [] : [{ text: cluster.podCidr, owner: `the pods of ${cluster.name}` }]),
    { text: cluster.serviceCidr, owner: `the services of ${cluster.name}` },
  ];
}

function remotePrefixes(peering: JsonObject): readonly string[] {
  const prefixes =
    jsonAt(peering, "properties.remoteAddressSpace.addressPrefixes") ??
    jsonAt(peering, "properties.remoteVirtualNetworkAddressSpace.addressPrefixes");
  return isJsonArray(prefixes) ? prefixes.map(String) : [];
}

function overlapping(left: string, right: string): boolean {
  const [one, other] = [parsePrefix(left), parsePrefix(right)];
  return one !== undefined && other !== undefined && overlaps(one, other);
}

function usersOf(subnet: JsonObject | undefined): readonly string[] {
  return ["properties.ipConfigurations", "properties.privateEndpoints"].flatMap((path) =>
    objectsAt(subnet, path).flatMap(({ id }) => (typeof id === "string" ? [id] : [])),
  );
}

function objectsAt(value: Json | undefined, path: string): readonly JsonObject[] {
  const found = jsonAt(value, path);
  return isJsonArray(found) ? found.filter(isJsonObject) : [];
}
