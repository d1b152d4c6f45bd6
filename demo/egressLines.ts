import { clockText, durationText } from "../src/cli/durationText.ts";
import type { EgressCaseAnswer } from "../src/contracts/egressCase.ts";
import type { EgressLook, TryLook } from "./egressLook.ts";
import { targetOf } from "./egressTries.ts";

/** What has changed between two looks, a line each: for a log, and for the lower half of the screen. */
export function egressLines(before: EgressLook, now: EgressLook, beginEpochMs: number): readonly string[] {
  const at = clockText((now.atEpochMs - beginEpochMs) / 1000).padStart(7);
  return now.tries
    .flatMap((each, index) => tryLines(before.tries[index] ?? each, each))
    .concat(alertLines(before, now))
    .map((text) => `${at}  ${text}`);
}

function tryLines(before: TryLook, now: TryLook): readonly string[] {
  const { each, pod, logged, found, incident } = now;
  const target = targetOf(each);
  return [
    ...(pod.state !== "none" && pod.text !== before.pod.text ? [`${target}  the pod: ${pod.text}`] : []),
    ...(logged !== undefined && before.logged === undefined
      ? [`${target}  in the firewall's log ${durationText(logged.delaySeconds)} after it was refused`]
      : []),
    ...(found !== undefined && before.found === undefined ? openingLines(target, found) : []),
    ...(incident !== undefined && before.incident === undefined
      ? [`${target}  ${incident.number} opened: ${incident.title}`]
      : []),
    ...(found?.state === "closed" && before.found?.state !== "closed"
      ? [`${target}  the case is closed: ${found.history.at(-1)?.what.replace(/^closed:? /, "") ?? ""}`]
      : []),
    ...(incident?.isResolved === true && before.incident?.isResolved !== true
      ? [`${target}  ${incident.number} is resolved`]
      : []),
  ];
}

function openingLines(target: string, found: EgressCaseAnswer): readonly string[] {
  return [
    `${target}  a case: ${casePhrase(found)}; ${needText(found)}; refused ${timesText(found.count)} from ${whoText(found)}`,
    `${" ".repeat(target.length)}  ${found.proposal === undefined ? `to do: ${found.remedy ?? "no rule is proposed"}` : `proposed, not applied: ${found.proposal.summary}`}`,
  ];
}

function alertLines(before: EgressLook, now: EgressLook): readonly string[] {
  return now.alerts
    .slice(before.alerts.length)
    .map(
      ({ event, severity, title, count }) =>
        `webhook, signature verified  ${event}, ${severity}: ${title}, ${timesText(count)} by then`,
    );
}

export function timesText(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

/** Who asked, as far as the log can tell: the first source, and how many more. */
export function whoText({ sources, sourceCount }: EgressCaseAnswer): string {
  const [first] = sources;
  if (first === undefined) return "unknown sources";
  const pod = first.pod === undefined ? "" : `pod ${first.pod.namespace}/${first.pod.name} on `;
  const hidden = first.hiddenBySnat ? " (its pods leave under its address)" : "";
  const more = sourceCount > 1 ? ` and ${sourceCount - 1} more` : "";
  return `${pod}node ${first.node ?? first.address}${hidden}${more}`;
}

export function needText({ requiredBy }: EgressCaseAnswer): string {
  return requiredBy === undefined ? "AKS does not need it" : `needed by ${requiredBy}`;
}

const classWords: Readonly<Record<EgressCaseAnswer["class"], string>> = {
  breaksAks: "AKS needs it",
  addOn: "an add-on",
  osUpdates: "OS updates",
  imagePull: "image pull",
  application: "application",
  threat: "threat",
};

/** "image pull, medium". */
export function casePhrase(found: EgressCaseAnswer): string {
  return `${classWords[found.class]}, ${found.severity}`;
}
