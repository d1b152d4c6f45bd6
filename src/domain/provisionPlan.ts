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
import { besideAdopted } from "./adoptedSteps.ts";
import { nameOfId } from "./armId.ts";
import { clusterSteps, verificationSteps, workloadSteps } from "./clusterSteps.ts";
import { assertPlan } from "./criticalPath.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { eventSteps } from "./eventSteps.ts";
import { gatewayRouteSteps } from "./gatewayRouteSteps.ts";
import { pluginManners } from "./networkPlugin.ts";
import { inOrder, resource } from "./planSteps.ts";
import { planWarnings } from "./planWarnings.ts";
import { ids } from "./resourceNames.ts";
import type { Plan, Step } from "./step.ts";

/** The plan that makes the environment from nothing, and repairs it where it is there already. */
export function provisionPlan(spec: EnvironmentSpec): Plan {
  const steps = [
    ...groupSteps(spec),
    ...networkSteps(spec),
    ...firewallSteps(spec),
    ...gatewaySteps(spec),
    ...gatewayRouteSteps(spec),
    ...eventSteps(spec),
    ...ingressIdentitySteps(spec),
    ...clusterSteps(spec),
    ...workloadSteps(spec),
    ...verificationSteps(spec),
  ];
  const plan: Plan = { steps: inOrder(besideAdopted(steps, spec)), warnings: planWarnings(spec) };
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
    return resource({
      id,
      title: `Resource group ${name}`,
      lane,
      duration: "resourceGroup",
      needs: first === undefined ? [] : [first.id],
    });
  });
}

function networkSteps({ hub, spoke, gateway, cluster }: EnvironmentSpec): readonly Step[] {
  const { podRoutes } = pluginManners[cluster.networkPlugin];
  const attached = [gateway.securityGroupName, ...(podRoutes ? [gateway.routeTableName] : [])];
  return [
    resource({
      id: "hubNetwork",
      title: `Virtual network ${hub.name}`,
      lane: "network",
      duration: "virtualNetwork",
      needs: [],
    }),
    resource({
      id: "spokeNetwork",
      title: `Virtual network ${spoke.name}`,
      lane: "network",
      duration: "virtualNetwork",
      needs: [],
    }),
    resource({
      id: "gatewaySubnet",
      title: `Subnet ${gateway.subnet} with ${attached.join(" and ")}`,
      lane: "network",
      duration: "subnet",
      needs: ["gatewaySecurityGroup", ...(podRoutes ? ["gatewayRouteTable"] : [])],
    }),
    resource({
      id: "clusterSubnet",
      title: `Subnet ${cluster.subnet} with ${cluster.routeTableName}`,
      lane: "network",
      duration: "subnet",
      needs: ["clusterRouteTable"],
    }),
    resource({
      id: "hubToSpokePeering",
      title: `Peering ${hub.peeringName}`,
      lane: "network",
      duration: "peering",
      needs: [],
    }),
    resource({
      id: "spokeToHubPeering",
      title: `Peering ${spoke.peeringName}`,
      lane: "network",
      duration: "peering",
      needs: [],
    }),
    resource({
      id: "clusterRouteTable",
      title: `Route table ${cluster.routeTableName}`,
      lane: "routes",
      duration: "routeTable",
      needs: ["networkGroup"],
    }),
  ];
}

function firewallSteps({ firewall, cluster }: EnvironmentSpec): readonly Step[] {
  return [
    resource({
      id: "firewallPublicIp",
      title: `Public IP address ${firewall.publicIpName}`,
      lane: "firewall address",
      duration: "publicIpAddress",
      needs: ["networkGroup"],
    }),
    resource({
      id: "firewallWorkspace",
      title: `Log Analytics workspace ${firewall.workspaceName}`,
      lane: "firewall log",
      duration: "workspace",
      needs: ["networkGroup"],
    }),
    resource({
      id: "firewallPolicy",
      title: `Firewall policy ${firewall.policyName}`,
      lane: "firewall",
      duration: "firewallPolicy",
      needs: ["networkGroup"],
    }),
    resource({
      id: "firewallNetworkRules",
      title: "Network rules of the firewall",
      lane: "firewall",
      duration: "ruleCollectionGroup",
      needs: ["spokeNetwork"],
    }),
    resource({
      id: "firewallApplicationRules",
      title: "Application rules of the firewall",
      lane: "firewall",
      duration: "ruleCollectionGroup",
      needs: [],
    }),
    resource({
      id: "firewall",
      title: `Azure Firewall ${firewall.name}`,
      lane: "firewall",
      duration: "firewall",
      needs: ["hubNetwork", "firewallPublicIp"],
    }),
    resource({
      id: "defaultRoute",
      title: `Default route ${firewall.name} in ${cluster.routeTableName}`,
      lane: "firewall",
      duration: "route",
      needs: ["clusterRouteTable"],
    }),
    resource({
      id: "firewallDiagnostics",
      title: `Diagnostic setting of ${firewall.name}`,
      lane: "firewall log",
      duration: "diagnosticSetting",
      needs: ["firewall"],
    }),
  ];
}

function gatewaySteps({ gateway }: EnvironmentSpec): readonly Step[] {
  return [
    resource({
      id: "gatewaySecurityGroup",
      title: `Network security group ${gateway.securityGroupName}`,
      lane: "gateway",
      duration: "networkSecurityGroup",
      needs: [],
    }),
    resource({
      id: "gatewayPublicIp",
      title: `Public IP address ${gateway.publicIpName}`,
      lane: "gateway",
      duration: "publicIpAddress",
      needs: [],
    }),
    resource({
      id: "wafPolicy",
      title: `WAF policy ${gateway.wafPolicyName}`,
      lane: "gateway",
      duration: "wafPolicy",
      needs: [],
    }),
    // After the last write to the spoke, so that neither meets the other's lock.
    resource({
      id: "gateway",
      title: `Application Gateway ${gateway.name}`,
      lane: "gateway",
      duration: "gateway",
      needs: ["gatewaySubnet", "spokeToHubPeering"],
    }),
  ];
}

/** The ingress controller's identity and what it may do: read the gateway's group, join the gateway's subnet, write the gateway. */
function ingressIdentitySteps(spec: EnvironmentSpec): readonly Step[] {
  const { gateway, cluster } = spec;
  const { podRoutes } = pluginManners[cluster.networkPlugin];
  return [
    resource({
      id: "agicIdentity",
      title: `Managed identity ${gateway.identityName}`,
      lane: "ingress identity",
      duration: "identity",
      needs: ["gatewayGroup"],
    }),
    resource({
      id: "agicGroupReader",
      title: `Reader on ${nameOfId(ids.gatewayHome(spec))} for ${gateway.identityName}`,
      lane: "ingress identity",
      duration: "roleAssignment",
      needs: [],
    }),
    ...(podRoutes
      ? [
          resource({
            id: "agicRouteTableReader",
            title: `Reader on ${cluster.routeTableName} for ${gateway.identityName}`,
            lane: "ingress identity",
            duration: "roleAssignment",
            needs: ["clusterRouteTable"],
          }),
        ]
      : []),
    resource({
      id: "agicSubnetContributor",
      title: `Network Contributor on ${gateway.subnet} for ${gateway.identityName}`,
      lane: "ingress identity",
      duration: "roleAssignment",
      needs: ["gatewaySubnet"],
    }),
    resource({
      id: "agicGatewayContributor",
      title: `Contributor on ${gateway.name} for ${gateway.identityName}`,
      lane: "ingress identity",
      duration: "roleAssignment",
      needs: ["gateway"],
    }),
    resource({
      id: "agicFederatedCredential",
      title: `Federated credential of ${gateway.identityName}`,
      lane: "ingress credential",
      duration: "federatedCredential",
      needs: ["agicIdentity", "cluster"],
    }),
  ];
}
