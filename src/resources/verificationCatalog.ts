/** Steps of kind "verification": the proof that ingress works and egress is locked. */
import { clusterHost, productionHost } from "../domain/gatewayShare.ts";
import { ids } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import { ingressPodsLook, jobLogsLook } from "./clusterFindings.ts";
import type { VerificationDefinition, VerificationInput } from "./commandDefinition.ts";
import { kubectlApply, kubectlGetIngressPods, kubectlJobLogs } from "./commands.ts";
import { egressJob, egressJobName } from "./egressJob.ts";
import { gatewayRouteDocuments, gatewayRoutesLook } from "./gatewayRoutes.ts";
import { backendHealthLook, defaultRouteLook, pingLook } from "./ingressFindings.ts";
import { partsGoneLook, productionIsDue, productionLook } from "./sharedGatewayFindings.ts";

const verifyDefaultRoute: VerificationDefinition = {
  kind: "resource",
  apiVersion: apiVersions.network,
  id: ({ spec }) => ids.routeTable(spec),
  look: defaultRouteLook,
  pollSeconds: 5,
  timeoutSeconds: 30,
};

const verifyGatewayRoutes: VerificationDefinition = {
  kind: "documents",
  documents: gatewayRouteDocuments,
  look: gatewayRoutesLook,
  pollSeconds: 5,
  timeoutSeconds: 300,
};

const verifyIngressController: VerificationDefinition = {
  kind: "command",
  read: () => kubectlGetIngressPods(),
  look: ingressPodsLook,
  pollSeconds: 10,
  timeoutSeconds: 300,
};

const verifyIngress = pingVerification(({ spec, outputs }) => productionHost(spec, outputs));
const verifyClusterHost = pingVerification(({ spec, outputs }) => clusterHost(spec.cluster.name, outputs));

const watchProduction: VerificationDefinition = {
  kind: "watch",
  apiVersion: apiVersions.network,
  id: ({ spec }) => ids.gateway(spec),
  url: ({ spec, outputs }) => `http://${productionHost(spec, outputs)}/ping`,
  isAnswered: (answer) => "status" in answer && answer.status === 200,
  isDue: productionIsDue,
  look: productionLook,
  pollSeconds: 2,
  timeoutSeconds: 300,
};

const verifyPartsGone: VerificationDefinition = {
  kind: "resource",
  apiVersion: apiVersions.network,
  id: ({ spec }) => ids.gateway(spec),
  look: partsGoneLook,
  pollSeconds: 5,
  // Another controller clears what this one may have left, at the latest when it looks at the gateway of itself.
  timeoutSeconds: 300,
};

const verifyBackendHealth: VerificationDefinition = {
  kind: "action",
  apiVersion: apiVersions.network,
  path: ({ spec }) => `${ids.gateway(spec)}/backendhealth`,
  look: backendHealthLook,
  pollSeconds: 10,
  timeoutSeconds: 300,
};

const verifyEgressAllowed = egressVerification("allowed");
const verifyEgressRefused = egressVerification("refused");

export const verificationCatalog: Readonly<Record<string, VerificationDefinition>> = {
  verifyDefaultRoute,
  verifyGatewayRoutes,
  verifyIngressController,
  verifyIngress,
  verifyClusterHost,
  watchProduction,
  verifyPartsGone,
  verifyBackendHealth,
  verifyEgressAllowed,
  verifyEgressRefused,
};

function pingVerification(host: (input: VerificationInput) => string): VerificationDefinition {
  return {
    kind: "http",
    url: (input) => `http://${host(input)}/ping`,
    look: (answer, input) => pingLook(answer, host(input), input),
    pollSeconds: 5,
    // Gateway writes take up to a few minutes while the platform is being updated.
    timeoutSeconds: 600,
  };
}

function egressVerification(purpose: "allowed" | "refused"): VerificationDefinition {
  return {
    kind: "command",
    begin: ({ spec, run }) => {
      const url = purpose === "allowed" ? spec.verification.allowedUrl : spec.verification.refusedUrl;
      return kubectlApply([egressJob(egressJobName(purpose, run), url)]);
    },
    read: ({ run }) => kubectlJobLogs(egressJobName(purpose, run)),
    look: (result, input) => jobLogsLook(purpose, result, input),
    pollSeconds: 2,
    timeoutSeconds: 180,
  };
}
