/**
 * What an environment is when the ticket does not say: the names and prefixes of the seed, with today's choices where it is
 * silent. Source: its script of 29 September 2020,
 * github.com/denniszielke/container_demos/blob/73cafe0/scripts/aks_firewall_appgw.sh.
 */
import { type Adoption, ownNameInside } from "./adoption.ts";
import { nameOfId } from "./armId.ts";
import { canonicalLocation } from "./azureLocations.ts";
import type {
  ApplicationSpec,
  ClusterSpec,
  Environment,
  FirewallSpec,
  GatewaySpec,
  GroupsSpec,
  HubSpec,
  SpokeSpec,
} from "./environmentSpec.ts";
import { POD_CIDR, pluginManners } from "./networkPlugin.ts";
import { firstNodeCount } from "./nodePool.ts";
import { SAMPLE_IMAGE } from "./sampleImages.ts";

/** Everything optional, arrays replaced as a whole: what a ticket may say. `undefined` means "the default". */
export type Partly<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Partly<T[Key]> | undefined }
    : T;

export type EnvironmentRequest = Partly<Environment>;

/** The whole environment that a request stands for. */
export function withDefaults(request: EnvironmentRequest): Environment {
  const location = canonicalLocation(request.location ?? "westeurope") ?? request.location ?? "";
  const groups = fill<GroupsSpec>(
    { network: "securevnets", gateway: "secureappgw", cluster: "securek8s" },
    request.groups,
  );
  const name = request.name ?? "seed";
  const adopt = adoptionOf(request.adopt);
  const spoke = fill(spokeOf(adopt, name), request.spoke);
  const gateway = gatewayWithDefaults(request.gateway, adopt);
  return {
    name,
    location,
    zones: request.zones ?? [],
    tags: fill<Record<string, string>>({}, request.tags),
    groups,
    ...(adopt === undefined ? {} : { adopt }),
    hub: fill(hubOf(adopt, name), request.hub),
    spoke,
    firewall: firewallWithDefaults(request.firewall, adopt, nodePrefixes(spoke, gateway)),
    gateway,
    cluster: clusterWithDefaults(withSubnet(request.cluster, adopt), groups, location),
    monitoring: request.monitoring ?? true,
    application: fill(applicationDefaults, request.application),
    verification: fill(
      { allowedUrl: "https://mcr.microsoft.com/v2/", refusedUrl: "https://www.example.com/" },
      request.verification,
    ),
  };
}

const hubDefaults: HubSpec = {
  name: "hubnet",
  addressPrefixes: ["10.0.0.0/22"],
  subnets: [
    { name: "AzureFirewallSubnet", addressPrefix: "10.0.0.0/24" },
    // The seed's placeholder: nothing is ever put into it, and Azure Bastion would want the name AzureBastionSubnet.
    { name: "bastionsubnet", addressPrefix: "10.0.1.0/24" },
  ],
  peeringName: "HubToSpoke1",
};

/** Until Azure was asked, an adopted network has no more than a name to speak of it. */
function hubOf(adopt: Adoption | undefined, environment: string): HubSpec {
  if (adopt?.firewall === undefined) return hubDefaults;
  const name = `of ${nameOfId(adopt.firewall)}`;
  return { name, addressPrefixes: [], subnets: [], peeringName: ownNameInside(environment) };
}

function spokeOf(adopt: Adoption | undefined, environment: string): SpokeSpec {
  if (adopt?.gateway === undefined) return spokeDefaults;
  const peeringName = ownNameInside(environment);
  return {
    name: `of ${nameOfId(adopt.gateway)}`,
    addressPrefixes: [],
    subnets: [],
    peeringName,
    serviceEndpoints: false,
  };
}

/** The first of the subnets that the ticket hands over, unless it names another. */
function withSubnet(
  request: EnvironmentRequest["cluster"],
  adopt: Adoption | undefined,
): EnvironmentRequest["cluster"] {
  const [first] = adopt?.clusterSubnets ?? [];
  return first === undefined ? request : { ...request, subnet: request?.subnet ?? nameOfId(first) };
}

function adoptionOf(request: EnvironmentRequest["adopt"]): Adoption | undefined {
  if (request === undefined) return undefined;
  const { firewall, gateway, clusterSubnets, keptHosts } = request;
  return {
    ...(firewall === undefined ? {} : { firewall }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(clusterSubnets === undefined ? {} : { clusterSubnets }),
    ...(keptHosts === undefined ? {} : { keptHosts }),
  };
}

const spokeDefaults: SpokeSpec = {
  name: "k8snet",
  addressPrefixes: ["10.0.4.0/22"],
  subnets: [
    { name: "gw-1-subnet", addressPrefix: "10.0.4.0/24" },
    { name: "aks-1-subnet", addressPrefix: "10.0.5.0/24" },
    { name: "aks-2-subnet", addressPrefix: "10.0.6.0/24" },
  ],
  peeringName: "Spoke1ToHub",
  serviceEndpoints: true,
};

export const applicationDefaults: ApplicationSpec = {
  enabled: true,
  name: "dummy-logger",
  image: SAMPLE_IMAGE,
  replicas: 2,
};

function firewallWithDefaults(
  request: EnvironmentRequest["firewall"],
  adopt: Adoption | undefined,
  nodes: readonly string[],
): FirewallSpec {
  const adopted = adopt?.firewall;
  const name = adopted === undefined ? (request?.name ?? "dzk8sfw1") : nameOfId(adopted);
  const compatibility = request?.rules?.compatibility ?? "2026";
  const defaults: FirewallSpec = {
    name,
    publicIpName: `${name}-ip`,
    policyName: `${name}-policy`,
    workspaceName: `${name}-lagw`,
    skuTier: "Standard",
    rules: {
      compatibility,
      dockerHub: false,
      osUpdates: true,
      apiServerByAddress: true,
      // Whom else an adopted firewall serves is not the environment's to open anything for.
      sourcePrefixes: compatibility === "2020" && adopted === undefined ? ["*"] : nodes,
      ...(adopted === undefined ? PORTAL_PRIORITIES : PRIORITIES_BESIDE_OTHERS),
    },
  };
  return { ...fill(defaults, request), rules: fill(defaults.rules, request?.rules) };
}

/**
 * Priorities of rule collection groups that Azure's portal gives, and lower ones for a policy that has groups of others.
 * Source: learn.microsoft.com/azure/firewall/policy-rule-sets, checked 2026-11.
 */
const PORTAL_PRIORITIES = { networkPriority: 200, applicationPriority: 300 } as const;
const PRIORITIES_BESIDE_OTHERS = { networkPriority: 2200, applicationPriority: 2300 } as const;

/** The subnets that nodes may stand in: all of the spoke but the gateway's. The second one of the seed waits for a second cluster. */
export function nodePrefixes(spoke: SpokeSpec, gateway: Pick<GatewaySpec, "subnet">): readonly string[] {
  return spoke.subnets.filter((subnet) => subnet.name !== gateway.subnet).map((subnet) => subnet.addressPrefix);
}

function gatewayWithDefaults(request: EnvironmentRequest["gateway"], adopt: Adoption | undefined): GatewaySpec {
  const name = adopt?.gateway === undefined ? (request?.name ?? "dzk8sappgw1") : nameOfId(adopt.gateway);
  return fill<GatewaySpec>(
    {
      name,
      publicIpName: `${name}-pip`,
      securityGroupName: `${name}-nsg`,
      routeTableName: `${name}-rt`,
      wafPolicyName: `${name}-waf`,
      identityName: `${name}-id`,
      subnet: "gw-1-subnet",
      minCapacity: 0,
      maxCapacity: 10,
      wafMode: "Prevention",
    },
    request,
  );
}

/** The whole cluster that a request stands for. */
export function clusterWithDefaults(
  request: EnvironmentRequest["cluster"],
  groups: GroupsSpec,
  location: string,
): ClusterSpec {
  const name = request?.name ?? "secureaks1";
  const networkPlugin = request?.networkPlugin ?? "azure";
  const { podsInSubnet, maxPods } = pluginManners[networkPlugin];
  return fill<ClusterSpec>(
    {
      name,
      identityName: `${name}-id`,
      routeTableName: `${name}-rt`,
      workspaceName: name,
      // An unknown location is a mistake of its own, and must not become a second one here.
      nodeGroupName: `${groups.cluster}_${name}_nodes_${location.toLowerCase().replace(/[^a-z0-9]/g, "")}`,
      subnet: "aks-1-subnet",
      networkPlugin,
      ...(podsInSubnet ? {} : { podCidr: POD_CIDR }),
      serviceCidr: "10.2.0.0/24",
      dnsServiceIP: "10.2.0.10",
      poolName: "nodepool1",
      nodeCount: firstNodeCount(request?.minCount, request?.maxCount),
      vmSize: "Standard_D2s_v5",
      maxPods,
      skuTier: "Free",
    },
    request,
  );
}

/** The defaults with what was asked for put over them; members that were not asked for stay. */
export function fill<T extends object>(defaults: T, asked: { readonly [Key in keyof T]?: unknown } | undefined): T {
  const given = Object.entries(asked ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}
