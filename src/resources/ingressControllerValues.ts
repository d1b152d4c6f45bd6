import { nameOfId } from "../domain/armId.ts";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { gatewayPartPrefix, prohibitedHosts } from "../domain/gatewayShare.ts";
import type { JsonObject } from "../domain/json.ts";
import { APPLICATION_NAMESPACE, ids } from "../domain/resourceNames.ts";
import type { Outputs } from "../domain/step.ts";
import { mustKnow } from "./mustHave.ts";

/** Chart and image of the Application Gateway Ingress Controller. Source: github.com/Azure/application-gateway-kubernetes-ingress, checked 2026-11. */
export const INGRESS_CHART = "oci://mcr.microsoft.com/azure-application-gateway/charts/ingress-azure";
export const INGRESS_CHART_VERSION = "1.9.8";

/** Controllers write the gateway whole and without looking at each other; one whose parts were overwritten puts them back after this time at the latest. The chart takes 30 to 300. */
const RECONCILE_PERIOD_SECONDS = 60;

/** The chart's values as in the seed, with workload identity in place of pod identity and the gateway's own group. */
export function ingressControllerValues(spec: EnvironmentSpec, outputs: Outputs): JsonObject {
  return {
    // The chart's own default, said outright: so a newer chart is a difference that the values show.
    image: { tag: INGRESS_CHART_VERSION },
    verbosityLevel: 3,
    appgw: {
      subscriptionId: spec.subscriptionId,
      resourceGroup: nameOfId(ids.gatewayHome(spec)),
      name: spec.gateway.name,
      usePrivateIP: false,
      // From the first cluster on: a controller that once owned the whole gateway would clear it of others' hosts.
      shared: true,
      subResourceNamePrefix: gatewayPartPrefix(spec.cluster.name),
      prohibitedTargets: prohibitedHosts(spec, outputs).map((host) => ({ ...host, paths: ["/*"] })),
    },
    reconcilePeriodSeconds: RECONCILE_PERIOD_SECONDS,
    armAuth: { type: "workloadIdentity", identityClientID: mustKnow(outputs, "agicIdentityClientId") },
    rbac: { enabled: true },
    kubernetes: { watchNamespace: APPLICATION_NAMESPACE },
  };
}
