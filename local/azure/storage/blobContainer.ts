import { ArmError } from "../core/armError.ts";
import type { JsonObject, ResourceType } from "../core/resourceType.ts";
import { objectField, textField } from "../kubernetes/jsonFields.ts";
import { removeBlobs } from "./blobs.ts";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (containers: 3–63, lower case, digits, single hyphens), checked 2026-11. */
const CONTAINER_NAME = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;

export const BLOB_SERVICE_TYPE = "Microsoft.Storage/storageAccounts/blobServices";
export const BLOB_CONTAINER_TYPE = `${BLOB_SERVICE_TYPE}/containers`;

/** Microsoft.Storage/storageAccounts/blobServices: every account has one, named "default", from the start. */
export const blobService: ResourceType = {
  type: BLOB_SERVICE_TYPE,
  kind: "child",
  provisioningState: false,
  validate({ id }) {
    if (id.name === "default") return;
    throw new ArmError(400, "InvalidResourceName", `The blob service is named 'default', not '${id.name}'.`);
  },
  putSeconds: () => 0,
  checkDelete(resource) {
    throw new ArmError(405, "HttpMethodNotAllowed", `The blob service ${resource.id} goes with its account only.`);
  },
};

/** Microsoft.Storage/storageAccounts/blobServices/containers. */
export const blobContainer: ResourceType = {
  type: BLOB_CONTAINER_TYPE,
  kind: "child",
  provisioningState: false,
  validate({ id }) {
    if (CONTAINER_NAME.test(id.name)) return;
    throw new ArmError(
      400,
      "ContainerNameInvalid",
      `The container name '${id.name}' is invalid: 3 to 63 lower-case letters, digits or single '-' between them.`,
    );
  },
  prepare: ({ world, body }): JsonObject => ({
    properties: {
      ...objectField(body, "properties"),
      publicAccess: textField(body, "properties", "publicAccess") ?? "None",
      leaseState: "Available",
      lastModifiedTime: new Date(world.clock.now()).toISOString(),
    },
  }),
  putSeconds: () => 0,
  deleteSeconds: () => 0,
  finishDelete: (resource, world) => removeBlobs(world, resource.id),
};
