/** System topics: where the events of a resource group can be had. Azure has one for each group, whoever made it. */
import type { EnvironmentSpec, GroupsSpec } from "../domain/environmentSpec.ts";
import { isJsonArray, isJsonObject, type JsonObject, textAt } from "../domain/json.ts";
import { ENVIRONMENT_TAG, groupId, tagsOf, topicIdIn } from "../domain/resourceNames.ts";
import type { OutputName } from "../domain/step.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustKnow } from "./mustHave.ts";
import type { LookupDefinition, ResourceDefinition } from "./resourceDefinition.ts";

/** Source: learn.microsoft.com/azure/event-grid/event-schema-resource-groups, checked 2026-11. */
const TOPIC_TYPE = "Microsoft.Resources.ResourceGroups";

/** Which topics the groups have; one that is not there yet will have our name. A topic may lie in another group than its source. */
export const eventTopics: LookupDefinition = {
  apiVersion: apiVersions.eventGrid,
  path: (spec) => `/subscriptions/${spec.subscriptionId}/providers/Microsoft.EventGrid/systemTopics`,
  outputs: (answer, spec) => ({
    networkTopicId: topicOf(answer, spec, spec.groups.network),
    clusterTopicId: topicOf(answer, spec, spec.groups.cluster),
  }),
};

function topicOf(answer: JsonObject, spec: EnvironmentSpec, group: string): string {
  const source = groupId(spec, group).toLowerCase();
  const topics = isJsonArray(answer.value) ? answer.value.filter(isJsonObject) : [];
  const found = topics.find(
    (topic) =>
      textAt(topic, "properties.source")?.toLowerCase() === source &&
      textAt(topic, "properties.topicType")?.toLowerCase() === TOPIC_TYPE.toLowerCase(),
  );
  return (found === undefined ? undefined : textAt(found, "id")) ?? topicIdIn(spec, group);
}

export const networkTopic = systemTopic("network", "networkTopicId");
export const clusterTopic = systemTopic("cluster", "clusterTopicId");

function systemTopic(which: keyof GroupsSpec, topicId: OutputName): ResourceDefinition {
  return {
    apiVersion: apiVersions.eventGrid,
    holds: "eventSubscriptions",
    id: (_spec, outputs) => mustKnow(outputs, topicId),
    desired: (spec) => ({
      location: "global",
      tags: tagsOf(spec),
      properties: { source: groupId(spec, spec.groups[which]), topicType: TOPIC_TYPE },
    }),
    // Somebody else's serves as well, and stays as it is.
    adapt: (desired, existing) =>
      isJsonObject(existing.tags) && existing.tags[ENVIRONMENT_TAG] !== undefined ? desired : {},
  };
}
