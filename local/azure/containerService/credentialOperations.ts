import type { ArmOperation } from "../core/resourceType.ts";
import { notModelled } from "../network/bodyShape.ts";

const NAMES = ["listClusterUserCredential", "listClusterAdminCredential", "listClusterMonitoringUserCredential"];

/** The credentials of a cluster's API server, which the local Azure does not have: refused in words. */
export const credentialOperations: readonly ArmOperation[] = NAMES.map((name) => ({
  method: "POST",
  path: `{Microsoft.ContainerService/managedClusters}/${name}`,
  action: `Microsoft.ContainerService/managedClusters/${name}/action`,
  handle() {
    throw notModelled("an API server that clients can connect to", "Use POST …/runCommand, which needs no credential.");
  },
}));
