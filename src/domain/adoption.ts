/**
 * What an environment uses and has not made. The ticket names a firewall, a gateway with subnets for clusters, or both;
 * everything else follows from what Azure says of them:
 *
 *   firewall → its hub, its policy, its addresses        gateway → its subnet, so the spoke, its address, its WAF policy
 *
 * None of it is written, but for what is the environment's own inside: rule collection groups, a peering, a diagnostic
 * setting, the route table on its clusters' subnets, and its ingress controllers' parts of the gateway.
 */
import { sameId } from "./armId.ts";

export interface Adoption {
  /** Id of an Azure Firewall. */
  readonly firewall?: string;
  /** Id of an Application Gateway. */
  readonly gateway?: string;
  /** Ids of the subnets beside the gateway's that the environment's clusters may use. */
  readonly clusterSubnets?: readonly string[];
  /** Hosts that an operator is about to have on the gateway: ingress controllers keep off them before there is a listener. */
  readonly keptHosts?: readonly string[];
  /** What Azure says of them; absent until it was asked. */
  readonly found?: FoundParts;
}

export interface FoundParts {
  readonly firewall?: FoundFirewall;
  readonly gateway?: FoundGateway;
  /** The operator has peered the adopted hub and the adopted spoke himself. */
  readonly arePeered: boolean;
}

export interface FoundFirewall {
  readonly virtualNetworkId: string;
  readonly policyId: string;
  /** Absent where all that leaves is tunnelled elsewhere. */
  readonly publicIpId?: string;
}

export interface FoundGateway {
  readonly virtualNetworkId: string;
  readonly publicIpId: string;
  readonly wafPolicyId: string;
  /** Hosts of listeners that were there before: every ingress controller keeps off them. */
  readonly foreignHosts: readonly string[];
}

/** What the environment puts into something adopted bears its name: "portcullis-seed". */
export function ownNameInside(environment: string): string {
  return `portcullis-${environment}`;
}

/** Whether the id is that of something adopted, which is left as it is. */
export function isAdopted(adoption: Adoption | undefined, id: string): boolean {
  return adoptedIds(adoption).some((adopted) => sameId(adopted, id));
}

function adoptedIds({ firewall, gateway, clusterSubnets = [], found }: Adoption = {}): readonly string[] {
  const others = [
    firewall,
    gateway,
    found?.firewall?.virtualNetworkId,
    found?.firewall?.policyId,
    found?.firewall?.publicIpId,
    found?.gateway?.virtualNetworkId,
    found?.gateway?.publicIpId,
    found?.gateway?.wafPolicyId,
  ];
  return [...clusterSubnets, ...others.flatMap((id) => id ?? [])];
}

/** Hosts that ingress controllers keep off, each once. */
export function foreignHosts({ keptHosts = [], found }: Adoption = {}): readonly string[] {
  return [...new Set([...(found?.gateway?.foreignHosts ?? []), ...keptHosts])].sort();
}

/** Whether two tickets adopt the same; what was found of it, and what is kept off there, may have changed. */
export function sameAdoption(left: Adoption | undefined, right: Adoption | undefined): boolean {
  return wishOf(left) === wishOf(right);
}

function wishOf({ firewall = "", gateway = "", clusterSubnets = [] }: Adoption = {}): string {
  return [firewall, gateway, ...[...clusterSubnets].sort()].join(" ").toLowerCase();
}
