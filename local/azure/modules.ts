import { authorizationModule } from "./authorization/authorizationModule.ts";
import { containerServiceModule } from "./containerService/containerServiceModule.ts";
import type { AzureModule } from "./core/resourceType.ts";
import { eventGridModule } from "./eventGrid/eventGridModule.ts";
import { logsModule } from "./logs/logsModule.ts";
import { managedIdentityModule } from "./managedIdentity/managedIdentityModule.ts";
import { monitorModule } from "./monitor/monitorModule.ts";
import { networkModule } from "./network/networkModule.ts";
import { resourcesModule } from "./resources/resourcesModule.ts";
import { storageModule } from "./storage/storageModule.ts";

/** All areas of Azure that there are here. */
export const modules: readonly AzureModule[] = [
  resourcesModule,
  managedIdentityModule,
  authorizationModule,
  networkModule,
  containerServiceModule,
  monitorModule,
  logsModule,
  eventGridModule,
  storageModule,
];
