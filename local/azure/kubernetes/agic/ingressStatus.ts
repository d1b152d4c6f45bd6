import type { ClusterObjects, KubernetesObject } from "../clusterObjects.ts";
import { objectField } from "../jsonFields.ts";
import type { AgicSettings } from "./agicSettings.ts";
import { warn } from "./agicState.ts";
import { frontendAddress } from "./gatewaySync.ts";
import { watchedIngresses } from "./ingressBackends.ts";
import { signInAsWorkload } from "./workloadIdentity.ts";

/** Writes the gateway's address into the status of every watched ingress. */
export function publishAddress(cluster: ClusterObjects, pod: KubernetesObject, settings: AgicSettings): undefined {
  const signIn = signInAsWorkload(cluster, pod);
  if ("problem" in signIn) return;
  const address = frontendAddress(cluster, settings, signIn.principal);
  if (typeof address !== "string") return warn(cluster, pod, "UnableToUpdateIngressStatus", address.problem);
  for (const ingress of watchedIngresses(cluster, settings)) {
    cluster.putStatus(ingress, { ...objectField(ingress, "status"), loadBalancer: { ingress: [{ ip: address }] } });
  }
}
