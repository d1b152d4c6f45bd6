/** Whether an environment can stand behind a gateway that somebody else runs, and what follows from it. */
import type { GatewayFacts, SurveyInput } from "../domain/adoptionSurvey.ts";
import { nameOfId, parentOfId, sameId } from "../domain/armId.ts";
import type { EnvironmentSpec, SubnetSpec } from "../domain/environmentSpec.ts";
import { clusterLabel } from "../domain/gatewayShare.ts";
import { type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { called, commonFindings, objectsAt, prefixesOf, subnetPrefixOf } from "./adoptedResource.ts";
import { foreignListeners, hostsOf, wouldBeLost } from "./foreignParts.ts";
import { CONTROLLER_TAG, nameOf } from "./gatewayRelease.ts";

export interface GatewayDocuments {
  readonly gateway: JsonObject;
  readonly virtualNetwork: JsonObject;
  readonly publicIp: JsonObject;
  readonly wafPolicy: JsonObject;
}

/** The resources that a gateway leads to; undefined where it leads nowhere. */
export function placesOfGateway(gateway: JsonObject) {
  const first = (collection: string, path: string): string | undefined =>
    objectsAt(gateway, `properties.${collection}`)
      .map((each) => textAt(each, path))
      .find((text) => text !== undefined);
  const subnetId = first("gatewayIPConfigurations", "properties.subnet.id");
  return {
    subnetId,
    virtualNetworkId: subnetId === undefined ? undefined : parentOfId(subnetId),
    publicIpId: first("frontendIPConfigurations", "properties.publicIPAddress.id"),
    wafPolicyId: textAt(gateway, "properties.firewallPolicy.id"),
  };
}

/** What can be said of the gateway before anything that it leads to is read. */
export function gatewayFindings(id: string, gateway: JsonObject, input: SurveyInput): readonly string[] {
  const what = called("gateway", id);
  const tier = textAt(gateway, "properties.sku.tier");
  const running = textAt(gateway, "properties.operationalState") ?? "Running";
  const { publicIpId, wafPolicyId, subnetId } = placesOfGateway(gateway);
  const isControlled = jsonAt(gateway, `tags.${CONTROLLER_TAG}`) !== undefined;
  return [
    ...commonFindings(what, gateway, input.spec),
    ...(tier === "WAF_v2" ? [] : [`${what} is of the tier ${tier}; it must be WAF_v2.`]),
    ...(running === "Running" ? [] : [`${what} is ${running}; have it started first.`]),
    ...(wafPolicyId === undefined ? [`${what} has no WAF policy; have one attached first.`] : []),
    ...(subnetId === undefined ? [`${what} names no subnet.`] : []),
    ...(publicIpId === undefined ? [`${what} has no public address, which requests come in by.`] : []),
    ...(isControlled && !input.hasWorkedThere
      ? [
          `${what} is written by another ingress controller, as its tag ${CONTROLLER_TAG} says: the two would take each other's listeners away. Name another gateway, or take the tag off if that controller is gone.`,
        ]
      : []),
    ...wouldBeLost(what, gateway, input),
  ];
}

/** All that is in the way in what the gateway leads to. */
export function spokeFindings(documents: GatewayDocuments, input: SurveyInput): readonly string[] {
  const { gateway, virtualNetwork, publicIp, wafPolicy } = documents;
  const { spec } = input;
  const places = placesOfGateway(gateway);
  const wafName = called("WAF policy", places.wafPolicyId ?? "");
  const wafState = textAt(wafPolicy, "properties.policySettings.state") ?? "Enabled";
  return [
    ...commonFindings(called("virtual network", places.virtualNetworkId ?? ""), virtualNetwork, spec),
    ...commonFindings(called("public address", places.publicIpId ?? ""), publicIp, spec),
    ...commonFindings(wafName, wafPolicy, spec),
    ...(wafState === "Enabled" ? [] : [`${wafName} is ${wafState}; requests would come in unchecked.`]),
    ...(textAt(publicIp, "properties.ipAddress") === undefined
      ? [`${called("public address", places.publicIpId ?? "")} has no address yet.`]
      : []),
    ...(spec.adopt?.clusterSubnets ?? []).flatMap((id) => subnetFindings(id, documents, input)),
    ...hostFindings(documents, input),
  ];
}

/** A subnet for nodes: in the gateway's network, nobody's but the environment's. */
function subnetFindings(
  id: string,
  { gateway, virtualNetwork }: GatewayDocuments,
  input: SurveyInput,
): readonly string[] {
  const what = called("subnet", id);
  const { subnetId, virtualNetworkId = "" } = placesOfGateway(gateway);
  if (!sameId(parentOfId(id), virtualNetworkId))
    return [`${what} is not in ${nameOfId(virtualNetworkId)}, the network of the gateway.`];
  if (sameId(id, subnetId ?? "")) return [`${what} is the gateway's own, which it shares with nothing else.`];
  const subnet = subnetNamed(virtualNetwork, nameOfId(id));
  if (subnet === undefined) return [`${what} does not exist in ${nameOfId(virtualNetworkId)}; have it made first.`];
  const table = textAt(subnet, "properties.routeTable.id");
  const delegations = objectsAt(subnet, "properties.delegations");
  const users = [
    ...objectsAt(subnet, "properties.ipConfigurations"),
    ...objectsAt(subnet, "properties.privateEndpoints"),
  ];
  const user = textAt(users[0], "id");
  if (input.hasWorkedThere) return [];
  return [
    ...(subnetPrefixOf(subnet) === undefined ? [`${what} has no IPv4 prefix.`] : []),
    ...(delegations.length === 0
      ? []
      : [`${what} is delegated to ${textAt(delegations[0], "properties.serviceName")}, and takes no nodes.`]),
    ...(table === undefined ? [] : [`${what} has the route table ${table}; a cluster needs to put its own there.`]),
    ...(users.length === 0 ? [] : [`${what} is in use by ${user}; a cluster needs a subnet of its own.`]),
  ];
}

/** A host has one listener. */
function hostFindings({ gateway, publicIp }: GatewayDocuments, { spec, clusters }: SurveyInput): readonly string[] {
  const address = textAt(publicIp, "properties.ipAddress") ?? "";
  const wanted = [
    spec.application.host ?? `${address}.nip.io`,
    ...clusters.map((cluster) => `${clusterLabel(cluster)}.${address}.nip.io`),
  ];
  return foreignListeners(gateway, clusters).flatMap((listener) =>
    hostsOf(listener)
      .filter((host) => wanted.includes(host.toLowerCase()))
      .map(
        (host) =>
          `The listener ${nameOf(listener)} answers for ${host} already, which is to be the environment's; name another environment.application.host.`,
      ),
  );
}

/** What follows from the gateway for the environment; undefined while something is missing that a finding names. */
export function gatewayFacts(documents: GatewayDocuments, { spec, clusters }: SurveyInput): GatewayFacts | undefined {
  const { gateway, virtualNetwork, publicIp } = documents;
  const { subnetId, virtualNetworkId, publicIpId, wafPolicyId } = placesOfGateway(gateway);
  const publicIpAddress = textAt(publicIp, "properties.ipAddress");
  if (subnetId === undefined || virtualNetworkId === undefined) return undefined;
  if (publicIpId === undefined || wafPolicyId === undefined || publicIpAddress === undefined) return undefined;
  const names = [nameOfId(subnetId), ...(spec.adopt?.clusterSubnets ?? []).map(nameOfId)];
  return {
    found: { virtualNetworkId, publicIpId, wafPolicyId, foreignHosts: foreignHosts(gateway, clusters) },
    publicIpAddress,
    spoke: {
      name: nameOfId(virtualNetworkId),
      addressPrefixes: prefixesOf(virtualNetwork, "properties.addressSpace.addressPrefixes"),
      subnets: names.flatMap((name) => subnetSpec(virtualNetwork, name)),
    },
    gateway: {
      publicIpName: nameOfId(publicIpId),
      wafPolicyName: nameOfId(wafPolicyId),
      subnet: nameOfId(subnetId),
      ...capacityOf(gateway, spec),
    },
  };
}

function foreignHosts(gateway: JsonObject, clusters: readonly string[]): readonly string[] {
  return [...new Set(foreignListeners(gateway, clusters).flatMap(hostsOf))].sort();
}

function subnetSpec(virtualNetwork: JsonObject, name: string): readonly SubnetSpec[] {
  const subnet = subnetNamed(virtualNetwork, name);
  const addressPrefix = subnet === undefined ? undefined : subnetPrefixOf(subnet);
  return addressPrefix === undefined ? [] : [{ name, addressPrefix }];
}

function subnetNamed(virtualNetwork: JsonObject, name: string): JsonObject | undefined {
  return objectsAt(virtualNetwork, "properties.subnets").find((each) => sameId(nameOf(each), name));
}

/** Autoscaling bounds, or the fixed number of instances twice. */
function capacityOf(gateway: JsonObject, { gateway: assumed }: EnvironmentSpec) {
  const numberAt = (path: string): number | undefined => {
    const value = jsonAt(gateway, path);
    return typeof value === "number" ? value : undefined;
  };
  const fixed = numberAt("properties.sku.capacity");
  const bounds = "properties.autoscaleConfiguration";
  return {
    minCapacity: numberAt(`${bounds}.minCapacity`) ?? fixed ?? assumed.minCapacity,
    maxCapacity: numberAt(`${bounds}.maxCapacity`) ?? fixed ?? assumed.maxCapacity,
  };
}
