import { reachFrom } from "../clusterEgress.ts";
import type { ClusterObjects, KubernetesObject } from "../clusterObjects.ts";
import { textField } from "../jsonFields.ts";
import { appendLog } from "../podStatus.ts";
import type { AgicSettings } from "./agicSettings.ts";
import { type Preparation, prepareSync } from "./gatewaySync.ts";
import { prohibitedTargets } from "./prohibitedTargets.ts";
import { signInAsWorkload } from "./workloadIdentity.ts";

/** Source: pkg/controller/mutate_app_gateway.go of the controller at 1.9.8. */
const NO_TARGETS =
  "Brownfield Deployment is enabled, but AGIC did not find any AzureProhibitedTarget CRDs; Disabling brownfield deployment feature.";

/** One look of the controller at its gateway, with everything it needs on the way there. */
export function lookAtGateway(cluster: ClusterObjects, pod: KubernetesObject, settings: AgicSettings): Preparation {
  if (!settings.hasClusterRole) {
    const account = `system:serviceaccount:${settings.namespace}:${settings.serviceAccount}`;
    return {
      kind: "refused",
      message: `ingresses.networking.k8s.io is forbidden: User "${account}" cannot list resource "ingresses" in API group "networking.k8s.io" at the cluster scope (rbac.enabled is not true)`,
    };
  }
  const unreachable = unreachableHost(cluster, pod);
  if (unreachable !== undefined) return { kind: "refused", message: unreachable };
  const signIn = signInAsWorkload(cluster, pod);
  if ("problem" in signIn)
    return { kind: "refused", message: `WorkloadIdentityCredential authentication failed: ${signIn.problem}` };
  if (settings.isShared && prohibitedTargets(cluster, settings).length === 0)
    appendLog(cluster, pod, `W ${NO_TARGETS}\n`);
  return prepareSync(cluster, settings, signIn.principal);
}

/**
 * What the controller needs of the network: ARM, the login for its workload identity, and the API server, which pods of
 * kube-system ask for by name. Source: learn.microsoft.com/azure/aks/outbound-rules-control-egress, checked 2026-11.
 */
function unreachableHost(cluster: ClusterObjects, pod: KubernetesObject): string | undefined {
  const client = {
    nodeAddress: textField(pod, "status", "hostIP") ?? "",
    podAddress: textField(pod, "status", "podIP") ?? "",
  };
  const apiServer = textField(cluster.cluster?.body, "properties", "fqdn") ?? "";
  for (const host of [apiServer, "login.microsoftonline.com", "management.azure.com"]) {
    const reached = reachFrom(cluster, client, { host, port: 443, protocol: "HTTPS" });
    if (reached.outcome === "connected") continue;
    const why = reached.outcome === "noSuchHost" ? "no such host" : reached.verdict.reason;
    return `Get "https://${host}/": ${reached.outcome === "reset" ? "connection reset by peer" : "i/o timeout"} (${why})`;
  }
  return undefined;
}
