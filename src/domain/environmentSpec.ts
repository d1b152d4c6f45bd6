import type { Adoption } from "./adoption.ts";

/**
 * What an environment is: one hub, one spoke, one firewall, one gateway and its cluster, with every name, prefix and
 * switch decided. Nothing in here is looked up or computed later; what only Azure can say is in `Outputs`.
 */

export interface SubnetSpec {
  readonly name: string;
  /** CIDR notation, e.g. "10.0.4.0/24". */
  readonly addressPrefix: string;
}

export interface GroupsSpec {
  /** Hub, spoke, firewall, its workspace, the cluster's route table. */
  readonly network: string;
  /** Application Gateway, its address, security group, route table, WAF policy and the ingress controller's identity. */
  readonly gateway: string;
  /** Cluster, its identity and its workspace. */
  readonly cluster: string;
}

export interface HubSpec {
  readonly name: string;
  readonly addressPrefixes: readonly string[];
  readonly subnets: readonly SubnetSpec[];
  /** Name of the peering from the hub to the spoke. */
  readonly peeringName: string;
}

export interface SpokeSpec {
  readonly name: string;
  readonly addressPrefixes: readonly string[];
  readonly subnets: readonly SubnetSpec[];
  /** Name of the peering from the spoke to the hub. */
  readonly peeringName: string;
  /**
   * Whether the cluster subnets get service endpoints to Storage, SQL, Cosmos DB and Key Vault. Their routes are more
   * specific than the default route, so that traffic does not pass the firewall and is never in its log.
   */
  readonly serviceEndpoints: boolean;
}

/** "2026" is what AKS needs today; "2020" is the literal rule set of the article the product grew from. */
export type RuleCompatibility = "2026" | "2020";

export interface FirewallRulesSpec {
  readonly compatibility: RuleCompatibility;
  /** Docker Hub, for demonstrations only. */
  readonly dockerHub: boolean;
  /** Ubuntu's update servers. */
  readonly osUpdates: boolean;
  /**
   * TCP 443 to the region's Azure addresses: pods outside kube-system (the AKS run command's own pod among them) reach
   * the API server by address, which no application rule can match.
   */
  readonly apiServerByAddress: boolean;
  /** Who may use the rules, in CIDR notation or "*". */
  readonly sourcePrefixes: readonly string[];
  /** Priorities of the two rule collection groups in their policy; the lower is asked first. */
  readonly networkPriority: number;
  readonly applicationPriority: number;
}

export interface FirewallSpec {
  readonly name: string;
  readonly publicIpName: string;
  readonly policyName: string;
  readonly workspaceName: string;
  readonly skuTier: "Standard" | "Premium";
  readonly rules: FirewallRulesSpec;
}

export interface GatewaySpec {
  readonly name: string;
  readonly publicIpName: string;
  /** First label of the gateway's name in Azure's DNS: `<label>.<location>.cloudapp.azure.com`. Omitted: no such name. */
  readonly domainNameLabel?: string;
  readonly securityGroupName: string;
  /** The route table of the gateway's subnet, which only clusters with kubenet need. */
  readonly routeTableName: string;
  readonly wafPolicyName: string;
  /** The ingress controller's user-assigned identity. */
  readonly identityName: string;
  /** Name of a subnet of the spoke, for gateways alone. */
  readonly subnet: string;
  /** Autoscale bounds in instances. */
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly wafMode: "Prevention" | "Detection";
}

/** How pods get addresses: "azure" is node-subnet Azure CNI, "overlay" is Azure CNI with a pod network of its own. */
export type NetworkPlugin = "azure" | "kubenet" | "overlay";

export interface ClusterSpec {
  readonly name: string;
  readonly identityName: string;
  readonly routeTableName: string;
  readonly workspaceName: string;
  readonly nodeGroupName: string;
  /** Name of a subnet of the spoke. */
  readonly subnet: string;
  readonly networkPlugin: NetworkPlugin;
  /** Addresses of the pods; with "kubenet" and "overlay" only. */
  readonly podCidr?: string;
  readonly serviceCidr: string;
  readonly dnsServiceIP: string;
  readonly poolName: string;
  /** How many nodes the pool starts with. */
  readonly nodeCount: number;
  /** Bounds of the cluster autoscaler; both or none. Omitted: the pool is not scaled by itself. */
  readonly minCount?: number;
  readonly maxCount?: number;
  /** Nodes that come while the pool is upgraded: "1", or "10%" of its nodes. Omitted: AKS's default. */
  readonly maxSurge?: string;
  readonly vmSize: string;
  /** Pods a node can run; with "azure" each has an address of the node subnet. */
  readonly maxPods: number;
  readonly skuTier: "Free" | "Standard";
  /** Omitted: AKS's default version of the location is looked up. */
  readonly kubernetesVersion?: string;
}

export interface ApplicationSpec {
  readonly enabled: boolean;
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  /**
   * Host name of the ingress; it must lead to the gateway. Omitted: the gateway's name in Azure's DNS, or
   * `<address of the gateway>.nip.io` when it has none.
   */
  readonly host?: string;
}

export interface VerificationSpec {
  /** A URL that a pod must reach. */
  readonly allowedUrl: string;
  /** A URL that the firewall must refuse. */
  readonly refusedUrl: string;
}

/** An environment as a ticket describes it, defaults filled in. */
export interface Environment {
  readonly name: string;
  /** ARM's name of the location, e.g. "westeurope". */
  readonly location: string;
  /** Availability zones of the firewall, the gateway, their addresses and the nodes; empty as in the seed: Azure's default. */
  readonly zones: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: GroupsSpec;
  /** What it uses and has not made; the parts below say of it what was found. */
  readonly adopt?: Adoption;
  readonly hub: HubSpec;
  readonly spoke: SpokeSpec;
  readonly firewall: FirewallSpec;
  readonly gateway: GatewaySpec;
  readonly cluster: ClusterSpec;
  /** Container Insights with its workspace and data collection rule. */
  readonly monitoring: boolean;
  readonly application: ApplicationSpec;
  readonly verification: VerificationSpec;
}

/** An environment and the subscription that it lives in: all that plans and resource bodies are made of. */
export interface EnvironmentSpec extends Environment {
  readonly subscriptionId: string;
  readonly share: GatewayShare;
}

/** What the cluster must know of those that it shares the gateway with. */
export interface GatewayShare {
  /** Names of the other clusters behind the gateway. */
  readonly others: readonly string[];
  /** Whether the production host leads to this cluster. */
  readonly hasTraffic: boolean;
}

/** The spec of a ticket's environment in the subscription that this app serves, with its cluster alone behind the gateway. */
export function environmentSpec(environment: Environment, subscriptionId: string): EnvironmentSpec {
  return { ...environment, subscriptionId, share: { others: [], hasTraffic: true } };
}
