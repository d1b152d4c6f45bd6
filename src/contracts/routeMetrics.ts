import type { EnvironmentView, GatewayRoutesView } from "../domain/environmentView.ts";
import type { RouteCounters } from "../domain/routeSyncState.ts";
import type { MetricFamily, MetricSample } from "./openMetrics.ts";

/** What is watched of the gateways' routes; `elsewhere` counts the events that belong to no environment. */
export function routeMetrics(
  views: readonly EnvironmentView[],
  elsewhere: RouteCounters | undefined,
): readonly MetricFamily[] {
  const routed = views.flatMap(({ name, gatewayRoutes }) =>
    gatewayRoutes === undefined ? [] : [{ environment: name, routes: gatewayRoutes }],
  );
  const each = (values: (routes: GatewayRoutesView) => readonly (MetricSample | number | undefined)[]) =>
    routed.flatMap(({ environment, routes }) => values(routes).flatMap((value) => sampleOf(environment, value)));
  const counter = (name: string, help: string, count: (counters: RouteCounters) => number): MetricFamily => ({
    name: `portcullis_routes_${name}`,
    type: "counter",
    help,
    samples: each(({ counters }) => [count(counters)]),
  });
  return [
    {
      name: "portcullis_routes_freshness_seconds",
      type: "gauge",
      unit: "seconds",
      help: "Time since nodes, the clusters' tables and the gateway's were last seen equal.",
      samples: each(({ freshnessSeconds }) => [freshnessSeconds]),
    },
    {
      name: "portcullis_routes_open_findings",
      type: "gauge",
      help: "Findings that stand open.",
      samples: each(({ findings }) => findingSamples(findings)),
    },
    {
      name: "portcullis_routes_held_changes",
      type: "gauge",
      help: "1 while a change waits for somebody to confirm it.",
      samples: each(({ held }) => [held === undefined ? 0 : 1]),
    },
    {
      name: "portcullis_routes_in_gateway_table",
      type: "gauge",
      help: "Routes in the gateway's table; Azure takes 400.",
      samples: each(({ headroom }) => [headroom?.routeCount]),
    },
    counter("passes", "Passes over the truths.", ({ passCount }) => passCount),
    counter("passes_failed", "Passes that came to no end.", ({ failedPassCount }) => failedPassCount),
    counter("arm_reads", "Reads of Azure Resource Manager.", ({ readCount }) => readCount),
    counter("arm_writes", "Writes of Azure Resource Manager.", ({ writeCount }) => writeCount),
    counter("events_followed", "Events that were a hint.", ({ followedEventCount }) => followedEventCount),
    {
      name: "portcullis_events_ignored",
      type: "counter",
      help: "Events that were none, by reason.",
      samples: Object.entries(elsewhere?.ignoredEventCounts ?? {}).map(([reason, value]) => ({
        labels: { reason },
        value,
      })),
    },
  ];
}

function sampleOf(environment: string, value: MetricSample | number | undefined): readonly MetricSample[] {
  if (value === undefined) return [];
  if (typeof value === "number") return [{ labels: { environment }, value }];
  return [{ ...value, labels: { environment, ...value.labels } }];
}

function findingSamples(findings: GatewayRoutesView["findings"]): readonly MetricSample[] {
  const open = Map.groupBy(
    findings.filter(({ isOpen }) => isOpen),
    ({ code }) => code,
  );
  return [...open].map(([code, each]) => ({ labels: { code }, value: each.length }));
}
