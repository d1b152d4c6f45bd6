/** What keeps an order from being carried out on the environment that stands; said at the door, and once more when its turn has come. */

import { addedCluster, type ClusterRequest } from "./addedCluster.ts";
import { sameAdoption } from "./adoption.ts";
import { nameOfId, parseArmId } from "./armId.ts";
import { sharedOutputs } from "./clusterScope.ts";
import { type BuiltEnvironment, clusterNamed, remember, sameName, viewOf, withRetired } from "./environmentMemory.ts";
import { environmentMistakes } from "./environmentMistakes.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { canonicalJson, type Json } from "./json.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";
import { neighbourMistakes } from "./neighbourMistakes.ts";
import type { Order } from "./operationPlan.ts";
import { standingClusterMistakes } from "./standingClusterMistakes.ts";
import { standingNameMistakes } from "./standingNameMistakes.ts";
import type { OutputName } from "./step.ts";

const ENVIRONMENT = "/environment/name";

/** All that is wrong, with pointers into the ticket; empty when the order can be carried out. */
export function orderMistakes(
  order: Order,
  environment: string,
  built: BuiltEnvironment | undefined,
): readonly Mistake[] {
  if (order.action === "provision")
    return [...subscriptionMistakes(order.spec), ...(built === undefined ? [] : provisionMistakes(order.spec, built))];
  if (built === undefined) {
    const message = `is ${JSON.stringify(environment)}, and no environment of that name was built here`;
    return [{ pointer: ENVIRONMENT, message }];
  }
  switch (order.action) {
    case "decommission":
      return [];
    case "addCluster":
      return additionMistakes(built, order.request);
    case "switchTraffic":
      return switchMistakes(built, order.to);
    case "retireCluster":
      return retirementMistakes(built, order.cluster);
  }
}

/** The app works in one subscription, and its rights end there. */
function subscriptionMistakes({ adopt, subscriptionId }: EnvironmentSpec): readonly Mistake[] {
  const named = [
    { path: ["firewall"], id: adopt?.firewall },
    { path: ["gateway"], id: adopt?.gateway },
    ...(adopt?.clusterSubnets ?? []).map((id, index) => ({ path: ["clusterSubnets", index], id })),
  ];
  return named.flatMap(({ path, id }) => {
    const other = id === undefined ? undefined : parseArmId(id)?.subscriptionId;
    if (other === undefined || other.toLowerCase() === subscriptionId.toLowerCase()) return [];
    const message = `${nameOfId(id ?? "")} is in the subscription ${other}, and this app works in ${subscriptionId} only.`;
    return [{ pointer: environmentPointer("adopt", ...path), message }];
  });
}

/** What an environment has made cannot become somebody else's by a ticket, nor the other way round. */
function adoptionMistakes({ name, adopt }: EnvironmentSpec, built: BuiltEnvironment): readonly Mistake[] {
  if (sameAdoption(adopt, built.spec.adopt)) return [];
  const { firewall, gateway } = built.spec.adopt ?? {};
  const adopted = [firewall, gateway].flatMap((id) => (id === undefined ? [] : [nameOfId(id)]));
  const standing = adopted.length === 0 ? "with everything of its own" : `with ${adopted.join(" and ")} adopted`;
  const message = `The environment ${name} stands ${standing}, and that stays; take it down by the action decommission first, or give this environment another name.`;
  return [{ pointer: environmentPointer("adopt"), message }];
}

/** The environment's ticket is about a cluster that it has; further ones come by tickets of their own. */
function provisionMistakes(spec: EnvironmentSpec, built: BuiltEnvironment): readonly Mistake[] {
  const { name } = spec.cluster;
  const made = built.clusters.filter(({ outputs }) => outputs.clusterId !== undefined);
  if (made.length > 0 && !made.some(({ cluster }) => sameName(cluster.name, name))) {
    const message = `The environment ${spec.name} stands with ${namesOf(built)}; another cluster is added by the action addCluster.`;
    return [{ pointer: "/environment/cluster/name", message, example: made[0]?.cluster.name ?? built.traffic }];
  }
  const at = "/environment/cluster";
  const known = made.find(({ cluster }) => sameName(cluster.name, name));
  if (known !== undefined && spec.location !== built.spec.location) return [movedMistake(spec, built)];
  const adoption = adoptionMistakes(spec, built);
  const settled = known === undefined ? [] : standingClusterMistakes(known.cluster, spec.cluster, at);
  const after = remember(built, { kind: "provisioned", spec, outputs: {} }, built.ticketNumber);
  return [
    ...adoption,
    ...(adoption.length > 0 ? [] : standingNameMistakes(spec, built)),
    ...settled,
    ...(after === undefined ? [] : neighbourMistakes(after, name, at)),
  ];
}

/** Said alone: other things have the location in their names. */
function movedMistake({ name, location }: EnvironmentSpec, built: BuiltEnvironment): Mistake {
  const message = `The environment ${name} stands in ${built.spec.location}, and nothing of Azure moves to ${location}; have another environment made there, or name the location that this one has.`;
  return { pointer: "/environment/location", message, example: built.spec.location };
}

/** Facts of the environment without which no cluster can be added. */
const neededOutputs: readonly OutputName[] = ["firewallPrivateIpAddress", "gatewayId", "gatewayPublicIpAddress"];

function additionMistakes(built: BuiltEnvironment, request: ClusterRequest): readonly Mistake[] {
  const next = addedCluster(built, request);
  const { name } = next.cluster;
  const known = clusterNamed(built, name);
  if (known !== undefined && !isSame(known, next)) {
    const message = `There is a cluster ${known.cluster.name} already, in ${known.cluster.subnet}, with other properties; give this one another name, or retire that one first.`;
    return [{ pointer: "/cluster/name", message }];
  }
  const after = remember(built, { kind: "added", cluster: next }, built.ticketNumber) ?? built;
  const facts = sharedOutputs(built);
  const isWhole = neededOutputs.every((output) => facts[output] !== undefined);
  const unfinished = `is ${JSON.stringify(built.spec.name)}, which was never built to its end; provision it first`;
  return [
    ...(isWhole ? [] : [{ pointer: ENVIRONMENT, message: unfinished }]),
    ...environmentMistakes(viewOf(after, name)).map(asClusterMistake),
    ...neighbourMistakes(after, name, "/cluster"),
  ];
}

function isSame(known: object, next: object): boolean {
  const described = (each: object): string => canonicalJson({ ...each, outputs: null } as unknown as Json);
  return described(known) === described(next);
}

/** The environment was right when it was built, so what is wrong now is the cluster's: where it stands, or what it asks for. */
function asClusterMistake({ pointer, message, example }: Mistake): Mistake {
  const own = /^\/environment(\/(?:cluster|application)\/.*)$/.exec(pointer)?.[1];
  return { pointer: own ?? "/cluster/subnet", message, ...(example === undefined ? {} : { example }) };
}

function switchMistakes(built: BuiltEnvironment, to: string): readonly Mistake[] {
  const pointer = "/to";
  const cluster = clusterNamed(built, to);
  if (cluster === undefined) return [unknownCluster(built, to, pointer)];
  if (sameName(built.traffic, to))
    return [{ pointer, message: `The production host leads to ${cluster.cluster.name} already.` }];
  if (cluster.outputs.clusterId === undefined) {
    const message = `The cluster ${to} was never made to its end; send its addCluster ticket again first.`;
    return [{ pointer, message }];
  }
  const idle = [to, built.traffic].filter((name) => clusterNamed(built, name)?.application.enabled === false);
  if (idle.length === 0) return [];
  return [{ pointer, message: `${idle.join(" and ")} has no application that a host could be moved from or to.` }];
}

function retirementMistakes(built: BuiltEnvironment, name: string): readonly Mistake[] {
  const pointer = "/cluster/name";
  if (clusterNamed(withRetired(built, name), name) === undefined) return [unknownCluster(built, name, pointer)];
  if (!sameName(built.traffic, name)) return [];
  const wayOut =
    built.clusters.length === 1
      ? "it is the environment's only cluster, which the action decommission takes down with everything else"
      : "move the traffic to another cluster by the action switchTraffic first";
  return [{ pointer, message: `The production host leads to ${name}: ${wayOut}.` }];
}

function unknownCluster(built: BuiltEnvironment, name: string, pointer: string): Mistake {
  const message = `The environment ${built.spec.name} has no cluster ${JSON.stringify(name)}; it has ${namesOf(built)}.`;
  return { pointer, message, example: built.clusters[0]?.cluster.name ?? "" };
}

function namesOf({ clusters }: BuiltEnvironment): string {
  return clusters.map(({ cluster }) => cluster.name).join(", ");
}
