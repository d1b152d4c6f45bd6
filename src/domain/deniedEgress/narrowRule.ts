/** The narrowest rule that would let a case's connections out, and what it would do with what was seen. */
import { containsAddress } from "../addressPrefix.ts";
import type { DeniedFlow } from "./deniedFlow.ts";
import type { EgressCase, EgressClass } from "./egressCase.ts";
import type { Alike } from "./fingerprint.ts";

export interface NarrowRule {
  /** "application": by name. "network": one address. "networkFqdn": by name, for protocols that application rules do not know. */
  readonly kind: "application" | "network" | "networkFqdn";
  readonly sources: readonly string[];
  readonly destination: string;
  readonly protocol: string;
  /** Absent for protocols without ports. */
  readonly port?: number;
}

/** ARM's names of what an application rule can allow. Source: learn.microsoft.com/azure/templates/microsoft.network/firewallpolicies/rulecollectiongroups, checked 2026-11. */
export const applicationProtocols: Readonly<Record<string, string>> = { HTTP: "Http", HTTPS: "Https", MSSQL: "Mssql" };

const networkProtocols: ReadonlySet<string> = new Set(["TCP", "UDP", "ICMP"]);

const hostName = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Classes for which a rule of one's own is the answer; for the others a switch of the environment is, or nothing. */
const proposable: ReadonlySet<EgressClass> = new Set(["application", "imagePull"]);

/**
 * Undefined for threats, for what a switch of the environment lets out, and where the destination is not known exactly. What
 * stands in the log was written by whoever asked: only what is a name or an address goes into a rule.
 */
export function narrowRule(
  alike: Alike & { readonly class: EgressClass },
  sources: readonly string[],
): NarrowRule | undefined {
  const { destination, port, protocol } = alike;
  if (!proposable.has(alike.class) || sources.length === 0 || (port === undefined && protocol !== "ICMP"))
    return undefined;
  const rest = { sources, destination: destination.name, ...(port === undefined ? {} : { port }) };
  if (destination.kind === "fqdn" && hostName.test(destination.name)) {
    if (applicationProtocols[protocol] !== undefined) return { ...rest, kind: "application", protocol };
    return networkProtocols.has(protocol) ? { ...rest, kind: "networkFqdn", protocol } : undefined;
  }
  if (destination.kind !== "address" || !containsAddress("0.0.0.0/0", destination.name)) return undefined;
  const transport = applicationProtocols[protocol] === undefined ? protocol : "TCP";
  return networkProtocols.has(transport) ? { ...rest, kind: "network", protocol: transport } : undefined;
}

/** Whether a rule lets a refused connection out. Threat intelligence is asked before every rule, and a rule that denies stays. */
export function allows(rule: NarrowRule, flow: DeniedFlow): boolean {
  if (flow.kind === "threat" || flow.reason === "threatIntelligence" || flow.reason === "rule") return false;
  if (flow.destination.name !== rule.destination || flow.port !== rule.port) return false;
  const isSpoken =
    rule.kind === "network"
      ? flow.protocol === rule.protocol ||
        (rule.protocol === "TCP" && applicationProtocols[flow.protocol] !== undefined)
      : flow.protocol === rule.protocol;
  return isSpoken && rule.sources.some((prefix) => containsAddress(prefix, flow.sourceAddress));
}

/** What a rule does with the connections of one reading. */
export interface Replay {
  /** Of the case. */
  readonly seenCount: number;
  readonly allowedCount: number;
  /** Of others, in words, the first few. */
  readonly newlyOpened: readonly string[];
}

/** More than this are counted in the last of them. */
const NEWLY_OPENED_MAX = 5;

/** A connection with what it is alike by. */
export interface ReplayedFlow {
  readonly flow: DeniedFlow;
  readonly fingerprint: string;
  readonly cluster: string;
}

/** `flows` are those to the same destination: no other is ever allowed by a rule this narrow. */
export function replay(rule: NarrowRule, fingerprint: string, flows: readonly ReplayedFlow[]): Replay {
  const own = flows.filter((each) => each.fingerprint === fingerprint);
  const others = flows.filter((each) => each.fingerprint !== fingerprint && allows(rule, each.flow));
  const named = [
    ...new Set(others.map(({ flow, cluster }) => `${targetInWords(flow)} from ${cluster || flow.sourceAddress}`)),
  ].sort();
  const more = named.length - NEWLY_OPENED_MAX;
  return {
    seenCount: sum(own),
    allowedCount: sum(own.filter(({ flow }) => allows(rule, flow))),
    newlyOpened: more > 0 ? [...named.slice(0, NEWLY_OPENED_MAX), `${more} more`] : named,
  };
}

function sum(flows: readonly ReplayedFlow[]): number {
  return flows.reduce((total, { flow }) => total + flow.count, 0);
}

/** "quay.io:443 (HTTPS)", "1.2.3.4 (ICMP)", "a destination whose name was not sent (HTTPS)", "many destinations". */
export function targetInWords({
  destination,
  port,
  protocol,
}: Pick<EgressCase, "destination" | "protocol"> & { readonly port?: number | undefined }): string {
  if (destination.kind === "many") return "many destinations";
  const at = port === undefined ? "" : `:${port}`;
  if (destination.kind === "unknown")
    return `a destination without a name${port === undefined ? "" : `, port ${port}`} (${protocol})`;
  return `${destination.name}${at} (${protocol})`;
}
