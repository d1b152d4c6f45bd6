/** What of Azure as it is keeps a ticket from being carried out: all of it, before the first write. */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { gatewayPartPrefix } from "../domain/gatewayShare.ts";
import { isJsonArray, isJsonObject, jsonAt } from "../domain/json.ts";
import { groupId, ids, tagsOf } from "../domain/resourceNames.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { resourceCatalog } from "./catalog.ts";
import { networkObstacles } from "./networkObstacles.ts";
import { ownerRefusal } from "./resourceDecision.ts";
import type { Survey } from "./survey.ts";

/** `isNew`: the environment has never had this cluster, as far as it remembers. */
export function obstaclesIn(survey: Survey, spec: EnvironmentSpec, isNew: boolean): readonly Failure[] {
  return [
    ...ownRefusals(survey, spec),
    ...(isNew && survey.cluster === undefined ? takenNames(survey, spec) : []),
    ...networkObstacles(survey, spec),
  ];
}

/** What the steps themselves would refuse, one after the other; of a group that is another's, what is in it goes without saying. */
function ownRefusals(survey: Survey, spec: EnvironmentSpec): readonly Failure[] {
  const refusals = Object.entries(survey).flatMap(([name, existing]) => {
    const definition = resourceCatalog[name];
    if (definition === undefined) return [];
    const resourceId = definition.id(spec, {});
    const refusal = ownerRefusal(resourceId, existing, { tags: tagsOf(spec) }) ?? definition.refuse?.(existing, spec);
    return refusal === undefined ? [] : [{ ...refusal, resourceId }];
  });
  return refusals.filter(
    ({ resourceId }) =>
      !refusals.some((other) => resourceId.toLowerCase().startsWith(`${other.resourceId.toLowerCase()}/`)),
  );
}

/** Names that would become this cluster's and are somebody's. */
function takenNames(survey: Survey, spec: EnvironmentSpec): readonly Failure[] {
  const { name, nodeGroupName } = spec.cluster;
  const prefix = gatewayPartPrefix(name);
  const parts = ["httpListeners", "backendAddressPools"]
    .flatMap((collection) => jsonAt(survey.gateway, `properties.${collection}`) ?? [])
    .flatMap((part) => (isJsonArray(part) ? part : [part]))
    .flatMap((part) => (isJsonObject(part) && typeof part.name === "string" ? [part.name] : []))
    .filter((part) => part.toLowerCase().startsWith(prefix));
  const gatewayParts: Failure = {
    code: "GatewayPrefixIsTaken",
    message: `The gateway ${spec.gateway.name} has parts of somebody else's that begin with "${prefix}", such as ${parts[0]}; the ingress controller of ${name} would take them for its own.`,
    resourceId: ids.gateway(spec),
    advice: "Give the cluster another name in a new ticket, or take these parts out of the gateway.",
  };
  // Source: learn.microsoft.com/azure/aks/faq (the node resource group is not one that exists), checked 2026-11.
  const nodeGroup: Failure = {
    code: "NodeGroupExists",
    message: `There is a resource group ${nodeGroupName} already, and AKS makes the group of the nodes itself.`,
    resourceId: groupId(spec, nodeGroupName),
    advice: "Give the cluster another nodeGroupName in a new ticket, or delete the group where nobody needs it.",
  };
  return [...(parts.length === 0 ? [] : [gatewayParts]), ...(survey.nodeGroup === undefined ? [] : [nodeGroup])];
}
