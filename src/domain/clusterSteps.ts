/** The second half of the plan: the cluster, what runs in it, and the proof that the environment does what it is for. */
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { gatewayRoutesProof } from "./gatewayRouteSteps.ts";
import { pluginManners } from "./networkPlugin.ts";
import { resource, step } from "./planSteps.ts";
import { dataCollectionRuleName, INGRESS_RELEASE } from "./resourceNames.ts";
import type { Step } from "./step.ts";

/** The cluster, what it may do, and what watches it. */
export function clusterSteps(spec: EnvironmentSpec): readonly Step[] {
  const { cluster, monitoring } = spec;
  const version = step({
    id: "kubernetesVersion",
    title: `Default Kubernetes version in ${spec.location}`,
    lane: "kubernetes version",
    kind: "lookup",
    duration: "kubernetesVersion",
    needs: [],
  });
  const beforeCluster = [
    "spokeToHubPeering",
    "clusterSubnet",
    "defaultRoute",
    ...(cluster.kubernetesVersion === undefined ? [version.id] : []),
    ...(monitoring ? ["clusterWorkspace"] : []),
  ];
  return [
    ...(cluster.kubernetesVersion === undefined ? [version] : []),
    resource({
      id: "clusterIdentity",
      title: `Managed identity ${cluster.identityName}`,
      lane: "cluster",
      duration: "identity",
      needs: [],
    }),
    resource({
      id: "clusterRouteTableContributor",
      title: `Network Contributor on ${cluster.routeTableName} for ${cluster.identityName}`,
      lane: "cluster",
      duration: "roleAssignment",
      needs: ["clusterRouteTable"],
    }),
    resource({
      id: "clusterSubnetContributor",
      title: `Network Contributor on ${cluster.subnet} for ${cluster.identityName}`,
      lane: "cluster",
      duration: "roleAssignment",
      needs: ["clusterSubnet"],
    }),
    resource({
      id: "cluster",
      title: `AKS cluster ${cluster.name}`,
      lane: "cluster",
      duration: "cluster",
      needs: beforeCluster,
    }),
    ...(monitoring ? monitoringSteps(spec) : []),
  ];
}

function monitoringSteps(spec: EnvironmentSpec): readonly Step[] {
  return [
    resource({
      id: "clusterWorkspace",
      title: `Log Analytics workspace ${spec.cluster.workspaceName}`,
      lane: "monitoring",
      duration: "workspace",
      needs: ["clusterGroup"],
    }),
    resource({
      id: "dataCollectionRule",
      title: `Data collection rule ${dataCollectionRuleName(spec)}`,
      lane: "monitoring",
      duration: "dataCollectionRule",
      needs: [],
    }),
    resource({
      id: "dataCollectionAssociation",
      title: `Data collection of ${spec.cluster.name}`,
      lane: "monitoring",
      duration: "dataCollectionRuleAssociation",
      needs: ["cluster"],
    }),
  ];
}

/** Run commands stand in one lane: AKS does not say how many may run at once. */
export function workloadSteps({ application, cluster }: EnvironmentSpec): readonly Step[] {
  const { podRoutes } = pluginManners[cluster.networkPlugin];
  const controller = step({
    id: "ingressController",
    title: `Helm release ${INGRESS_RELEASE}`,
    lane: "workload",
    kind: "command",
    duration: podRoutes ? "ingressControllerOnNewRoutes" : "ingressController",
    needs: [
      "cluster",
      "gateway",
      "agicGroupReader",
      ...(podRoutes ? ["agicRouteTableReader"] : []),
      "agicSubnetContributor",
      "agicGatewayContributor",
      "agicFederatedCredential",
    ],
  });
  const sample = step({
    id: "application",
    title: `Sample application ${application.name}`,
    lane: "workload",
    kind: "command",
    duration: "application",
    needs: [],
  });
  return application.enabled ? [controller, sample] : [controller];
}

/** The proof at the end; a finding that is not ok fails the operation. Steps that run commands share the workload's lane. */
export function verificationSteps({ application, firewall, cluster, gateway }: EnvironmentSpec): readonly Step[] {
  const { podRoutes } = pluginManners[cluster.networkPlugin];
  const last = application.enabled ? "application" : "ingressController";
  const ingress = [
    step({
      id: "verifyIngress",
      title: "Proof: the sample answers through the gateway",
      lane: "proof of ingress",
      kind: "verification",
      duration: "verifyIngress",
      needs: [last, ...(podRoutes ? ["gatewayRoutes"] : [])],
    }),
    step({
      id: "verifyBackendHealth",
      title: "Proof: the gateway's backends are healthy",
      lane: "proof of ingress",
      kind: "verification",
      duration: "verifyBackendHealth",
      needs: [],
    }),
  ];
  return [
    step({
      id: "verifyDefaultRoute",
      title: `Proof: the default route leads to ${firewall.name}`,
      lane: "proof of routes",
      kind: "verification",
      duration: "verifyDefaultRoute",
      needs: [last],
    }),
    ...(podRoutes ? [gatewayRoutesProof(gateway, cluster)] : []),
    step({
      id: "verifyIngressController",
      title: "Proof: the ingress controller is ready",
      lane: "workload",
      kind: "verification",
      duration: "verifyIngressController",
      needs: [],
    }),
    ...(application.enabled ? ingress : []),
    step({
      id: "verifyEgressAllowed",
      title: "Proof: a pod reaches an allowed name",
      lane: "workload",
      kind: "verification",
      duration: "verifyEgress",
      needs: [],
    }),
    step({
      id: "verifyEgressRefused",
      title: "Proof: the firewall refuses every other name",
      lane: "workload",
      kind: "verification",
      duration: "verifyEgress",
      needs: [],
    }),
  ];
}
