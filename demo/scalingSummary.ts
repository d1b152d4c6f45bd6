import { durationText } from "../src/cli/durationText.ts";
import type { ScalingEnd } from "./runScaling.ts";
import { syncText } from "./scalingLines.ts";

/** What the demonstration has shown, for a person. */
export function scalingSummary(end: ScalingEnd): readonly string[] {
  const { record, writes, elapsedSeconds, shortcomings } = end;
  const { nodes, sourceRoutes, gatewayRoutes } = record.last;
  const seconds = unreachableSeconds(end);
  return [
    shortcomings.length === 0
      ? "  ✔ 502 before and 200 after the sync on each new node, with nobody's hand on a route."
      : "  ✘ Not all was seen that should have been:",
    ...shortcomings.map((sentence) => `      ${sentence}`),
    ...record.syncs.map((sync) => `    ${syncText(sync)}`),
    ...(seconds === undefined ? [] : [`    502 for up to ${durationText(seconds)}, because the events were late`]),
    `    ${nodes.length} nodes, ${sourceRoutes.length} routes in the cluster's table, ${gatewayRoutes.length} in the gateway's`,
    `    ${writes.byApp} writes of the gateway's table by the app, ${writes.inAzure - writes.byApp} by others, in ${durationText(elapsedSeconds)} of Azure's time`,
  ];
}

/** The same for a machine. */
export function scalingReport({ record, joined, writes, elapsedSeconds, shortcomings }: ScalingEnd) {
  return {
    succeeded: shortcomings.length === 0,
    shortcomings,
    elapsedSeconds,
    joined: record.nodes.filter(({ name }) => joined.includes(name)),
    syncs: record.syncs,
    writesOfGatewayTable: writes,
    nodes: record.last.nodes,
    sourceRoutes: record.last.sourceRoutes,
    gatewayRoutes: record.last.gatewayRoutes,
  };
}

/** For how long, at most, the gateway knew a pod that it had no route to. */
function unreachableSeconds({ record, joined }: ScalingEnd): number | undefined {
  const spans = record.nodes
    .filter(({ name }) => joined.includes(name))
    .flatMap(({ answers }) => answers.filter(({ answer }) => answer === "502 unreachable"))
    .map(({ fromEpochMs, toEpochMs }) => (toEpochMs - fromEpochMs) / 1000);
  return spans.length === 0 ? undefined : Math.max(...spans);
}
