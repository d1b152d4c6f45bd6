/** An environment with two clusters, as the watch knows it. */
import type { DeniedFlow, LogReading } from "../../../src/domain/deniedEgress/deniedFlow.ts";
import type { EgressContext } from "../../../src/domain/deniedEgress/egressContext.ts";
import type { ClusterNodes } from "../../../src/domain/deniedEgress/nodeDirectory.ts";
import type { TelemetryLook } from "../../../src/domain/deniedEgress/telemetry.ts";
import { FIREWALL_ID } from "./toyLog.ts";

export const START = Date.parse("2026-11-02T08:00:00.000Z");
export const minutes = (count: number): number => count * 60_000;
export const atMinute = (count: number): string => new Date(START + minutes(count)).toISOString();

export const clusterNodes: readonly ClusterNodes[] = [
  {
    cluster: "secureaks1",
    nodes: [4, 5].map((host) => ({
      address: `10.0.5.${host}`,
      node: `aks-nodepool1-vmss00000${host - 4}`,
      pool: "nodepool1",
    })),
  },
  {
    cluster: "secureaks2",
    nodes: [4].map((host) => ({
      address: `10.0.6.${host}`,
      node: `aks-nodepool2-vmss00000${host - 4}`,
      pool: "nodepool2",
    })),
  },
];

export const context: EgressContext = {
  environment: "shop",
  location: "westeurope",
  clusters: [
    { name: "secureaks1", networkPlugin: "kubenet", nodePrefix: "10.0.5.0/24", nodeCount: 2 },
    {
      name: "secureaks2",
      networkPlugin: "azure",
      nodePrefix: "10.0.6.0/24",
      nodeCount: 1,
      apiServerAddresses: ["20.1.2.3"],
    },
  ],
  nodes: clusterNodes.flatMap(({ cluster, nodes = [] }) => nodes.map((node) => ({ ...node, cluster }))),
  pods: [],
  switches: { compatibility: "2026", dockerHub: false, osUpdates: true, apiServerByAddress: true, monitoring: true },
};

export const look: TelemetryLook = { workspace: "log-fw", firewall: "fw1", diagnosticSetting: [] };

/** Three refused connections to quay.io, read in the minute after they were made. */
export function flow(minute: number, more: Partial<DeniedFlow> = {}): DeniedFlow {
  return {
    slice: atMinute(minute),
    kind: "application",
    firewallId: FIREWALL_ID,
    sourceAddress: "10.0.5.4",
    destination: { kind: "fqdn", name: "quay.io" },
    port: 443,
    protocol: "HTTPS",
    reason: "default",
    rule: "",
    count: 3,
    firstAt: atMinute(minute - 1),
    lastAt: atMinute(minute - 1),
    ...more,
  };
}

export function reading(flows: readonly DeniedFlow[], more: Partial<LogReading> = {}): LogReading {
  return {
    flows,
    totals: [],
    tables: ["AZFWApplicationRule"],
    newestRowAt: flows.at(-1)?.lastAt ?? atMinute(0),
    ...more,
  };
}
