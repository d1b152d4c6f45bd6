/** The only place that builds names and ids of what an environment is made of. */
import { v5 as uuidv5 } from "uuid";
import { type FoundFirewall, type FoundGateway, ownNameInside } from "./adoption.ts";
import { groupOfId } from "./armId.ts";
import { findMember } from "./arrayElements.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import type { Outputs } from "./step.ts";

/** Tag on every resource of an environment; its value is the environment's name. */
export const ENVIRONMENT_TAG = "portcullis-environment";

/**
 * Tag that a resource gets when it is created by an environment, and never afterwards: it tells what a decommission may
 * delete from what was there before. It is in the same write as the creation, so no crash can come between them.
 */
export const CREATION_TAG = "portcullis-created-by";

/** Azure's fixed name of the subnet for Azure Firewall. Source: learn.microsoft.com/azure/firewall/firewall-faq, checked 2026-11. */
export const FIREWALL_SUBNET = "AzureFirewallSubnet";

/** The release, its service account and its pod label; the chart names all three after the release. */
export const INGRESS_RELEASE = "ingress-azure";
export const INGRESS_NAMESPACE = "kube-system";
export const APPLICATION_NAMESPACE = "default";

/** Federated credential of the ingress controller's identity. */
export const FEDERATED_CREDENTIAL = "ingress-azure";
export const FIREWALL_DIAGNOSTICS = "to-lagw";

/** Built-in roles. Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles, checked 2026-11. */
export const roleIds = {
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
} as const;

/** Namespace of names that are made of what they stand for; fixed, so that a repeated role assignment is the same resource. */
const NAME_NAMESPACE = "6b2f7d40-c4a4-539c-a145-582fe24b18cd";

/** Eight hexadecimal digits that differ wherever the texts do. */
export function digestOf(text: string): string {
  return uuidv5(text, NAME_NAMESPACE).slice(0, 8);
}

export function tagsOf(spec: EnvironmentSpec): Record<string, string> {
  return { ...spec.tags, [ENVIRONMENT_TAG]: spec.name };
}

/** The environment that an existing resource belongs to, when it is another one than the desired body's. */
export function otherOwner(existing: JsonObject, desired: JsonObject): string | undefined {
  const [owner, ours] = [existing, desired].map((body) =>
    isJsonObject(body.tags) ? findMember(body.tags, ENVIRONMENT_TAG)?.value : undefined,
  );
  return typeof owner === "string" && typeof ours === "string" && owner !== ours ? owner : undefined;
}

export function groupId(spec: EnvironmentSpec, group: string): string {
  return `/subscriptions/${spec.subscriptionId}/resourceGroups/${group}`;
}

function networkId(spec: EnvironmentSpec, group: string, type: string, name: string): string {
  return `${groupId(spec, group)}/providers/Microsoft.Network/${type}/${name}`;
}

/** What was found of an adopted firewall; undefined where the environment makes its own. Throws a sentence before it was looked for. */
function foundFirewall({ name, adopt }: EnvironmentSpec): FoundFirewall | undefined {
  if (adopt?.firewall === undefined) return undefined;
  if (adopt.found?.firewall === undefined) throw new Error(`What ${name} adopts must be looked at before it is used.`);
  return adopt.found.firewall;
}

function foundGateway({ name, adopt }: EnvironmentSpec): FoundGateway | undefined {
  if (adopt?.gateway === undefined) return undefined;
  if (adopt.found?.gateway === undefined) throw new Error(`What ${name} adopts must be looked at before it is used.`);
  return adopt.found.gateway;
}

export const ids = {
  hub: (spec: EnvironmentSpec) =>
    foundFirewall(spec)?.virtualNetworkId ?? networkId(spec, spec.groups.network, "virtualNetworks", spec.hub.name),
  spoke: (spec: EnvironmentSpec) =>
    foundGateway(spec)?.virtualNetworkId ?? networkId(spec, spec.groups.network, "virtualNetworks", spec.spoke.name),
  hubToSpokePeering: (spec: EnvironmentSpec) => `${ids.hub(spec)}/virtualNetworkPeerings/${spec.hub.peeringName}`,
  spokeToHubPeering: (spec: EnvironmentSpec) => `${ids.spoke(spec)}/virtualNetworkPeerings/${spec.spoke.peeringName}`,
  firewallSubnet: (spec: EnvironmentSpec) => `${ids.hub(spec)}/subnets/${FIREWALL_SUBNET}`,
  gatewaySubnet: (spec: EnvironmentSpec) => `${ids.spoke(spec)}/subnets/${spec.gateway.subnet}`,
  clusterSubnet: (spec: EnvironmentSpec) => `${ids.spoke(spec)}/subnets/${spec.cluster.subnet}`,
  firewallPublicIp: (spec: EnvironmentSpec) =>
    foundFirewall(spec)?.publicIpId ??
    networkId(spec, spec.groups.network, "publicIPAddresses", spec.firewall.publicIpName),
  firewallPolicy: (spec: EnvironmentSpec) =>
    foundFirewall(spec)?.policyId ?? networkId(spec, spec.groups.network, "firewallPolicies", spec.firewall.policyName),
  firewallNetworkRules: (spec: EnvironmentSpec) => ruleCollectionGroupId(spec, "network"),
  firewallApplicationRules: (spec: EnvironmentSpec) => ruleCollectionGroupId(spec, "application"),
  firewall: (spec: EnvironmentSpec) =>
    spec.adopt?.firewall ?? networkId(spec, spec.groups.network, "azureFirewalls", spec.firewall.name),
  firewallWorkspace: (spec: EnvironmentSpec) => workspaceId(spec, spec.groups.network, spec.firewall.workspaceName),
  routeTable: (spec: EnvironmentSpec) =>
    networkId(spec, spec.groups.network, "routeTables", spec.cluster.routeTableName),
  /** The seed names the default route after the firewall. */
  defaultRoute: (spec: EnvironmentSpec) => `${ids.routeTable(spec)}/routes/${spec.firewall.name}`,
  gatewayPublicIp: (spec: EnvironmentSpec) =>
    foundGateway(spec)?.publicIpId ??
    networkId(spec, spec.groups.gateway, "publicIPAddresses", spec.gateway.publicIpName),
  gatewaySecurityGroup: (spec: EnvironmentSpec) =>
    networkId(spec, spec.groups.gateway, "networkSecurityGroups", spec.gateway.securityGroupName),
  gatewayRouteTable: (spec: EnvironmentSpec) =>
    networkId(spec, spec.groups.gateway, "routeTables", spec.gateway.routeTableName),
  wafPolicy: (spec: EnvironmentSpec) =>
    foundGateway(spec)?.wafPolicyId ??
    networkId(
      spec,
      spec.groups.gateway,
      "ApplicationGatewayWebApplicationFirewallPolicies",
      spec.gateway.wafPolicyName,
    ),
  gateway: (spec: EnvironmentSpec) =>
    spec.adopt?.gateway ?? networkId(spec, spec.groups.gateway, "applicationGateways", spec.gateway.name),
  /** Where the gateway itself is; the group of an adopted one is not the environment's. */
  gatewayHome: (spec: EnvironmentSpec) => groupOfId(ids.gateway(spec)),
  agicIdentity: (spec: EnvironmentSpec) => identityId(spec, spec.groups.gateway, spec.gateway.identityName),
  agicFederatedCredential: (spec: EnvironmentSpec) =>
    `${ids.agicIdentity(spec)}/federatedIdentityCredentials/${FEDERATED_CREDENTIAL}`,
  clusterIdentity: (spec: EnvironmentSpec) => identityId(spec, spec.groups.cluster, spec.cluster.identityName),
  cluster: (spec: EnvironmentSpec) =>
    `${groupId(spec, spec.groups.cluster)}/providers/Microsoft.ContainerService/managedClusters/${spec.cluster.name}`,
  clusterWorkspace: (spec: EnvironmentSpec) => workspaceId(spec, spec.groups.cluster, spec.cluster.workspaceName),
  dataCollectionRule: (spec: EnvironmentSpec) =>
    `${groupId(spec, spec.groups.cluster)}/providers/Microsoft.Insights/dataCollectionRules/${dataCollectionRuleName(spec)}`,
  /** AKS's monitoring add-on looks for the association under this very name. */
  dataCollectionAssociation: (spec: EnvironmentSpec) =>
    `${ids.cluster(spec)}/providers/Microsoft.Insights/dataCollectionRuleAssociations/ContainerInsightsExtension`,
  firewallDiagnostics: (spec: EnvironmentSpec) =>
    `${ids.firewall(spec)}/providers/Microsoft.Insights/diagnosticSettings/${spec.adopt?.firewall === undefined ? FIREWALL_DIAGNOSTICS : ownNameInside(spec.name)}`,
} as const;

/** The names that Azure's portal gives the groups, or the environment's own beside those of others. */
const portalGroups = {
  network: "DefaultNetworkRuleCollectionGroup",
  application: "DefaultApplicationRuleCollectionGroup",
} as const;

function ruleCollectionGroupId(spec: EnvironmentSpec, kind: keyof typeof portalGroups): string {
  const name = spec.adopt?.firewall === undefined ? portalGroups[kind] : `${ownNameInside(spec.name)}-${kind}`;
  return `${ids.firewallPolicy(spec)}/ruleCollectionGroups/${name}`;
}

/** Characters that a system topic and an event subscription may be named with at most. Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (letters, digits and hyphens), checked 2026-11. */
const TOPIC_NAME_CHARACTERS = 128;
const EVENT_SUBSCRIPTION_NAME_CHARACTERS = 64;

/** Id of the system topic that we make for a resource group, in that group. */
export function topicIdIn(spec: EnvironmentSpec, group: string): string {
  const name = `egst-${lettersAndDigits(group)}`.slice(0, TOPIC_NAME_CHARACTERS);
  return `${groupId(spec, group)}/providers/Microsoft.EventGrid/systemTopics/${name}`;
}

/** Ours among those of others, who may subscribe to the same topic; a group, and so a topic, is one environment's. */
export function eventSubscriptionName(spec: EnvironmentSpec, about: string): string {
  const prefix = `portcullis-${lettersAndDigits(spec.name)}`;
  return `${prefix.slice(0, EVENT_SUBSCRIPTION_NAME_CHARACTERS - about.length - 1)}-${about}`;
}

function lettersAndDigits(text: string): string {
  return text.replace(/[^A-Za-z0-9-]+/g, "-");
}

/** The longest name of a data collection rule, in characters. Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, checked 2026-11. */
const DATA_COLLECTION_RULE_NAME_CHARACTERS = 64;

/** "MSCI-<location>-<cluster>", the name that Azure's own tools give it and look for. */
export function dataCollectionRuleName(spec: EnvironmentSpec): string {
  return `MSCI-${spec.location}-${spec.cluster.name}`
    .slice(0, DATA_COLLECTION_RULE_NAME_CHARACTERS)
    .replace(/[-_.]+$/, "");
}

/** "Microsoft.Authorization/roleDefinitions" id of a built-in role. */
export function roleDefinitionId(spec: EnvironmentSpec, role: keyof typeof roleIds): string {
  return `/subscriptions/${spec.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleIds[role]}`;
}

/** Id of the one assignment of a role to a principal at a scope: the same three always give the same id. */
export function roleAssignmentId(scope: string, role: keyof typeof roleIds, principalId: string): string {
  const name = uuidv5(`${scope.toLowerCase()}|${roleIds[role]}|${principalId.toLowerCase()}`, NAME_NAMESPACE);
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}

/** Subject that the ingress controller's pod presents to Entra ID. Source: learn.microsoft.com/azure/aks/workload-identity-overview, checked 2026-11. */
export const INGRESS_SUBJECT = `system:serviceaccount:${INGRESS_NAMESPACE}:${INGRESS_RELEASE}`;

/** The longest DNS prefix of a cluster, in characters. Source: learn.microsoft.com/azure/aks/troubleshoot (DNS prefix rules), checked 2026-11. */
const DNS_PREFIX_CHARACTERS = 54;

/** First label of the API server's name, made as the Azure CLI makes it: cluster, group and the subscription's first six digits. */
export function clusterDnsPrefix(spec: EnvironmentSpec): string {
  const cleaned = (text: string, characters: number): string => text.replace(/[^A-Za-z0-9-]/g, "").slice(0, characters);
  const prefix = [
    cleaned(spec.cluster.name, 10),
    cleaned(spec.groups.cluster, 16),
    spec.subscriptionId.slice(0, 6),
  ].join("-");
  return prefix.replace(/^-+|-+$/g, "").slice(0, DNS_PREFIX_CHARACTERS);
}

/** The gateway's name in Azure's DNS; undefined when the ticket asks for none. */
export function gatewayDnsName({ gateway, location }: EnvironmentSpec): string | undefined {
  return gateway.domainNameLabel === undefined
    ? undefined
    : `${gateway.domainNameLabel}.${location}.cloudapp.azure.com`;
}

/** Host name of the ingress; the gateway's address must be known when neither ticket nor gateway have a name. */
export function ingressHost(spec: EnvironmentSpec, outputs: Outputs): string | undefined {
  const named = spec.application.host ?? gatewayDnsName(spec);
  if (named !== undefined) return named;
  return outputs.gatewayPublicIpAddress === undefined ? undefined : `${outputs.gatewayPublicIpAddress}.nip.io`;
}

function identityId(spec: EnvironmentSpec, group: string, name: string): string {
  return `${groupId(spec, group)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}

function workspaceId(spec: EnvironmentSpec, group: string, name: string): string {
  return `${groupId(spec, group)}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
}
