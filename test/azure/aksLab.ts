import { ContainerServiceClient } from "@azure/arm-containerservice";
import type { TokenCredential } from "@azure/identity";
import { errorCodeOf } from "../../local/azure/core/errorResponse.ts";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { objectField } from "../../local/azure/kubernetes/jsonFields.ts";
import { startKeptNetworkLab } from "./aksNetworkLab.ts";
import { contextOf } from "./kubernetesSample.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import {
  makeEgressRoute,
  makeFirewall,
  makeGateway,
  makeNetworks,
  makePeerings,
  makeSecuredGatewaySubnet,
} from "./networkSeed.ts";

const ROLES = {
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
} as const;

export const CHART = "oci://mcr.microsoft.com/azure-application-gateway/charts/ingress-azure";
export const UPGRADE = `helm upgrade --install ingress-azure ${CHART} --version 1.9.8 --namespace kube-system --values values.json`;

export interface Identity {
  readonly id: string;
  readonly clientId: string;
  readonly principalId: string;
}

/** A command's end as commandResults shows it, dates as the SDK makes them. */
export interface CommandEnd {
  readonly provisioningState?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly logs?: string | undefined;
  readonly reason?: string | undefined;
}

/** The seed's network with a cluster's identity that may use the node subnet; clusters and commands go through the real SDK. */
export interface AksLab {
  readonly net: NetworkLab;
  readonly client: ContainerServiceClient;
  readonly clusterIdentity: Identity;
  readonly agicIdentity: Identity;
  readonly gatewayId: string;
  readonly clusterId: string;
  /** PUT as the operator, without HTTP; "201" or "400 Code". */
  put(path: string, body: JsonObject, apiVersion?: string): string;
  get(path: string, apiVersion?: string): JsonObject;
  grant(identity: Identity, role: keyof typeof ROLES, scope: string): void;
  clusterBody(properties?: JsonObject): JsonObject;
  /** Asks for the cluster and lets Azure time pass; returns its provisioning state. */
  makeCluster(seconds?: number): Promise<string>;
  trustAgic(subject?: string): void;
  run(command: string, files?: Readonly<Record<string, JsonObject>>): Promise<CommandEnd>;
  json(command: string, files?: Readonly<Record<string, JsonObject>>): Promise<JsonObject>;
  values(): JsonObject;
  advance(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface AksLabOptions {
  /** With the gateway, its subnet and security group. */
  readonly gateway?: boolean;
  /** False: the firewall has no application rules. */
  readonly applicationRules?: boolean;
  readonly statePath?: string;
  /** What is there before the seed's networks are made. */
  readonly before?: (net: NetworkLab) => Promise<unknown>;
}

export async function startAksLab(options: AksLabOptions = {}): Promise<AksLab> {
  const net = options.statePath === undefined ? await startNetworkLab() : await startKeptNetworkLab(options.statePath);
  await options.before?.(net);
  await makeNetworks(net);
  await makePeerings(net);
  await makeFirewall(net);
  await makeEgressRoute(net);
  if (options.gateway === true) {
    await makeSecuredGatewaySubnet(net);
    await makeGateway(net);
  }
  if (options.applicationRules === false) await net.remove("firewallPolicies/policy/ruleCollectionGroups/application");
  const lab = labOn(net);
  lab.grant(lab.clusterIdentity, "networkContributor", net.id("virtualNetworks/spoke/subnets/aks-1"));
  await lab.advance(60);
  return lab;
}

function labOn(net: NetworkLab): AksLab {
  const { azure } = net;
  const send = (method: "GET" | "PUT" | "DELETE", path: string, body?: JsonObject, apiVersion = "2024-05-01") =>
    azure.world.armRequest({
      principal: azure.operator,
      method,
      path,
      apiVersion,
      ...(body === undefined ? {} : { body }),
    });
  const put: AksLab["put"] = (path, body, apiVersion) => {
    const answer = send("PUT", path, body, apiVersion);
    const code = errorCodeOf(answer.body);
    return code === undefined ? String(answer.status) : `${answer.status} ${code}`;
  };
  const identity = (name: string): Identity => {
    const id = `${net.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    put(id, { location: "westeurope" });
    const { clientId, principalId } = objectField(send("GET", id).body, "properties");
    return { id, clientId: String(clientId), principalId: String(principalId) };
  };
  const gatewayId = net.id("applicationGateways/gw");
  const clusterId = `${net.group}/providers/Microsoft.ContainerService/managedClusters/aks`;
  const clusterIdentity = identity("aks-id");
  const agicIdentity = identity("agic-id");
  const client = new ContainerServiceClient(operatorCredential(net), azure.subscriptionId, {
    endpoint: azure.armUrl,
    tlsOptions: { ca: azure.caPem },
  });
  const lab: AksLab = {
    net,
    client,
    clusterIdentity,
    agicIdentity,
    gatewayId,
    clusterId,
    put,
    get: (path, apiVersion) => send("GET", path, undefined, apiVersion).body ?? {},
    grant(to, role, scope) {
      const name = azure.world.newGuid();
      const roleDefinitionId = `/subscriptions/${azure.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`;
      const properties = { roleDefinitionId, principalId: to.principalId, principalType: "ServicePrincipal" };
      const answer = put(
        `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
        { properties },
        "2022-04-01",
      );
      if (answer !== "201") throw new Error(`Role ${role} on ${scope}: ${answer}`);
    },
    clusterBody: (properties = {}) => clusterBody(lab, properties),
    async makeCluster(seconds = 330) {
      const answer = put(clusterId, lab.clusterBody());
      if (answer !== "201") throw new Error(`PUT of the cluster: ${answer}`);
      await lab.advance(seconds);
      return String((lab.get(clusterId).properties as JsonObject).provisioningState);
    },
    trustAgic(subject = "system:serviceaccount:kube-system:ingress-azure") {
      const issuer = ((lab.get(clusterId).properties as JsonObject).oidcIssuerProfile as JsonObject).issuerURL ?? "";
      const properties = { issuer, subject, audiences: ["api://AzureADTokenExchange"] };
      put(`${agicIdentity.id}/federatedIdentityCredentials/agic`, { properties }, "2023-01-31");
    },
    run: (command, files = {}) => runCommand(lab, command, contextOf(files)),
    async json(command, files) {
      const end = await lab.run(command, files);
      if (end.exitCode !== 0) throw new Error(`${command}: exit ${end.exitCode} ${end.logs}`);
      return end.logs === "" ? {} : (JSON.parse(end.logs ?? "{}") as JsonObject);
    },
    values: () => ingressValues(lab),
    advance: (seconds) => net.clock.advance(seconds * 1000),
    stop: () => net.stop(),
  };
  return lab;
}

/** Submits the command, lets its time pass, and asks for the result until it is there. */
async function runCommand(lab: AksLab, command: string, context: string): Promise<CommandEnd> {
  const poller = lab.client.managedClusters.runCommand("lab", "aks", { command, context });
  await poller.submitted();
  const state = JSON.parse(await poller.serialize()) as { state: { config: { operationLocation: string } } };
  const id = /commandResults\/([^?]+)/.exec(state.state.config.operationLocation)?.[1] ?? "";
  await lab.advance(command.startsWith("helm upgrade") ? 20 : 5);
  for (let wait = 0; wait < 12; wait++) {
    const result = await lab.client.managedClusters.getCommandResult("lab", "aks", id);
    if (result !== undefined) return result;
    await lab.advance(5);
  }
  throw new Error(`${command} gave no result within 65 s.`);
}

function ingressValues(lab: AksLab): JsonObject {
  const { subscriptionId } = lab.net.azure;
  return {
    verbosityLevel: 3,
    appgw: { subscriptionId, resourceGroup: "lab", name: "gw", usePrivateIP: false, shared: false },
    armAuth: { type: "workloadIdentity", identityClientID: lab.agicIdentity.clientId },
    rbac: { enabled: true },
    kubernetes: { watchNamespace: "default" },
  };
}

/** The operator's token, over the identity endpoint as an app would get it. */
export function operatorCredential({ azure }: NetworkLab): TokenCredential {
  return {
    async getToken() {
      const query = new URLSearchParams({
        "api-version": "2019-08-01",
        resource: "https://management.azure.com",
        client_id: azure.operator.appId,
      });
      const answer = await fetch(`${azure.tokenUrl}?${query}`, {
        headers: { "x-identity-header": azure.identityHeader },
      });
      const { access_token } = (await answer.json()) as { access_token: string };
      return { token: access_token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
}

function clusterBody(lab: AksLab, properties: JsonObject): JsonObject {
  return {
    location: "westeurope",
    identity: { type: "UserAssigned", userAssignedIdentities: { [lab.clusterIdentity.id]: {} } },
    properties: {
      dnsPrefix: "aks",
      nodeResourceGroup: "lab-nodes",
      agentPoolProfiles: [poolBody(lab)],
      networkProfile: networkProfile(),
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      ...properties,
    },
  };
}

export function poolBody(lab: AksLab, more: JsonObject = {}): JsonObject {
  return {
    name: "nodepool1",
    mode: "System",
    count: 2,
    vmSize: "Standard_D4ds_v5",
    vnetSubnetID: lab.net.id("virtualNetworks/spoke/subnets/aks-1"),
    ...more,
  };
}

export function networkProfile(more: JsonObject = {}): JsonObject {
  return {
    networkPlugin: "azure",
    outboundType: "userDefinedRouting",
    serviceCidr: "10.2.0.0/24",
    dnsServiceIP: "10.2.0.10",
    ...more,
  };
}
