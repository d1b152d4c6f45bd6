import type { AzureModule } from "../core/resourceType.ts";
import { providerOperations } from "./providers.ts";
import { resourceGroup } from "./resourceGroup.ts";
import { resourceLists } from "./resourceLists.ts";
import { subscriptionOperations } from "./subscriptions.ts";

/** Microsoft.Resources: subscriptions, resource groups, and what is in them whatever its type. */
export const resourcesModule: AzureModule = {
  resourceTypes: [resourceGroup],
  operations: [...subscriptionOperations, ...providerOperations, ...resourceLists],
};
