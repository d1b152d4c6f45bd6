import type { AzureModule } from "../core/resourceType.ts";
import { blobContainer, blobService } from "./blobContainer.ts";
import { blobsOf } from "./blobs.ts";
import { storageAccount } from "./storageAccount.ts";

/** Microsoft.Storage: accounts and their blob containers. */
export const storageModule: AzureModule = {
  resourceTypes: [storageAccount, blobService, blobContainer],
  localDoors: {
    "GET /_local/blobs": ({ query }, world) => {
      const container = query.get("container");
      if (container === null) throw new Error("Say ?container=RESOURCE_ID.");
      return { blobs: blobsOf(world, container) };
    },
  },
};
