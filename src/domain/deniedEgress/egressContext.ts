/** What is known of an environment when its log is judged. */
import type { FirewallRulesSpec, NetworkPlugin } from "../environmentSpec.ts";
import type { KnownNode } from "./nodeDirectory.ts";
import type { FlowSourcePod } from "./source.ts";

export interface EgressCluster {
  readonly name: string;
  readonly networkPlugin: NetworkPlugin;
  /** The prefix of the subnet with its nodes, and with its pods where they leave under their own addresses. */
  readonly nodePrefix: string;
  /** Absent: they could not be counted. */
  readonly nodeCount?: number;
  /** Public addresses of its API server, where known. */
  readonly apiServerAddresses?: readonly string[];
}

/** A pod that had an address for a time, as the cluster's inventory says. */
export interface PodSighting extends FlowSourcePod {
  readonly address: string;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** The switches of a ticket that decide what may leave. */
export type EgressSwitches = Pick<
  FirewallRulesSpec,
  "compatibility" | "dockerHub" | "osUpdates" | "apiServerByAddress"
> & { readonly monitoring: boolean };

export interface EgressContext {
  readonly environment: string;
  /** ARM's name of the location, e.g. "westeurope". */
  readonly location: string;
  readonly clusters: readonly EgressCluster[];
  /** Those that are there, and those that went in the last two days. */
  readonly nodes: readonly KnownNode[];
  readonly pods: readonly PodSighting[];
  readonly switches: EgressSwitches;
}
