import type { AzureModule } from "../core/resourceType.ts";
import { clusterWorkloads } from "../kubernetes/clusterWorkloads.ts";
import { kubernetesTasks } from "../kubernetes/kubernetesTasks.ts";
import { registerWorkloadDirectory } from "../network/workloadDirectory.ts";
import { agentPool } from "./agentPool.ts";
import { credentialOperations } from "./credentialOperations.ts";
import { kubernetesVersionsOperation } from "./kubernetesVersions.ts";
import { managedCluster } from "./managedCluster.ts";
import { commandResult, runCommandOperation } from "./runCommand.ts";
import { scaleSet, scaleSetMachine } from "./scaleSet.ts";

registerWorkloadDirectory(clusterWorkloads);

/** Microsoft.ContainerService, and of Microsoft.Compute what lies in node resource groups. */
export const containerServiceModule: AzureModule = {
  resourceTypes: [managedCluster, agentPool, scaleSet, scaleSetMachine],
  operations: [kubernetesVersionsOperation, runCommandOperation, ...credentialOperations],
  tasks: { ...kubernetesTasks, "aks.commandResult": commandResult },
};
