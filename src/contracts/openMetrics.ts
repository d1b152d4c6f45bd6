/**
 * Numbers for whoever watches, as OpenMetrics 1.0 text. Source: the OpenMetrics specification (exposition format),
 * github.com/prometheus/OpenMetrics, checked 2026-11.
 */
export const OPEN_METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export interface MetricFamily {
  /** With its unit last; a counter's without "_total". */
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly unit?: "seconds";
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Families without a sample are named all the same, so that a dashboard finds them before the first one comes. */
export function openMetrics(families: readonly MetricFamily[]): string {
  return [...families.flatMap(linesOf), "# EOF", ""].join("\n");
}

function linesOf({ name, type, unit, help, samples }: MetricFamily): readonly string[] {
  const sampleName = type === "counter" ? `${name}_total` : name;
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(({ labels, value }) => `${sampleName}${labelText(labels)} ${value}`),
  ];
}

function labelText(labels: MetricSample["labels"]): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return "";
  return `{${entries.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
