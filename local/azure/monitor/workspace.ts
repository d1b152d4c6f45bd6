import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject, ResourceType, WriteContext } from "../core/resourceType.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { durations } from "./durations.ts";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (workspaces: 4–63). */
const WORKSPACE_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/;
const SKUS = ["PerGB2018", "CapacityReservation", "LACluster", "Free", "Standalone", "PerNode", "Standard", "Premium"];
/** Days that interactive retention can be, and its default. Source: learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure, checked 2026-11. */
const LEAST_RETENTION_DAYS = 4;
const MOST_RETENTION_DAYS = 730;
const DEFAULT_RETENTION_DAYS = 30;
/** Days in which a deleted workspace can be had back by making it again. Source: learn.microsoft.com/azure/azure-monitor/logs/delete-workspace, checked 2026-11. */
const SOFT_DELETE_DAYS = 14;
const MS_PER_DAY = 24 * 60 * 60 * 1000;

/** Notes of deleted workspaces; not a type of Azure's, so no request reaches them. */
const DELETED_TYPE = "Local.OperationalInsights/deletedWorkspaces";

/** Microsoft.OperationalInsights/workspaces. A deleted one is restored, with its customerId, when made again within 14 days. */
export const workspace: ResourceType = {
  type: "Microsoft.OperationalInsights/workspaces",
  kind: "tracked",
  retryAfterSeconds: 5,
  validate,
  prepare,
  putSeconds: ({ existing }) => (existing === undefined ? durations.workspaceCreate : durations.workspaceUpdate),
  deleteSeconds: () => 0,
  finishDelete(resource, world) {
    const { customerId = "", createdDate = "" } = resource.body.properties ?? {};
    const deleted = { customerId, createdDate, deletedEpochMs: world.clock.now() };
    world.store.put({
      id: deletedId(world, resource.id),
      name: resource.name,
      type: DELETED_TYPE,
      body: { properties: deleted },
    });
  },
};

function validate({ id, body }: WriteContext): void {
  if (!WORKSPACE_NAME.test(id.name)) {
    throw new ArmError(
      400,
      "InvalidParameter",
      `'${id.name}' is not a valid workspace name: 4 to 63 letters, digits or '-', starting and ending with a letter or digit.`,
    );
  }
  const properties = objectField(body, "properties");
  const sku = textField(properties, "sku", "name");
  if (sku !== undefined && !SKUS.some((known) => known.toLowerCase() === sku.toLowerCase())) {
    throw new ArmError(
      400,
      "InvalidParameter",
      `The workspace SKU '${sku}' is invalid. Allowed values are: ${SKUS.join(", ")}.`,
    );
  }
  const days = numberField(properties, "retentionInDays");
  if (days !== undefined && (days < LEAST_RETENTION_DAYS || days > MOST_RETENTION_DAYS)) {
    throw new ArmError(
      400,
      "InvalidParameter",
      `'RetentionInDays' property doesn't match the SKU limits: ${days} is not between ${LEAST_RETENTION_DAYS} and ${MOST_RETENTION_DAYS}.`,
    );
  }
}

function prepare({ world, id, body, existing }: WriteContext): JsonObject {
  const now = new Date(world.clock.now()).toISOString();
  const deleted = existing === undefined ? takeDeleted(world, id.id) : undefined;
  const { provisioningState: _, ...before } = objectField(existing?.body, "properties");
  const restored = deleted === undefined ? {} : { customerId: deleted.customerId, createdDate: deleted.createdDate };
  const properties = {
    customerId: world.newGuid(),
    sku: { name: "PerGB2018", lastSkuUpdate: now },
    retentionInDays: DEFAULT_RETENTION_DAYS,
    features: { legacy: 0, searchVersion: 1, enableLogAccessUsingOnlyResourcePermissions: true },
    workspaceCapping: { dailyQuotaGb: -1, quotaNextResetTime: now, dataIngestionStatus: "RespectQuota" },
    publicNetworkAccessForIngestion: "Enabled",
    publicNetworkAccessForQuery: "Enabled",
    createdDate: now,
    ...restored,
    ...before,
    ...withoutReadOnly(objectField(body, "properties")),
    modifiedDate: now,
  };
  return { location: body.location, tags: body.tags ?? {}, properties };
}

function withoutReadOnly({
  customerId: _customerId,
  createdDate: _createdDate,
  modifiedDate: _modifiedDate,
  provisioningState: _state,
  ...rest
}: JsonObject): JsonObject {
  return rest;
}

function takeDeleted(world: AzureWorld, id: string): JsonObject | undefined {
  const note = world.store.get(deletedId(world, id));
  if (note === undefined) return undefined;
  world.store.remove(note.id);
  const deletedEpochMs = numberField(note.body, "properties", "deletedEpochMs") ?? 0;
  return world.clock.now() - deletedEpochMs > SOFT_DELETE_DAYS * MS_PER_DAY
    ? undefined
    : objectField(note.body, "properties");
}

/** Outside of every group, so that the note outlives the group that the workspace was in. */
function deletedId(world: AzureWorld, id: string): string {
  const key = id
    .toLowerCase()
    .split("/")
    .filter((part) => part !== "")
    .join("~");
  return `/subscriptions/${world.subscriptionId}/providers/${DELETED_TYPE}/${key}`;
}
