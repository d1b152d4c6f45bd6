import type { OutputName } from "../domain/step.ts";
import type { FactMissing } from "./mustHave.ts";

/** What ids and bodies of resources are made from, as a reader of a dry run knows it. */
const factWords: Readonly<Partial<Record<OutputName, string>>> = {
  kubernetesVersion: "the Kubernetes version",
  firewallPrivateIpAddress: "the firewall's private address",
  clusterIdentityPrincipalId: "the principal of the cluster's identity",
  agicIdentityPrincipalId: "the principal of the ingress controller's identity",
  networkTopicId: "the system topic of the network's group",
  clusterTopicId: "the system topic of the clusters' group",
  functionAppId: "the app's setting FUNCTION_APP_ID",
  deadLetterContainerId: "the app's setting DEAD_LETTER_CONTAINER_ID",
  oidcIssuerUrl: "the cluster's OIDC issuer",
};

export function factInWords({ output }: FactMissing): string {
  return output === undefined ? "what Azure has not answered" : (factWords[output] ?? `the output ${output}`);
}
