/**
 * What Container Insights collects since its add-on signs in: a rule beside the workspace and its association with the
 * cluster, under the names that Azure's own tools use.
 * Source: learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable, checked 2026-11.
 */
import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

const STREAM = "Microsoft-ContainerInsights-Group-Default";
const DESTINATION = "ciworkspace";

export const dataCollectionRule: ResourceDefinition = {
  apiVersion: apiVersions.dataCollectionRules,
  // What is collected and how often is tuned by those who pay for it.
  createOnly: ["properties.dataSources.extensions[].extensionSettings"],
  id: ids.dataCollectionRule,
  desired: (spec) => ({
    location: spec.location,
    tags: tagsOf(spec),
    kind: "Linux",
    properties: {
      dataSources: {
        extensions: [
          {
            name: "ContainerInsightsExtension",
            streams: [STREAM],
            extensionName: "ContainerInsights",
            extensionSettings: {
              dataCollectionSettings: { interval: "1m", namespaceFilteringMode: "Off", enableContainerLogV2: true },
            },
          },
        ],
      },
      destinations: { logAnalytics: [{ name: DESTINATION, workspaceResourceId: ids.clusterWorkspace(spec) }] },
      dataFlows: [{ streams: [STREAM], destinations: [DESTINATION] }],
    },
  }),
};

export const dataCollectionAssociation: ResourceDefinition = {
  apiVersion: apiVersions.dataCollectionRules,
  createdWith: { parentApiVersion: apiVersions.managedClusters },
  id: ids.dataCollectionAssociation,
  desired: (spec) => ({
    properties: {
      description: "Container Insights of this cluster",
      dataCollectionRuleId: ids.dataCollectionRule(spec),
    },
  }),
};
