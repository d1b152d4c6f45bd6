import type { LocalAzure } from "./localAzure.ts";

/** What a client must know to find and use a local Azure; `caPath` is where its authority's certificate was written. */
export function describeAzure(azure: LocalAzure, caPath: string) {
  return {
    arm: azure.armUrl,
    token: azure.tokenUrl,
    logs: azure.logsUrl,
    ca: caPath,
    internet: azure.internetProxyUrl,
    subscriptionId: azure.subscriptionId,
    tenantId: azure.tenantId,
    appClientId: azure.app.appId,
    operatorClientId: azure.operator.appId,
    identityHeader: azure.identityHeader,
    functionAppId: azure.functionAppId,
    deadLetterContainerId: azure.deadLetterContainerId,
    alertTopicEndpoint: azure.alertTopicEndpoint,
  };
}
