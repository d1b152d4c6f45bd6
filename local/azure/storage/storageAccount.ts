import { ArmError } from "../core/armError.ts";
import type { JsonObject, ResourceType, WriteContext } from "../core/resourceType.ts";
import { objectField, textField } from "../kubernetes/jsonFields.ts";
import { BLOB_SERVICE_TYPE } from "./blobContainer.ts";

export const STORAGE_ACCOUNT_TYPE = "Microsoft.Storage/storageAccounts";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (storageAccounts: 3–24, lower case and digits), checked 2026-11. */
const ACCOUNT_NAME = /^[a-z0-9]{3,24}$/;
/** Source: learn.microsoft.com/rest/api/storagerp/storage-accounts/create, checked 2026-11. */
const SKUS = [
  "Standard_LRS",
  "Standard_GRS",
  "Standard_RAGRS",
  "Standard_ZRS",
  "Standard_GZRS",
  "Standard_RAGZRS",
  "Premium_LRS",
  "Premium_ZRS",
];
const KINDS = ["Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"];

/** Azure seconds; an estimate, no measured source. */
const CREATE_SECONDS = 20;
const RETRY_AFTER_SECONDS = 17;

/** Microsoft.Storage/storageAccounts: enough of it to hold Event Grid's dead letters. */
export const storageAccount: ResourceType = {
  type: STORAGE_ACCOUNT_TYPE,
  kind: "tracked",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  validate,
  prepare,
  putSeconds: ({ existing }) => (existing === undefined ? CREATE_SECONDS : 0),
  deleteSeconds: () => 0,
  finishPut(resource, world) {
    const id = `${resource.id}/blobServices/default`;
    const body = { properties: { deleteRetentionPolicy: { enabled: false } } };
    if (world.store.get(id) === undefined) world.store.put({ id, name: "default", type: BLOB_SERVICE_TYPE, body });
    return undefined;
  },
};

function validate({ world, id, body, existing }: WriteContext): void {
  if (!ACCOUNT_NAME.test(id.name)) {
    throw new ArmError(
      400,
      "AccountNameInvalid",
      `${id.name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`,
    );
  }
  const sku = textField(body, "sku", "name") ?? "";
  if (!SKUS.some((known) => known.toLowerCase() === sku.toLowerCase()))
    throw invalid(`The sku '${sku}' is not one of ${SKUS.join(", ")}.`);
  const kind = textField(body, "kind") ?? "";
  if (!KINDS.includes(kind)) throw invalid(`The kind '${kind}' is not one of ${KINDS.join(", ")}.`);
  const others = world.store.list(STORAGE_ACCOUNT_TYPE, "/");
  if (existing === undefined && others.some((other) => other.name === id.name)) {
    throw new ArmError(409, "StorageAccountAlreadyTaken", `The storage account named ${id.name} is already taken.`);
  }
}

function prepare({ world, id, body, existing }: WriteContext): JsonObject {
  const { provisioningState: _, ...sent } = objectField(body, "properties");
  return {
    location: body.location,
    tags: body.tags ?? {},
    sku: { ...objectField(body, "sku"), tier: textField(body, "sku", "name")?.split("_")[0] ?? "" },
    kind: body.kind,
    properties: {
      accessTier: "Hot",
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: true,
      minimumTlsVersion: "TLS1_2",
      supportsHttpsTrafficOnly: true,
      ...sent,
      creationTime:
        textField(existing?.body, "properties", "creationTime") ?? new Date(world.clock.now()).toISOString(),
      primaryEndpoints: { blob: `https://${id.name}.blob.core.windows.net/` },
      primaryLocation: body.location,
      statusOfPrimary: "available",
    },
  };
}

function invalid(message: string): ArmError {
  return new ArmError(
    400,
    "InvalidValuesForRequestParameters",
    `Values for request parameters are invalid: ${message}`,
  );
}
