import type { AzureModule } from "../core/resourceType.ts";
import { clusterWorkloads } from "../kubernetes/clusterWorkloads.ts";
import { kubernetesTasks } from "../kubernetes/kubernetesTasks.ts";
import { overlayNodes } from "../kubernetes/overlayNodes.ts";
import { registerOverlayDirectory } from "../network/overlayDelivery.ts";
import { registerWorkloadDirectory } from "../network/workloadDirectory.ts";
import { agentPool } from "./agentPool.ts";
import { autoscale, autoscaled, autoscaleForPods } from "./clusterAutoscaler.ts";
import { credentialOperations } from "./credentialOperations.ts";
import { kubernetesVersionsOperation } from "./kubernetesVersions.ts";
import { managedCluster } from "./managedCluster.ts";
import { nodeImageUpgraded, nodeImageUpgradeOperation } from "./nodeImageUpgrade.ts";
import { joinSurge, leaveForReimage, rejoinReimaged } from "./nodePoolRolling.ts";
import { nodeReimaged, reimageNode } from "./nodeReimage.ts";
import { routeTableChanged } from "./nodesChanged.ts";
import { pollRouteWrite, resyncRoutes, routesSettled, writeRouteBatch } from "./routeController.ts";
import { commandResult, runCommandOperation } from "./runCommand.ts";
import { scaleSet, scaleSetMachine } from "./scaleSet.ts";
import { scaleSetNetworkInterfaces } from "./scaleSetNetworkInterfaces.ts";

registerWorkloadDirectory(clusterWorkloads);
registerOverlayDirectory(overlayNodes);

/** Microsoft.ContainerService, and of Microsoft.Compute what lies in node resource groups. */
export const containerServiceModule: AzureModule = {
  resourceTypes: [managedCluster, agentPool, scaleSet, scaleSetMachine],
  operations: [
    kubernetesVersionsOperation,
    runCommandOperation,
    nodeImageUpgradeOperation,
    ...credentialOperations,
    ...scaleSetNetworkInterfaces,
  ],
  tasks: {
    ...kubernetesTasks,
    "aks.commandResult": commandResult,
    "aks.nodeImageUpgraded": nodeImageUpgraded,
    "aks.rollJoinSurge": joinSurge,
    "aks.rollLeave": leaveForReimage,
    "aks.rollRejoin": rejoinReimaged,
    "aks.reimageNode": reimageNode,
    "aks.nodeReimaged": nodeReimaged,
    "aks.autoscaleForPods": autoscaleForPods,
    "aks.autoscale": autoscale,
    "aks.autoscaled": autoscaled,
    "aks.routeResync": resyncRoutes,
    "aks.routeBatch": writeRouteBatch,
    "aks.routeWritten": pollRouteWrite,
    "aks.routesSettled": routesSettled,
  },
  onChanged: routeTableChanged,
};
