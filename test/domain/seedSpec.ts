import { type EnvironmentRequest, withDefaults } from "../../src/domain/environmentDefaults.ts";
import { type EnvironmentSpec, environmentSpec } from "../../src/domain/environmentSpec.ts";
import type { Outputs } from "../../src/domain/step.ts";

export const SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000000";

/** The seed's environment, with what a test wants otherwise. */
export function seedSpec(request: EnvironmentRequest = {}): EnvironmentSpec {
  return environmentSpec(withDefaults(request), SUBSCRIPTION_ID);
}

const APP_GROUP = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg-app`;

function topicIn(group: string): string {
  return `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/${group}/providers/Microsoft.EventGrid/systemTopics/egst-${group}`;
}

/** What the steps of a whole run have learnt. */
export const knownOutputs: Outputs = {
  kubernetesVersion: "1.33.5",
  firewallPrivateIpAddress: "10.0.0.4",
  firewallPublicIpAddress: "20.31.0.4",
  clusterIdentityPrincipalId: "00000000-0000-0000-0000-00000000c001",
  agicIdentityPrincipalId: "00000000-0000-0000-0000-00000000a001",
  agicIdentityClientId: "00000000-0000-0000-0000-00000000a002",
  oidcIssuerUrl: "https://westeurope.oic.prod-aks.azure.com/00000000/issuer/",
  gatewayPublicIpAddress: "20.31.0.7",
  ingressHost: "20.31.0.7.nip.io",
  networkTopicId: topicIn("securevnets"),
  clusterTopicId: topicIn("securek8s"),
  appClientId: "00000000-0000-0000-0000-00000000ac01",
  functionAppId: `${APP_GROUP}/providers/Microsoft.Web/sites/func-app`,
  deadLetterContainerId: `${APP_GROUP}/providers/Microsoft.Storage/storageAccounts/stdead/blobServices/default/containers/letters`,
};
