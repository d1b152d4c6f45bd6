/**
 * What stands in the subscription around the app itself before its first ticket, as infra/ deploys it: its resource group
 * the storage account for dead letters and the topic for alerts. The function app is an address only (eventGrid/functionApps).
 */

import { GROUP_TYPE } from "./core/groupDeletion.ts";
import type { LocalWorld } from "./core/localWorld.ts";
import type { JsonObject } from "./core/resourceType.ts";
import { CUSTOM_TOPIC_TYPE, topicEndpoint } from "./eventGrid/customTopic.ts";
import { BLOB_CONTAINER_TYPE, BLOB_SERVICE_TYPE } from "./storage/blobContainer.ts";
import { STORAGE_ACCOUNT_TYPE } from "./storage/storageAccount.ts";

const GROUP = "rg-portcullis";
const TOPIC = "evgt-portcullis";
const LOCATION = "westeurope";

/** The app in ARM: what Event Grid delivers to. */
function functionAppIdIn(subscriptionId: string): string {
  return `${groupIdIn(subscriptionId)}/providers/Microsoft.Web/sites/func-portcullis`;
}

/** Where events that could not be delivered are laid down. */
function deadLetterContainerIdIn(subscriptionId: string): string {
  return `${accountIdIn(subscriptionId)}/blobServices/default/containers/dead-letters`;
}

/** The topic at which the app publishes its alerts. */
export function alertTopicIdIn(subscriptionId: string): string {
  return `${groupIdIn(subscriptionId)}/providers/${CUSTOM_TOPIC_TYPE}/${TOPIC}`;
}

/** What the app's settings name, at an ARM of that address. */
export function ownAppAt(subscriptionId: string, armUrl: string) {
  return {
    functionAppId: functionAppIdIn(subscriptionId),
    deadLetterContainerId: deadLetterContainerIdIn(subscriptionId),
    alertTopicId: alertTopicIdIn(subscriptionId),
    alertTopicEndpoint: topicEndpoint(armUrl, TOPIC),
  };
}

/** Scopes of the role that lets the app name itself and its container as destinations. */
export function destinationsIn(subscriptionId: string): readonly string[] {
  return [functionAppIdIn(subscriptionId), accountIdIn(subscriptionId)];
}

/** Puts it there, unless it is there from an earlier start. */
export function standOwnApp(world: LocalWorld): void {
  const { subscriptionId } = world;
  const account = accountIdIn(subscriptionId);
  const service = `${account}/blobServices/default`;
  stand(world, groupIdIn(subscriptionId), GROUP_TYPE, { location: LOCATION, properties: {} });
  stand(world, account, STORAGE_ACCOUNT_TYPE, {
    location: LOCATION,
    kind: "StorageV2",
    sku: { name: "Standard_LRS", tier: "Standard" },
    tags: {},
    properties: { provisioningState: "Succeeded", allowBlobPublicAccess: false, allowSharedKeyAccess: true },
  });
  stand(world, service, BLOB_SERVICE_TYPE, { properties: {} });
  stand(world, deadLetterContainerIdIn(subscriptionId), BLOB_CONTAINER_TYPE, { properties: { publicAccess: "None" } });
  stand(world, alertTopicIdIn(subscriptionId), CUSTOM_TOPIC_TYPE, {
    location: LOCATION,
    tags: {},
    sku: { name: "Basic" },
    properties: {
      provisioningState: "Succeeded",
      inputSchema: "CloudEventSchemaV1_0",
      disableLocalAuth: true,
      publicNetworkAccess: "Enabled",
    },
  });
}

function stand(world: LocalWorld, id: string, type: string, body: JsonObject): void {
  if (world.store.get(id) !== undefined) return;
  world.store.put({ id, name: id.slice(id.lastIndexOf("/") + 1), type, body });
}

function groupIdIn(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${GROUP}`;
}

function accountIdIn(subscriptionId: string): string {
  return `${groupIdIn(subscriptionId)}/providers/Microsoft.Storage/storageAccounts/stportcullisdead`;
}
