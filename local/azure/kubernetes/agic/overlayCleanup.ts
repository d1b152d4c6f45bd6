/**
 * What the chart's pre-delete job does when its release is uninstalled: it removes the controller's OverlayExtensionConfigs,
 * and nothing more. The gateway is not written: the listeners, rules and pools that the controller made stay, and serve
 * for as long as their pods are there, until somebody else writes the gateway. Whoever wants them gone deletes the
 * ingresses first and waits for the controller.
 *
 * Source: helm/ingress-azure/templates/cleanup-job.yaml (`--cleanup-oec`), cmd/appgw-ingress/main.go (returns right after
 * it) and pkg/cni/cleanup.go of the controller's repository at f42103d.
 */
import { type ClusterObjects, labelsOf, matchesLabels } from "../clusterObjects.ts";
import { ACN_NAMESPACE } from "../overlayNodes.ts";

/** By this label the job knows what controllers that came with Helm have made. Source: pkg/cni/overlay.go. */
export const MADE_BY_HELM_RELEASE = { "app.kubernetes.io/managed-by": "ingress-appgw-helm" } as const;

/** Closes the overlay to the gateway again. */
export function cleanUpOverlay(cluster: ClusterObjects): void {
  for (const extension of cluster.list("OverlayExtensionConfig", ACN_NAMESPACE))
    if (matchesLabels(MADE_BY_HELM_RELEASE, labelsOf(extension))) cluster.remove(extension);
}
