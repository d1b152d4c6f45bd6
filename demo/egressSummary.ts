import { durationText } from "../src/cli/durationText.ts";
import { casePhrase, needText, timesText, whoText } from "./egressLines.ts";
import type { TryLook } from "./egressLook.ts";
import { targetOf } from "./egressTries.ts";
import type { EgressEnd } from "./runEgress.ts";

/** What the demonstration has shown, for a person. */
export function egressSummary(end: EgressEnd): readonly string[] {
  const { look, ruled, writes, elapsedSeconds, shortcomings } = end;
  const refused = look.tries.filter(({ each }) => !each.isAllowed);
  const count = (event: string): number => look.alerts.filter((alert) => alert.event === event).length;
  const updates = count("updated") === 0 ? "" : ` (and ${count("updated")} when more was known)`;
  return [
    shortcomings.length === 0
      ? `  ✔ ${refused.length} destinations were refused: ${count("opened")} alerts, one for each${updates}; all ${refused.length} cases are closed by now.`
      : "  ✘ Not all was seen that should have been:",
    ...shortcomings.map((sentence) => `      ${sentence}`),
    ...refused.flatMap(caseLines),
    ...(ruled?.proposal === undefined
      ? []
      : [
          "",
          `    The rule that Portcullis proposed for ${ruled.destination.name}, and the operator added:`,
          ...ruled.proposal.json.split("\n").map((line) => `      ${line}`),
        ]),
    "",
    `    ${writes.byOperator} write of the firewall's rules by the operator, ${writes.inAzure - writes.byOperator} by anybody else, in ${durationText(elapsedSeconds)} of Azure's time`,
  ];
}

function caseLines({ each, logged, found, incident }: TryLook): readonly string[] {
  if (found === undefined || logged === undefined) return [];
  return [
    `    ${targetOf(each)}  ${casePhrase(found)}; ${needText(found)}`,
    `        refused ${timesText(found.count)}, ${logged.rowCount} in the log; from ${whoText(found)}; ${incident?.number ?? "no incident"}`,
  ];
}

/** The same for a machine. */
export function egressReport({ look, ruled, writes, elapsedSeconds, shortcomings }: EgressEnd) {
  return {
    succeeded: shortcomings.length === 0,
    shortcomings,
    elapsedSeconds,
    tries: look.tries.map(({ each, pod, logged, found, incident }) => ({
      target: targetOf(each),
      isAllowed: each.isAllowed,
      pod,
      logged,
      case: found,
      incident,
    })),
    alerts: look.alerts,
    ruleAddedByOperator: ruled?.proposal?.json,
    writesOfRules: writes,
  };
}
