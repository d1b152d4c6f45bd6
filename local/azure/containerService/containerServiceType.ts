/** The types of this area in ARM's spelling. */
export const containerServiceType = {
  managedCluster: "Microsoft.ContainerService/managedClusters",
  agentPool: "Microsoft.ContainerService/managedClusters/agentPools",
  scaleSet: "Microsoft.Compute/virtualMachineScaleSets",
  scaleSetMachine: "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
} as const;
