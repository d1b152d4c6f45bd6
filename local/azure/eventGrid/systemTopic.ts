import { ArmError } from "../core/armError.ts";
import { parseResourceId, sameId } from "../core/resourceId.ts";
import type { JsonObject, Reference, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { objectField, textField } from "../kubernetes/jsonFields.ts";
import { durations, RETRY_AFTER_SECONDS } from "./durations.ts";
import { type TopicType, topicTypeNamed, topicTypeNames } from "./topicTypes.ts";

export const SYSTEM_TOPIC_TYPE = "Microsoft.EventGrid/systemTopics";
/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (systemTopics: 3–128). */
/** Items in a page of a list when the caller wants no other number. Source: learn.microsoft.com/rest/api/eventgrid/controlplane/system-topics/list-by-subscription ($top), checked 2026-11. */
export const PAGE_SIZE = 20;
const TOPIC_NAME = /^[A-Za-z0-9-]{3,128}$/;

/** Microsoft.EventGrid/systemTopics: the one place where the events of a source can be had. */
export const systemTopic: ResourceType = {
  type: SYSTEM_TOPIC_TYPE,
  kind: "tracked",
  pageSize: PAGE_SIZE,
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  validate,
  references,
  prepare,
  putSeconds: () => durations.systemTopic,
  deleteSeconds: () => durations.delete,
};

function validate({ world, id, body, existing }: WriteContext): void {
  if (!TOPIC_NAME.test(id.name))
    throw invalid(`The specified topic name is invalid: ${id.name}. It must be 3 to 128 letters, digits or '-'.`);
  const source = textField(body, "properties", "source") ?? "";
  const type = topicTypeNamed(textField(body, "properties", "topicType") ?? "");
  if (type === undefined)
    throw invalid(
      `The topicType '${textField(body, "properties", "topicType") ?? ""}' is not supported. The local Azure has: ${topicTypeNames.join(", ")}.`,
    );
  checkSource(source, type);
  checkLocation(textField(body, "location") ?? "", world.store.get(source), type);
  checkIdentity(textField(body, "identity", "type") ?? "None", type);
  refuseMove(existing, source, type);
  if (existing !== undefined) return;
  const other = world.store
    .list(SYSTEM_TOPIC_TYPE, `/subscriptions/${world.subscriptionId}`)
    .find((topic) => isOf(topic, source, type));
  if (other !== undefined) {
    // Wording: github.com/MicrosoftDocs/azure-docs/pull/97986.
    throw invalid(
      `There is an existing tracked system topic for the given source ${source}. Only one system topic is allowed per source.`,
    );
  }
}

function isOf(topic: StoredResource, source: string, type: TopicType): boolean {
  const properties = objectField(topic.body, "properties");
  return sameId(textField(properties, "source") ?? "", source) && textField(properties, "topicType") === type.name;
}

function checkSource(source: string, type: TopicType): void {
  const isSubscription = /^\/subscriptions\/[^/]+$/i.test(source);
  const sourceType = isSubscription ? undefined : parseResourceId(source)?.type;
  if (sourceType?.toLowerCase() === type.sourceType?.toLowerCase() && (isSubscription || sourceType !== undefined))
    return;
  throw invalid(
    `The source '${source}' is no ${type.sourceType ?? "subscription"}, which topicType ${type.name} needs.`,
  );
}

function checkLocation(location: string, source: StoredResource | undefined, type: TopicType): void {
  const wanted = type.isGlobal ? "global" : textField(source?.body, "location");
  if (wanted === undefined || location.toLowerCase() === wanted.toLowerCase()) return;
  throw invalid(`The location '${location}' of the system topic must be '${wanted}', that of its source.`);
}

/** Source: learn.microsoft.com/azure/event-grid/enable-identity-system-topics (not for global sources: subscriptions, resource groups), checked 2026-11; the wording is ours. */
function checkIdentity(identity: string, type: TopicType): void {
  if (!type.isGlobal || identity.toLowerCase() === "none") return;
  throw invalid(`A system topic of the global topicType ${type.name} cannot have an identity of type '${identity}'.`);
}

function refuseMove(existing: StoredResource | undefined, source: string, type: TopicType): void {
  if (existing !== undefined && !isOf(existing, source, type))
    // Wording: github.com/Azure/azure-quickstart-templates/issues/13688.
    throw invalid("System topic source cannot be modified.");
}

function references({ body }: WriteContext): readonly Reference[] {
  const source = textField(body, "properties", "source") ?? "";
  const isResource = parseResourceId(source) !== undefined;
  return isResource ? [{ id: source, path: "properties.source" }] : [];
}

function prepare({ world, body, existing }: WriteContext): JsonObject {
  const { source, topicType } = objectField(body, "properties");
  const type = topicTypeNamed(String(topicType));
  return {
    location: body.location,
    tags: body.tags ?? {},
    ...(body.identity === undefined ? {} : { identity: body.identity }),
    properties: {
      source,
      topicType: type?.name ?? topicType,
      metricResourceId: textField(existing?.body, "properties", "metricResourceId") ?? world.newGuid(),
    },
  };
}

function invalid(message: string): ArmError {
  return new ArmError(400, "InvalidRequest", message);
}
