/**
 * The steps that make a secured environment, in lanes. The order is what Azure dictates:
 *
 *   group → firewall policy → rule collection groups → firewall → default route → cluster → credential → helm → sample → proof
 *
 * - Writes to the hub and the spoke (networks, subnets, peerings) stand in one lane: Azure refuses two at once with 409.
 * - The route table is on the node subnet long before the firewall has an address; when it has one, one route is
 *   written. So no subnet is written while the gateway is being made in its neighbour.
 * - All rules are in the policy before the firewall exists: detached 20 s a group, attached minutes.
 * - Role assignments come early in their lanes: they need minutes to take effect.
 */
import { assertPlan } from "./criticalPath.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { expectedSeconds } from "./expectedDurations.ts";
import { dataCollectionRuleName, INGRESS_RELEASE } from "./resourceNames.ts";
import type { Plan, Step, StepKind } from "./step.ts";

/** The plan that makes the environment from nothing, and repairs it where it is there already. */
export function provisionPlan(spec: EnvironmentSpec): Plan {
  const steps = [
    ...groupSteps(spec),
    ...networkSteps(spec),
    ...firewallSteps(spec),
    ...gatewaySteps(spec),
    ...ingressIdentitySteps(spec),
    ...clusterSteps(spec),
    ...workloadSteps(spec),
    ...verificationSteps(spec),
  ];
  const plan: Plan = { steps: inOrder(steps) };
  assertPlan(plan);
  return plan;
}

function groupSteps({ groups }: EnvironmentSpec): readonly Step[] {
  return [
    resource("networkGroup", `Resource group ${groups.network}`, "network", "resourceGroup", []),
    resource("gatewayGroup", `Resource group ${groups.gateway}`, "gateway", "resourceGroup", []),
    resource("clusterGroup", `Resource group ${groups.cluster}`, "cluster", "resourceGroup", []),
  ];
}

function networkSteps({ hub, spoke, gateway, cluster }: EnvironmentSpec): readonly Step[] {
  return [
    resource("hubNetwork", `Virtual network ${hub.name}`, "network", "virtualNetwork", []),
    resource("spokeNetwork", `Virtual network ${spoke.name}`, "network", "virtualNetwork", []),
    resource("gatewaySubnet", `Subnet ${gateway.subnet} with ${gateway.securityGroupName}`, "network", "subnet", [
      "gatewaySecurityGroup",
    ]),
    resource("clusterSubnet", `Subnet ${cluster.subnet} with ${cluster.routeTableName}`, "network", "subnet", [
      "clusterRouteTable",
    ]),
    resource("hubToSpokePeering", `Peering ${hub.peeringName}`, "network", "peering", []),
    resource("spokeToHubPeering", `Peering ${spoke.peeringName}`, "network", "peering", []),
    resource("clusterRouteTable", `Route table ${cluster.routeTableName}`, "routes", "routeTable", ["networkGroup"]),
  ];
}

function firewallSteps({ firewall, cluster }: EnvironmentSpec): readonly Step[] {
  return [
    resource("firewallPublicIp", `Public IP address ${firewall.publicIpName}`, "firewall address", "publicIpAddress", [
      "networkGroup",
    ]),
    resource("firewallWorkspace", `Log Analytics workspace ${firewall.workspaceName}`, "firewall log", "workspace", [
      "networkGroup",
    ]),
    resource("firewallPolicy", `Firewall policy ${firewall.policyName}`, "firewall", "firewallPolicy", [
      "networkGroup",
    ]),
    resource("firewallNetworkRules", "Network rules of the firewall", "firewall", "ruleCollectionGroup", []),
    resource("firewallApplicationRules", "Application rules of the firewall", "firewall", "ruleCollectionGroup", []),
    resource("firewall", `Azure Firewall ${firewall.name}`, "firewall", "firewall", ["hubNetwork", "firewallPublicIp"]),
    resource("defaultRoute", `Default route ${firewall.name} in ${cluster.routeTableName}`, "firewall", "route", [
      "clusterRouteTable",
    ]),
    resource("firewallDiagnostics", `Diagnostic setting of ${firewall.name}`, "firewall log", "diagnosticSetting", [
      "firewall",
    ]),
  ];
}

function gatewaySteps({ gateway }: EnvironmentSpec): readonly Step[] {
  return [
    resource(
      "gatewaySecurityGroup",
      `Network security group ${gateway.securityGroupName}`,
      "gateway",
      "networkSecurityGroup",
      [],
    ),
    resource("gatewayPublicIp", `Public IP address ${gateway.publicIpName}`, "gateway", "publicIpAddress", []),
    resource("wafPolicy", `WAF policy ${gateway.wafPolicyName}`, "gateway", "wafPolicy", []),
    // After the last write to the spoke, so that neither meets the other's lock.
    resource("gateway", `Application Gateway ${gateway.name}`, "gateway", "gateway", [
      "gatewaySubnet",
      "spokeToHubPeering",
    ]),
  ];
}

/** The ingress controller's identity and what it may do: read the gateway's group, join the gateway's subnet, write the gateway. */
function ingressIdentitySteps({ gateway, groups }: EnvironmentSpec): readonly Step[] {
  return [
    resource("agicIdentity", `Managed identity ${gateway.identityName}`, "ingress identity", "identity", [
      "gatewayGroup",
    ]),
    resource(
      "agicGroupReader",
      `Reader on ${groups.gateway} for ${gateway.identityName}`,
      "ingress identity",
      "roleAssignment",
      [],
    ),
    resource(
      "agicSubnetContributor",
      `Network Contributor on ${gateway.subnet} for ${gateway.identityName}`,
      "ingress identity",
      "roleAssignment",
      ["gatewaySubnet"],
    ),
    resource(
      "agicGatewayContributor",
      `Contributor on ${gateway.name} for ${gateway.identityName}`,
      "ingress identity",
      "roleAssignment",
      ["gateway"],
    ),
    resource(
      "agicFederatedCredential",
      `Federated credential of ${gateway.identityName}`,
      "ingress credential",
      "federatedCredential",
      ["agicIdentity", "cluster"],
    ),
  ];
}

function clusterSteps(spec: EnvironmentSpec): readonly Step[] {
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
function workloadSteps({ application }: EnvironmentSpec): readonly Step[] {
  const controller = step(
    "ingressController",
    `Helm release ${INGRESS_RELEASE}`,
    "workload",
    "command",
    "ingressController",
    [
      "cluster",
      "gateway",
      "agicGroupReader",
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
function verificationSteps({ application, firewall }: EnvironmentSpec): readonly Step[] {
  const last = application.enabled ? "application" : "ingressController";
  const ingress = [
    step(
      "verifyIngress",
      "Proof: the sample answers through the gateway",
      "proof of ingress",
      "verification",
      "verifyIngress",
      [last],
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

function resource(
  id: string,
  title: string,
  lane: string,
  duration: keyof typeof expectedSeconds,
  needs: readonly string[],
): Step {
  return step(id, title, lane, "resource", duration, needs);
}

function step(
  id: string,
  title: string,
  lane: string,
  kind: StepKind,
  duration: keyof typeof expectedSeconds,
  needs: readonly string[],
): Step {
  return { id, title, lane, kind, needs, expectedSeconds: expectedSeconds[duration] };
}

/** The steps so that each stands after all it waits for; steps of a lane keep their order. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const ordered: Step[] = [];
  const placed = new Set<string>();
  const waiting = [...steps];
  while (waiting.length > 0) {
    const index = waiting.findIndex(
      (candidate, position) =>
        candidate.needs.every((need) => placed.has(need)) &&
        !waiting.slice(0, position).some((earlier) => earlier.lane === candidate.lane),
    );
    const [next] = waiting.splice(index, index < 0 ? 0 : 1);
    if (next === undefined)
      throw new Error(`The steps ${waiting.map(({ id }) => id).join(", ")} wait for each other or for unknown ones.`);
    placed.add(next.id);
    ordered.push(next);
  }
  return ordered;
}
