import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { APPLICATION_NAMESPACE } from "../domain/resourceNames.ts";
import type { Outputs } from "../domain/step.ts";
import { mustKnow } from "./mustHave.ts";

/** Chart and image of the Application Gateway Ingress Controller. Source: github.com/Azure/application-gateway-kubernetes-ingress, checked 2026-11. */
export const INGRESS_CHART = "oci://mcr.microsoft.com/azure-application-gateway/charts/ingress-azure";
export const INGRESS_CHART_VERSION = "1.9.8";

/** The chart's values as in the seed, with workload identity in place of pod identity and the gateway's own group. */
export function ingressControllerValues(spec: EnvironmentSpec, outputs: Outputs): JsonObject {
  return {
    // The chart's own default, said outright: so a newer chart is a difference that the values show.
    image: { tag: INGRESS_CHART_VERSION },
    verbosityLevel: 3,
    appgw: {
      subscriptionId: spec.subscriptionId,
      resourceGroup: spec.groups.gateway,
      name: spec.gateway.name,
      usePrivateIP: false,
      shared: false,
    },
    armAuth: { type: "workloadIdentity", identityClientID: mustKnow(outputs, "agicIdentityClientId") },
    rbac: { enabled: true },
    kubernetes: { watchNamespace: APPLICATION_NAMESPACE },
  };
}
