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
  const version = step(
    "kubernetesVersion",
    `Default Kubernetes version in ${spec.location}`,
    "kubernetes version",
    "lookup",
    "kubernetesVersion",
    [],
  );
  const beforeCluster = [
    "spokeToHubPeering",
    "clusterSubnet",
    "defaultRoute",
    ...(cluster.kubernetesVersion === undefined ? [version.id] : []),
    ...(monitoring ? ["clusterWorkspace"] : []),
  ];
  return [
    ...(cluster.kubernetesVersion === undefined ? [version] : []),
    resource("clusterIdentity", `Managed identity ${cluster.identityName}`, "cluster", "identity", []),
    resource(
      "clusterRouteTableContributor",
      `Network Contributor on ${cluster.routeTableName} for ${cluster.identityName}`,
      "cluster",
      "roleAssignment",
      ["clusterRouteTable"],
    ),
    resource(
      "clusterSubnetContributor",
      `Network Contributor on ${cluster.subnet} for ${cluster.identityName}`,
      "cluster",
      "roleAssignment",
      ["clusterSubnet"],
    ),
    resource("cluster", `AKS cluster ${cluster.name}`, "cluster", "cluster", beforeCluster),
    ...(monitoring ? monitoringSteps(spec) : []),
  ];
}

function monitoringSteps(spec: EnvironmentSpec): readonly Step[] {
  return [
    resource("clusterWorkspace", `Log Analytics workspace ${spec.cluster.workspaceName}`, "monitoring", "workspace", [
      "clusterGroup",
    ]),
    resource(
      "dataCollectionRule",
      `Data collection rule ${dataCollectionRuleName(spec)}`,
      "monitoring",
      "dataCollectionRule",
      [],
    ),
    resource(
      "dataCollectionAssociation",
      `Data collection of ${spec.cluster.name}`,
      "monitoring",
      "dataCollectionRuleAssociation",
      ["cluster"],
    ),
  ];
}

/** Run commands stand in one lane: AKS does not say how many may run at once. */
export function workloadSteps({ application, cluster }: EnvironmentSpec): readonly Step[] {
  const { podRoutes } = pluginManners[cluster.networkPlugin];
  const controller = step(
    "ingressController",
    `Helm release ${INGRESS_RELEASE}`,
    "workload",
    "command",
    podRoutes ? "ingressControllerOnNewRoutes" : "ingressController",
    [
      "cluster",
      "gateway",
      "agicGroupReader",
      ...(podRoutes ? ["agicRouteTableReader"] : []),
      "agicSubnetContributor",
      "agicGatewayContributor",
      "agicFederatedCredential",
    ],
  );
  const sample = step(
    "application",
    `Sample application ${application.name}`,
    "workload",
    "command",
    "application",
    [],
  );
  return application.enabled ? [controller, sample] : [controller];
}

/** The proof at the end; a finding that is not ok fails the operation. Steps that run commands share the workload's lane. */
export function verificationSteps({ application, firewall, cluster, gateway }: EnvironmentSpec): readonly Step[] {
  const { podRoutes } = pluginManners[cluster.networkPlugin];
  const last = application.enabled ? "application" : "ingressController";
  const ingress = [
    step(
      "verifyIngress",
      "Proof: the sample answers through the gateway",
      "proof of ingress",
      "verification",
      "verifyIngress",
      [last, ...(podRoutes ? ["gatewayRoutes"] : [])],
    ),
    step(
      "verifyBackendHealth",
      "Proof: the gateway's backends are healthy",
      "proof of ingress",
      "verification",
      "verifyBackendHealth",
      [],
    ),
  ];
  return [
    step(
      "verifyDefaultRoute",
      `Proof: the default route leads to ${firewall.name}`,
      "proof of routes",
      "verification",
      "verifyDefaultRoute",
      [last],
    ),
    ...(podRoutes ? [gatewayRoutesProof(gateway, cluster)] : []),
    step(
      "verifyIngressController",
      "Proof: the ingress controller is ready",
      "workload",
      "verification",
      "verifyIngressController",
      [],
    ),
    ...(application.enabled ? ingress : []),
    step("verifyEgressAllowed", "Proof: a pod reaches an allowed name", "workload", "verification", "verifyEgress", []),
    step(
      "verifyEgressRefused",
      "Proof: the firewall refuses every other name",
      "workload",
      "verification",
      "verifyEgress",
      [],
    ),
  ];
}
