/** What is left on the screen when a ticket has ended. Pure. */
import type { StepStatus, TicketStatus } from "../contracts/ticketStatus.ts";
import { durationText } from "./durationText.ts";
import { failureText } from "./failureText.ts";
import { LABEL_CELLS, section } from "./labelledSections.ts";
import { type Palette, palette } from "./palette.ts";
import { cellWidth, cut, printable, wrap } from "./textLayout.ts";
import { hasSucceeded } from "./ticketReport.ts";

export interface SummaryView {
  readonly columns: number;
  readonly color: boolean;
  /** Seconds that the viewer has waited; said when Azure's time ran at another speed. */
  readonly realSeconds?: number;
}

/** The summary, every line within the window. */
export function renderSummary(status: TicketStatus, view: SummaryView): string {
  const paint = palette(view.color);
  const room = Math.max(24, Math.min(120, view.columns) - 1 - 2 - LABEL_CELLS);
  return [
    ...headline(status, room + LABEL_CELLS, paint),
    ...failureLines(status, room, paint),
    ...section("Warning", warningLines(status, room, paint), paint),
    ...section("Built", builtLines(status, room), paint),
    ...section("Deleted", deletedLines(status, room), paint),
    ...section("Left", leftLines(status, room), paint),
    ...section("Addresses", addressLines(status, room), paint),
    ...section("Verified", verificationLines(status, room, paint), paint),
    ...section(
      "Time",
      timeLines(status, view).flatMap((line) => wrap(line, room)),
      paint,
    ),
    ...section("Azure", wrap(callText(status), room), paint),
  ].join("\n");
}

function headline(status: TicketStatus, room: number, paint: Palette): string[] {
  const succeeded = hasSucceeded(status);
  const mark = succeeded ? paint.green("✔") : paint.red("✘");
  const failedStep = status.steps.find((step) => step.id === status.failure?.stepId);
  // Code and message follow below; the app's own sentence would say them twice.
  const sentence =
    status.failure === undefined ? status.summary : `${status.state} at: ${failedStep?.title ?? "the whole"}`;
  const lines = wrap(printable(`${status.ticket.number}: ${sentence}`), room - 2);
  return lines.map((line, index) => (index === 0 ? `  ${mark} ${paint.bold(line)}` : `    ${paint.bold(line)}`));
}

function failureLines({ failure }: TicketStatus, room: number, paint: Palette): string[] {
  return failure === undefined ? [] : ["", ...failureText(failure, room, paint)];
}

/** What the plan warned of; it is no failure, and the reader's to think about. */
function warningLines(status: TicketStatus, room: number, paint: Palette): string[] {
  return status.warnings.flatMap((warning) => wrap(printable(warning), room)).map(paint.yellow);
}

function builtLines(status: TicketStatus, room: number): string[] {
  const built = status.steps.filter((step) => step.kind === "resource" && isDone(step));
  if (built.length === 0) return [];
  const unchangedCount = built.filter((step) => step.state === "unchanged").length;
  const counts = [
    `${built.length} resources`,
    `${built.length - unchangedCount} written`,
    `${unchangedCount} right already`,
  ];
  return [...wrap(counts.join(", "), room), ...groupLines(built, room)];
}

function deletedLines(status: TicketStatus, room: number): string[] {
  const deleted = status.steps.filter((step) => step.kind === "deletion" && step.state === "done");
  return deleted.length === 0 ? [] : [`${deleted.length} resources`, ...groupLines(deleted, room)];
}

/** What a decommission did not delete, each with its reason. */
function leftLines(status: TicketStatus, room: number): string[] {
  const left = status.steps.filter((step) => step.kind === "deletion" && step.detail?.startsWith("left: "));
  return left.flatMap(({ resourceId = "", detail = "" }) =>
    wrap(printable(`${resourceId.split("/").at(-1)}: ${detail.slice("left: ".length)}`), room),
  );
}

/** The names of what stands in each resource group, in the order of the plan. */
function groupLines(steps: readonly StepStatus[], room: number): string[] {
  const names = new Map<string, string[]>();
  for (const step of steps) {
    const match = /\/resourceGroups\/([^/]+)(?:\/providers\/.*\/([^/]+))?$/i.exec(step.resourceId ?? "");
    const [, group, name] = match ?? [];
    if (group === undefined) continue;
    if (!names.has(group)) names.set(group, []);
    // Role assignments are called by a guid, which says nothing to a reader.
    if (name === undefined || GUID.test(name)) continue;
    const known = names.get(group) ?? [];
    if (!known.includes(name)) names.set(group, [...known, name]);
  }
  return [...names].flatMap(([group, members]) => {
    const lines = wrap(printable(members.join(", ")), room - 2);
    return [cut(printable(group), room), ...lines.map((line) => `  ${line}`)];
  });
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function isDone(step: StepStatus): boolean {
  return step.state === "done" || step.state === "unchanged";
}

const addressLabels: Readonly<Record<string, string>> = {
  ingressHost: "application",
  gatewayPublicIpAddress: "gateway",
  firewallPublicIpAddress: "firewall, outside",
  firewallPrivateIpAddress: "firewall, inside",
  clusterFqdn: "Kubernetes API",
};

function addressLines(status: TicketStatus, room: number): string[] {
  const known = Object.entries(addressLabels).flatMap(([output, label]) => {
    const value = status.outputs[output];
    if (value === undefined || value === "") return [];
    return [{ label, value: printable(output === "ingressHost" ? `http://${value}/` : value) }];
  });
  const longest = Math.max(0, ...known.map(({ label }) => label.length));
  // An address that is cut is of no use: where it does not fit beside its label it goes below.
  return known.flatMap(({ label, value }) =>
    longest + 2 + cellWidth(value) <= room
      ? [`${label.padEnd(longest)}  ${value}`]
      : [label, ...wrap(value, room - 2).map((line) => `  ${line}`)],
  );
}

function verificationLines(status: TicketStatus, room: number, paint: Palette): string[] {
  return status.verification.flatMap((finding) => {
    const lines = wrap(printable(finding.detail), room - 2);
    const mark = finding.ok ? paint.green("✔") : paint.red("✘");
    return lines.map((line, index) => `${index === 0 ? mark : " "} ${line}`);
  });
}

function timeLines(status: TicketStatus, view: SummaryView): string[] {
  const spent = status.makespanSeconds ?? status.elapsedSeconds;
  const real = view.realSeconds;
  const watched = real !== undefined && spent > real * 1.5 ? ` in Azure, ${durationText(real)} here` : "";
  // Only a whole first run can be set beside what the whole plan takes.
  const isWhole = !status.steps.some((step) => step.kind === "resource" && step.state === "unchanged");
  if (status.azure.writes === 0 || !isWhole || !hasSucceeded(status)) return [`${durationText(spent)}${watched}`];
  const ratio = (of: number): string => (spent > 0 ? ` (${(of / spent).toFixed(1)} × as long)` : "");
  return [
    `${durationText(spent)}${watched}`,
    `critical path ${durationText(status.criticalPathSeconds)}, one after another ${durationText(status.sequentialSeconds)}${ratio(status.sequentialSeconds)}`,
  ];
}

function callText(status: TicketStatus): string {
  const { reads, writes, failures } = status.azure;
  const refused = failures === 0 ? "none refused" : `${failures} refused or lost on the way`;
  const nothing = writes === 0 && hasSucceeded(status) ? "; everything was right already, nothing was written" : "";
  return `${writes} writes, ${reads} reads, ${refused}${nothing}`;
}
