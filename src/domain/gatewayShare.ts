/**
 * How clusters share one gateway. Every ingress controller writes the whole gateway and takes all hosts for its own but
 * those that it is told to keep off; so each is told the hosts of all others, and one that nobody has: a controller
 * without any such word takes the gateway for its own and clears it.
 *
 * | host                            | served by                      | kept off by |
 * |---------------------------------|--------------------------------|-------------|
 * | `<cluster>.<address>.nip.io`    | that cluster, always           | all others  |
 * | the production host             | the cluster that has traffic   | all others  |
 * | hosts on an adopted gateway     | its operator                   | all         |
 * | a host that cannot be           | nobody                         | all         |
 *
 * Source: github.com/Azure/application-gateway-kubernetes-ingress docs (shared Application Gateway), checked 2026-11.
 */
import { foreignHosts } from "./adoption.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { ingressHost } from "./resourceNames.ts";
import type { Outputs } from "./step.ts";

/** A host that a controller keeps off. */
export interface ProhibitedHost {
  /** Name of the object in the cluster. */
  readonly name: string;
  readonly hostname: string;
}

/** ".invalid" is kept free for ever. Source: RFC 2606. */
const NOBODYS_HOST: ProhibitedHost = { name: "nobody", hostname: "portcullis.invalid" };

/** The longest prefix that the controller takes, in characters. Source: its chart's values schema, `appgw.subResourceNamePrefix`, checked 2026-11. */
const PREFIX_CHARACTERS = 47;

/** The cluster's name as a label of a host name. */
export function clusterLabel(cluster: string): string {
  return cluster.toLowerCase().replaceAll("_", "-");
}

/** What the names of a cluster's parts of the gateway begin with. */
export function gatewayPartPrefix(cluster: string): string {
  return `${clusterLabel(cluster).slice(0, PREFIX_CHARACTERS - 1)}-`;
}

/** The host that a cluster's application always has, whoever has the traffic. */
export function clusterHost(cluster: string, outputs: Outputs): string {
  const address = outputs.gatewayPublicIpAddress;
  if (address === undefined)
    throw new Error(`The host of the cluster ${cluster} needs the gateway's address, which is not known yet.`);
  return `${clusterLabel(cluster)}.${address}.nip.io`;
}

/** The host that leads to the cluster with the traffic. */
export function productionHost(spec: EnvironmentSpec, outputs: Outputs): string {
  const host = ingressHost(spec, outputs);
  if (host === undefined)
    throw new Error("The ingress has no host; the gateway's address must be among the needs of this step.");
  return host;
}

/** The hosts of the cluster's application, the production host first where it has the traffic. */
export function servedHosts(spec: EnvironmentSpec, outputs: Outputs): readonly string[] {
  const production = spec.share.hasTraffic ? [productionHost(spec, outputs)] : [];
  return [...production, clusterHost(spec.cluster.name, outputs)];
}

/** The hosts that the cluster's ingress controller keeps off; never none. */
export function prohibitedHosts(spec: EnvironmentSpec, outputs: Outputs): readonly ProhibitedHost[] {
  const production = spec.share.hasTraffic ? [] : [{ name: "production", hostname: productionHost(spec, outputs) }];
  const others = spec.share.others.map((name) => ({
    name: `cluster-${clusterLabel(name)}`,
    hostname: clusterHost(name, outputs),
  }));
  const foreign = foreignHosts(spec.adopt).map((hostname, index) => ({
    name: `foreign-${index + 1}`,
    hostname,
  }));
  return [NOBODYS_HOST, ...production, ...others, ...foreign];
}
