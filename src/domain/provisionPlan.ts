/**
 * The steps that make a secured environment, in lanes. The order is what Azure dictates:
 *
 *   group → firewall policy → rule collection groups → firewall → default route → cluster → credential → helm → sample → proof
 *
 * - Writes to the hub and the spoke (networks, subnets, peerings) stand in one lane: Azure refuses two at once with 409.
 * - The route table is on the node subnet long before the firewall has an address; when it has one, one route is
 *   written. So no subnet is written while the gateway is being made in its neighbour.
 * - All rules are in the policy before the firewall exists: detached 20 s a group, attached minutes.
 * - Rules name the spoke's prefixes: when Azure refuses to change those, the rules stay as they are, too.
 * - Role assignments come early in their lanes: they need minutes to take effect.
 */
import { clusterSteps, verificationSteps, workloadSteps } from "./clusterSteps.ts";
import { assertPlan } from "./criticalPath.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { gatewayRouteSteps } from "./gatewayRouteSteps.ts";
import { pluginManners } from "./networkPlugin.ts";
import { inOrder, resource } from "./planSteps.ts";
import { planWarnings } from "./planWarnings.ts";
import type { Plan, Step } from "./step.ts";

/** The plan that makes the environment from nothing, and repairs it where it is there already. */
export function provisionPlan(spec: EnvironmentSpec): Plan {
  const steps = [
    ...groupSteps(spec),
    ...networkSteps(spec),
    ...firewallSteps(spec),
    ...gatewaySteps(spec),
    ...gatewayRouteSteps(spec),
    ...ingressIdentitySteps(spec),
    ...clusterSteps(spec),
    ...workloadSteps(spec),
    ...verificationSteps(spec),
  ];
  const plan: Plan = { steps: inOrder(steps), warnings: planWarnings(spec) };
  assertPlan(plan);
  return plan;
}

/** The three may be one group, or two: the first of a name makes it, the others find it made. */
function groupSteps({ groups }: EnvironmentSpec): readonly Step[] {
  const wanted = [
    { id: "networkGroup", lane: "network", name: groups.network },
    { id: "gatewayGroup", lane: "gateway", name: groups.gateway },
    { id: "clusterGroup", lane: "cluster", name: groups.cluster },
  ];
  return wanted.map(({ id, lane, name }, index) => {
    const first = wanted.slice(0, index).find((other) => other.name.toLowerCase() === name.toLowerCase());
    return resource(id, `Resource group ${name}`, lane, "resourceGroup", first === undefined ? [] : [first.id]);
  });
}

function networkSteps({ hub, spoke, gateway, cluster }: EnvironmentSpec): readonly Step[] {
  const { podRoutes } = pluginManners[cluster.networkPlugin];
  const attached = [gateway.securityGroupName, ...(podRoutes ? [gateway.routeTableName] : [])];
  return [
    resource("hubNetwork", `Virtual network ${hub.name}`, "network", "virtualNetwork", []),
    resource("spokeNetwork", `Virtual network ${spoke.name}`, "network", "virtualNetwork", []),
    resource("gatewaySubnet", `Subnet ${gateway.subnet} with ${attached.join(" and ")}`, "network", "subnet", [
      "gatewaySecurityGroup",
      ...(podRoutes ? ["gatewayRouteTable"] : []),
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
    resource("firewallNetworkRules", "Network rules of the firewall", "firewall", "ruleCollectionGroup", [
      "spokeNetwork",
    ]),
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
function ingressIdentitySteps({ gateway, groups, cluster }: EnvironmentSpec): readonly Step[] {
  const { podRoutes } = pluginManners[cluster.networkPlugin];
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
    ...(podRoutes
      ? [
          resource(
            "agicRouteTableReader",
            `Reader on ${cluster.routeTableName} for ${gateway.identityName}`,
            "ingress identity",
            "roleAssignment",
            ["clusterRouteTable"],
          ),
        ]
      : []),
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
