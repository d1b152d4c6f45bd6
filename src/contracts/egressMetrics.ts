import type { EgressStatusView } from "../domain/egressStatus.ts";
import type { EnvironmentView } from "../domain/environmentView.ts";
import type { MetricFamily, MetricSample } from "./openMetrics.ts";

/** What is watched of denied egress. */
export function egressMetrics(views: readonly EnvironmentView[]): readonly MetricFamily[] {
  const watched = views.flatMap(({ name, egress }) => (egress === undefined ? [] : [{ environment: name, egress }]));
  const each = (samples: (egress: EgressStatusView) => readonly MetricSample[]): readonly MetricSample[] =>
    watched.flatMap(({ environment, egress }) =>
      samples(egress).map(({ labels, value }) => ({ labels: { environment, ...labels }, value })),
    );
  const one = (value: number | undefined): readonly MetricSample[] =>
    value === undefined ? [] : [{ labels: {}, value }];
  const counter = (name: string, help: string, count: keyof EgressStatusView["counters"]): MetricFamily => ({
    name: `portcullis_egress_${name}`,
    type: "counter",
    help,
    samples: each(({ counters }) => one(counters[count])),
  });
  return [
    {
      name: "portcullis_egress_open_cases",
      type: "gauge",
      help: "Cases of denied egress that are not closed.",
      samples: each(({ openCases }) =>
        openCases.map(({ class: of, severity, count }) => ({ labels: { class: of, severity }, value: count })),
      ),
    },
    {
      name: "portcullis_egress_freshness_seconds",
      type: "gauge",
      unit: "seconds",
      help: "Age of the instant up to which the firewall's log was read.",
      samples: each(({ freshnessSeconds }) => one(freshnessSeconds)),
    },
    {
      name: "portcullis_egress_ingestion_lag_seconds",
      type: "gauge",
      unit: "seconds",
      help: "Time that rows of any kind last took to come into the log, on average.",
      samples: each(({ ingestionLagSeconds }) => one(ingestionLagSeconds)),
    },
    {
      name: "portcullis_egress_log_findings",
      type: "gauge",
      help: "Findings about the log itself that stand open.",
      samples: each(({ findings }) => findingSamples(findings)),
    },
    counter("passes", "Windows of the log that were read.", "passCount"),
    counter("passes_failed", "Windows of the log that could not be read.", "failedPassCount"),
    counter("connections", "Refused connections, each counted once.", "rowCount"),
    counter("rows_fetched", "Rows that the log was asked for.", "fetchedRowCount"),
    counter("cases_opened", "Cases that somebody was told of.", "openedCount"),
    counter("cases_closed", "Cases that were closed.", "closedCount"),
  ];
}

function findingSamples(findings: EgressStatusView["findings"]): readonly MetricSample[] {
  const open = Map.groupBy(
    findings.filter(({ isOpen }) => isOpen),
    ({ code }) => code,
  );
  return [...open].map(([code, group]) => ({ labels: { code }, value: group.length }));
}
