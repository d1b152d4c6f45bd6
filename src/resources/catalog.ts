/** Step id → what the step makes true. Every step of a plan has exactly one entry, in the catalog of its kind. */

import { applicationGateway } from "./applicationGateway.ts";
import { azureFirewall } from "./azureFirewall.ts";
import { commandCatalog } from "./commandCatalog.ts";
import type { CommandDefinition, VerificationDefinition } from "./commandDefinition.ts";
import { dataCollectionAssociation, dataCollectionRule } from "./dataCollection.ts";
import { firewallDiagnostics } from "./diagnosticSetting.ts";
import { agentPoolEvents, routeTableEvents } from "./eventSubscription.ts";
import { clusterTopic, eventTopics, networkTopic } from "./eventTopic.ts";
import { agicFederatedCredential } from "./federatedIdentityCredential.ts";
import * as firewallPolicyRules from "./firewallPolicy.ts";
import { releaseGateway } from "./gatewayRelease.ts";
import { removeGatewayRoutes, syncGatewayRoutes } from "./gatewayRoutes.ts";
import { kubernetesVersion } from "./kubernetesVersion.ts";
import { managedCluster } from "./managedCluster.ts";
import { gatewaySecurityGroup } from "./networkSecurityGroup.ts";
import { hubToSpokePeering, spokeToHubPeering } from "./peering.ts";
import { firewallPublicIp, gatewayPublicIp } from "./publicIpAddress.ts";
import type { LookupDefinition, ResourceDefinition } from "./resourceDefinition.ts";
import { resourceGroup } from "./resourceGroup.ts";
import * as roles from "./roleAssignment.ts";
import { clusterRouteTable, defaultRoute, gatewayRouteTable } from "./routeTable.ts";
import { clusterSubnet, gatewaySubnet, releaseClusterSubnet } from "./subnet.ts";
import type { SyncDefinition } from "./syncDefinition.ts";
import { agicIdentity, clusterIdentity } from "./userAssignedIdentity.ts";
import { verificationCatalog } from "./verificationCatalog.ts";
import { hubNetwork, spokeNetwork } from "./virtualNetwork.ts";
import { wafPolicy } from "./wafPolicy.ts";
import { clusterWorkspace, firewallWorkspace } from "./workspace.ts";

export const resourceCatalog: Readonly<Record<string, ResourceDefinition>> = {
  networkGroup: resourceGroup("network"),
  gatewayGroup: resourceGroup("gateway"),
  clusterGroup: resourceGroup("cluster"),
  hubNetwork,
  spokeNetwork,
  gatewaySubnet,
  clusterSubnet,
  hubToSpokePeering,
  spokeToHubPeering,
  clusterRouteTable,
  firewallPublicIp,
  firewallWorkspace,
  firewallPolicy: firewallPolicyRules.firewallPolicy,
  firewallNetworkRules: firewallPolicyRules.firewallNetworkRules,
  firewallApplicationRules: firewallPolicyRules.firewallApplicationRules,
  firewall: azureFirewall,
  defaultRoute,
  firewallDiagnostics,
  gatewaySecurityGroup,
  gatewayRouteTable,
  gatewayPublicIp,
  wafPolicy,
  gateway: applicationGateway,
  agicIdentity,
  agicGroupReader: roles.agicGroupReader,
  agicRouteTableReader: roles.agicRouteTableReader,
  agicSubnetContributor: roles.agicSubnetContributor,
  agicGatewayContributor: roles.agicGatewayContributor,
  agicFederatedCredential,
  clusterIdentity,
  clusterRouteTableContributor: roles.clusterRouteTableContributor,
  clusterSubnetContributor: roles.clusterSubnetContributor,
  clusterWorkspace,
  cluster: managedCluster,
  dataCollectionRule,
  dataCollectionAssociation,
  networkTopic,
  routeTableEvents,
  clusterTopic,
  agentPoolEvents,
};

export const syncCatalog: Readonly<Record<string, SyncDefinition>> = {
  gatewayRoutes: syncGatewayRoutes,
  gatewayRoutesRemoval: removeGatewayRoutes,
  clusterSubnetRelease: releaseClusterSubnet,
  gatewayRelease: releaseGateway,
};

export const lookupCatalog: Readonly<Record<string, LookupDefinition>> = { kubernetesVersion, eventTopics };

/** The resource that a step of kind "resource" makes right. Throws a sentence for any other step. */
export function resourceDefinition(stepId: string): ResourceDefinition {
  return entry(resourceCatalog, stepId, "resource");
}

/** What a step of kind "sync" makes follow. Throws a sentence for any other step. */
export function syncDefinition(stepId: string): SyncDefinition {
  return entry(syncCatalog, stepId, "sync");
}

/** What a step of kind "lookup" asks: a resource that would be made is looked at where it is adopted. Throws a sentence for any other step. */
export function lookupDefinition(stepId: string): LookupDefinition {
  const made = Object.hasOwn(resourceCatalog, stepId) ? resourceCatalog[stepId] : undefined;
  return made === undefined ? entry(lookupCatalog, stepId, "lookup") : lookedAt(made);
}

function lookedAt(made: ResourceDefinition): LookupDefinition {
  return {
    isAdopted: true,
    apiVersion: made.apiVersion,
    path: (spec) => made.id(spec, {}),
    outputs: (answer, spec) => made.outputs?.(answer, spec) ?? {},
  };
}

/** What a step of kind "command" installs. Throws a sentence for any other step. */
export function commandDefinition(stepId: string): CommandDefinition {
  return entry(commandCatalog, stepId, "command");
}

/** What a step of kind "verification" proves. Throws a sentence for any other step. */
export function verificationDefinition(stepId: string): VerificationDefinition {
  return entry(verificationCatalog, stepId, "verification");
}

function entry<Definition>(catalog: Readonly<Record<string, Definition>>, stepId: string, kind: string): Definition {
  const found = Object.hasOwn(catalog, stepId) ? catalog[stepId] : undefined;
  if (found === undefined) throw new Error(`There is no ${kind} step "${stepId}"; add it to the catalog.`);
  return found;
}
