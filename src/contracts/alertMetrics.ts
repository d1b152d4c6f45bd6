import type { AlertOutboxView, SinkView } from "../domain/alerts/alertOutboxView.ts";
import type { MetricFamily } from "./openMetrics.ts";

/** What is watched of the alerts: a sink that fails can say nothing of it itself. */
export function alertMetrics(outboxes: readonly AlertOutboxView[]): readonly MetricFamily[] {
  const each = (value: (sink: SinkView) => number) =>
    outboxes.flatMap(({ environment, sinks }) =>
      sinks.map((sink) => ({ labels: { environment, sink: sink.sink }, value: value(sink) })),
    );
  return [
    {
      name: "portcullis_alerts_waiting",
      type: "gauge",
      help: "Alerts that a sink has not taken yet.",
      samples: each(({ waitingCount }) => waitingCount),
    },
    {
      name: "portcullis_alerts_failures_in_a_row",
      type: "gauge",
      help: "Attempts that have failed since a sink last took an alert.",
      samples: each(({ failureCount }) => failureCount),
    },
    {
      name: "portcullis_alerts_delivered",
      type: "counter",
      help: "Alerts that a sink has taken.",
      samples: each(({ deliveredCount }) => deliveredCount),
    },
    {
      name: "portcullis_alerts_refused",
      type: "counter",
      help: "Alerts that a sink will never take.",
      samples: each(({ refusedCount }) => refusedCount),
    },
    {
      name: "portcullis_alerts_overflowed",
      type: "counter",
      help: "Alerts that gave way because more waited than are kept.",
      samples: outboxes.map(({ environment, overflowCount }) => ({ labels: { environment }, value: overflowCount })),
    },
  ];
}
