/**
 * The api-version of each resource type: the newest stable one that says all we send. One place, so that the Bicep
 * files can be compared with it. Source: learn.microsoft.com/azure/templates, checked 2026-11.
 */
export const apiVersions = {
  resourceGroups: "2024-03-01",
  network: "2024-05-01",
  managedClusters: "2025-05-01",
  scaleSets: "2024-07-01",
  // The network provider shows the interfaces of scale sets under compute's path in this version only.
  // Source: @azure/arm-network 39.0.0, NetworkInterfaces.listVirtualMachineScaleSetNetworkInterfaces.
  scaleSetNetworkInterfaces: "2018-10-01",
  managedIdentity: "2023-01-31",
  roleAssignments: "2022-04-01",
  permissions: "2022-04-01",
  workspaces: "2023-09-01",
  diagnosticSettings: "2021-05-01-preview",
  dataCollectionRules: "2023-03-11",
  eventGrid: "2025-02-15",
} as const;
