import type { NodeAnswer, ScalingLook } from "../../demo/scalingLook.ts";

export interface LookOptions {
  /** Of the application on each node, in the order of their names; undefined: nothing is deployed on it. */
  readonly answers: readonly (NodeAnswer | undefined)[];
  readonly atEpochMs: number;
  /** Routes that the gateway has; as many as nodes unless said. */
  readonly gatewayRouteCount?: number;
  readonly passes?: NonNullable<ScalingLook["environment"]["gatewayRoutes"]>["passes"];
}

export function scalingLook({ answers, atEpochMs, gatewayRouteCount, passes = [] }: LookOptions): ScalingLook {
  const nodes = answers.map((answer, index) => ({
    name: `aks-pool-vmss00000${index}`,
    address: `10.0.5.${4 + index}`,
    ...(answer === undefined ? {} : { answer }),
  }));
  const sourceRoutes = nodes.map(({ address }, index) => `10.244.${index}.0/24 → ${address}`);
  return {
    atEpochMs,
    nodes,
    sourceRoutes,
    gatewayRoutes: sourceRoutes.slice(0, gatewayRouteCount),
    environment: {
      name: "kubenet",
      location: "westeurope",
      subscriptionId: "00000000-0000-0000-0000-000000000000",
      lastTicket: "CHG0001",
      waitingTickets: [],
      clusters: [],
      gatewayRoutes: {
        tableId: "/table",
        isRunning: false,
        findings: [],
        passes,
        counters: {
          followedEventCount: 0,
          ignoredEventCounts: {},
          passCount: 0,
          failedPassCount: 0,
          readCount: 0,
          writeCount: 0,
        },
      },
    },
  };
}
