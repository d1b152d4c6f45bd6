/**
 * The ingress controller leaves its gateway when its release is uninstalled: its own listeners and what they lead to go,
 * what it was prohibited to touch stays. A controller that owns the whole gateway leaves the empty configuration.
 *
 * This differs from the chart at 1.9.8, whose pre-delete job removes OverlayExtensionConfigs only and leaves the gateway
 * as the controller wrote it last (helm/ingress-azure/templates/cleanup-job.yaml, `--cleanup-oec`). Whoever has to be
 * right with both deletes the ingresses and waits for the controller before the release is uninstalled.
 */
import type { ClusterObjects, KubernetesObject } from "../clusterObjects.ts";
import { labelsOf } from "../clusterObjects.ts";
import { agicSettings } from "./agicSettings.ts";
import { prepareFarewell, submitGateway } from "./gatewaySync.ts";
import { signInAsWorkload } from "./workloadIdentity.ts";

/** Takes the controller's parts out of the gateway; returns why it could not, or undefined when nothing of it is left to do. */
export function leaveGateway(cluster: ClusterObjects): string | undefined {
  const settings = agicSettings(cluster);
  const pod = settings === undefined ? undefined : controllerPod(cluster, settings.namespace, settings.release);
  if (settings === undefined || pod === undefined) return undefined;
  const signIn = signInAsWorkload(cluster, pod);
  if ("problem" in signIn) return signIn.problem;
  const prepared = prepareFarewell(cluster, settings, signIn.principal);
  if (prepared.kind === "unchanged") return undefined;
  if (prepared.kind === "refused") return prepared.message;
  const outcome = submitGateway(cluster, settings, signIn.principal, prepared.body);
  return outcome.kind === "refused" || outcome.kind === "busy" ? outcome.message : undefined;
}

function controllerPod(cluster: ClusterObjects, namespace: string, release: string): KubernetesObject | undefined {
  return cluster.list("Pod", namespace).find((pod) => {
    const labels = labelsOf(pod);
    return labels.app === "ingress-azure" && labels.release === release;
  });
}
