/** Events as Event Grid delivers them. Shapes: learn.microsoft.com/azure/event-grid/event-schema-resource-groups and …/event-schema-aks; values invented. */

export const SUBSCRIPTION = "11111111-1111-1111-1111-111111111111";
const scope = `/subscriptions/${SUBSCRIPTION}/resourceGroups`;
const tableId = `${scope}/securevnets/providers/Microsoft.Network/routeTables/secureaks1-rt`;
const clusterId = `/subscriptions/${SUBSCRIPTION}/resourcegroups/securek8s/providers/Microsoft.ContainerService/managedClusters/secureaks1`;

export type Delivered = Readonly<Record<string, unknown>> & { readonly data: Readonly<Record<string, unknown>> };

function operationData(operationName: string, resourceUri: string, appid: string) {
  const method = operationName.endsWith("/delete") ? "DELETE" : "PUT";
  return {
    authorization: {
      scope: resourceUri,
      action: operationName,
      evidence: { role: "Network Contributor", principalType: "ServicePrincipal" },
    },
    claims: {
      aud: "https://management.azure.com",
      iat: "1794476000",
      appid,
      idtyp: "app",
      "http://schemas.microsoft.com/identity/claims/objectidentifier": "22222222-2222-2222-2222-222222222222",
    },
    correlationId: "a6f1d0f2-0c3b-4c0e-8b43-93a5a2f6f7d1",
    httpRequest: { clientRequestId: "", clientIpAddress: "20.50.1.7", method, url: resourceUri },
    resourceProvider: operationName.split("/")[0],
    resourceUri,
    operationName,
    status: "Succeeded",
    subscriptionId: SUBSCRIPTION,
    tenantId: "33333333-3333-3333-3333-333333333333",
  };
}

/** In the schema of Event Grid. */
export function gridEvent(topic: string, eventType: string, subject: string, data: Delivered["data"]): Delivered {
  return {
    topic,
    subject,
    eventType,
    id: "5f2c1b0e-7d0a-4f8e-9a64-6a0f7c1d9e01",
    eventTime: "2026-11-12T09:41:27.1234567Z",
    dataVersion: "2",
    metadataVersion: "1",
    data,
  };
}

/** The same in the schema of CloudEvents 1.0. */
export function asCloudEvent({ topic, subject, eventType, id, eventTime, data }: Delivered): Delivered {
  return { specversion: "1.0", id, source: topic, type: eventType, subject, time: eventTime, data };
}

/** An event about an operation of ARM. */
export function operationEvent(topic: string, operationName: string, resourceUri: string, appid = "app-1"): Delivered {
  const verb = operationName.slice(operationName.lastIndexOf("/") + 1);
  const ended = `${verb[0]?.toUpperCase()}${verb.slice(1)}`;
  const data = operationData(operationName, resourceUri, appid);
  return gridEvent(topic, `Microsoft.Resources.Resource${ended}Success`, resourceUri, data);
}

export const samples = {
  tableWritten: operationEvent(`${scope}/securevnets`, "Microsoft.Network/routeTables/write", tableId),
  poolScaled: operationEvent(
    `${scope}/securek8s`,
    "Microsoft.ContainerService/managedClusters/agentPools/write",
    `${clusterId}/agentPools/nodepool1`,
  ),
  routeDeleted: operationEvent(
    `${scope}/securevnets`,
    "Microsoft.Network/routeTables/routes/delete",
    `${tableId}/routes/aks-nodepool1-12345678-vmss000002`,
  ),
  poolRolled: gridEvent(clusterId, "Microsoft.ContainerService.NodePoolRollingSucceeded", "secureaks1", {
    nodePoolName: "nodepool1",
  }),
};
