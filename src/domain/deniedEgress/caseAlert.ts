/** A case in the words of an alert: what an engineer reads at night, and what there is to do. */
import { type Alert, type AlertEvent, alertId } from "../alerts/alert.ts";
import { sourceInWords } from "./attribution.ts";
import type { EgressClass, RuleProposal } from "./egressCase.ts";
import { clockInWords, MINUTE_MS, msBetween, spanInWords } from "./instant.ts";
import { targetInWords } from "./narrowRule.ts";
import { proposalOf } from "./proposal.ts";
import type { WatchedCase } from "./watchedCase.ts";

/** Sources that a text names; more are counted. */
const SOURCES_NAMED = 3;

/** The alert about a case as it is now. */
export function alertOfCase(each: WatchedCase, event: AlertEvent, at: string): Alert {
  const { id: subject, revision, environment, cluster, severity, firewallId, narrowRule, replay } = each;
  const proposal = narrowRule === undefined || replay === undefined ? undefined : proposalOf(each, narrowRule, replay);
  return {
    id: alertId({ subject, revision }),
    subject,
    revision,
    event,
    kind: "deniedEgress",
    environment,
    ...(cluster === "" ? {} : { cluster }),
    severity,
    title: titleOf(each),
    text: event === "closed" ? closingText(each) : standingText(each, event, proposal),
    facts: factsOf(each),
    at,
    ...(firewallId === undefined ? {} : { resourceId: firewallId }),
    ...(proposal === undefined || event === "closed" ? {} : { rule: { json: proposal.json, bicep: proposal.bicep } }),
  };
}

/** "secureaks1 may not reach quay.io:443 (HTTPS)". */
export function titleOf(
  each: Pick<WatchedCase, "cluster" | "environment" | "class" | "destinations"> & Parameters<typeof targetInWords>[0],
): string {
  const who = each.cluster === "" ? `Something in ${each.environment}` : each.cluster;
  if (each.destinations !== undefined) {
    const what = each.class === "threat" ? "malicious destinations" : "destinations";
    return `${who} may not reach ${atLeast(each.destinations.count)} other ${what}`;
  }
  return each.class === "threat"
    ? `${who} tries to reach ${targetInWords(each)}, known as malicious`
    : `${who} may not reach ${targetInWords(each)}`;
}

function atLeast(count: number): string {
  return count <= 1 ? "some" : `${count} or more`;
}

/** What it is; who it is; what to do: a paragraph each. */
function standingText(each: WatchedCase, event: AlertEvent, proposal: RuleProposal | undefined): string {
  const paragraphs: readonly (readonly string[])[] = [
    [event === "updated" ? whatIsNew(each) : "", whatHappens(each), howOften(each), returning(each)],
    [whoIsRefused(each), each.podHint ?? ""],
    [whatToDo(each)],
    proposal === undefined ? [] : [`Proposed, and not applied: ${proposal.summary}`, ...proposal.cautions],
  ];
  return paragraphs
    .map((sentences) => sentences.filter((sentence) => sentence !== "").join(" "))
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

function whatIsNew({ history }: WatchedCase): string {
  const what = history.at(-1)?.what ?? "goes on";
  return what.startsWith("worse") ? `It has become ${what}.` : "It goes on.";
}

function returning({ previousId }: WatchedCase): string {
  return previousId === undefined ? "" : `It has come back: ${previousId} was about the same.`;
}

function whatHappens(each: WatchedCase): string {
  const target = targetInWords(each);
  const who = each.cluster === "" ? `an address of ${each.environment}` : each.cluster;
  if (each.destinations !== undefined) {
    const named = each.destinations.top.slice(0, SOURCES_NAMED).map(({ name }) => name || "one without a name");
    const examples = named.length === 0 ? "" : `, among them ${named.join(", ")}`;
    return `The firewall refuses ${who} ${atLeast(each.destinations.count)} destinations beside those that have an alert of their own${examples}.`;
  }
  return `The firewall refuses ${who} the way to ${target}: ${why(each)}. ${meaning(each)}`;
}

function why({ reason, rule }: WatchedCase): string {
  switch (reason) {
    case "default":
      return "no rule allows it";
    case "rule":
      return rule === "" ? "a rule denies it" : `the rule ${rule} denies it`;
    case "threatIntelligence":
      return "Microsoft's threat intelligence lists it";
    case "sniMissing":
      return "the client did not send the server's name (SNI), so no rule about names can match";
    case "other":
      return "the log gives a reason that is not known here";
  }
}

const meanings: Readonly<Record<EgressClass, string>> = {
  breaksAks: "AKS does not work without it",
  addOn: "An add-on does not work without it",
  osUpdates: "Nodes go without these updates",
  imagePull: "Pods with images from there stay in ImagePullBackOff",
  application: "Whatever in the cluster asks for it sees time-outs or reset connections",
  threat: "A workload may be compromised",
};

function meaning({ class: of, requiredBy }: WatchedCase): string {
  return requiredBy === undefined ? `${meanings[of]}.` : `${meanings[of]}: it is needed by ${requiredBy}.`;
}

function howOften(each: WatchedCase): string {
  return `Refused ${refusedInWords(each)}. Severity ${each.severity}: ${each.because}.`;
}

/** "once, at …", "12 times, from … to … (3 hours)". */
function refusedInWords({ count, firstAt, lastAt }: WatchedCase): string {
  const span = msBetween(firstAt, lastAt);
  const often = count === 1 ? "once" : `${count} times`;
  if (span < MINUTE_MS) return `${often}, at ${clockInWords(firstAt)}`;
  return `${often}, from ${clockInWords(firstAt)} to ${clockInWords(lastAt)} (${spanInWords(span)})`;
}

function whoIsRefused({ sources, sourceCount }: WatchedCase): string {
  if (sources.length === 0) return "Who it was is not listed: there were too many.";
  const named = sources.slice(0, SOURCES_NAMED).map(sourceInWords);
  const more = sourceCount - named.length;
  return `It comes from ${named.join("; ")}${more > 0 ? `; and from ${more} more` : ""}.`;
}

function whatToDo(each: WatchedCase): string {
  const { class: of, remedy, reason, destinations, rule } = each;
  if (of === "threat")
    return "What to do: find the workload, isolate it (a NetworkPolicy that denies its egress, or scale it to zero), keep it for the investigation, and tell the security team. Do not allow the destination.";
  if (destinations !== undefined)
    return "What to do: look whether a rule collection was removed or the default route changed (then much is refused at once), or whether one workload scans; the sources tell which.";
  if (remedy !== undefined) return `What to do: ${lowerFirst(remedy)}`;
  if (reason === "sniMissing")
    return "What to do: find the client and let it use the server's name instead of an address; if it cannot, it needs a network rule for the address, which this log does not name.";
  if (reason === "rule" && rule !== "")
    return `What to do: it is refused on purpose by ${rule}. If that is right, suppress the case or stop the workload from asking; if not, change that rule.`;
  return "What to do: ask the owner of the workload whether it should reach this. If so, have the proposed rule reviewed and added; if not, suppress the case with the reason, or stop the workload from asking.";
}

/** Sentences that begin with a name of a setting stay as they are. */
function lowerFirst(sentence: string): string {
  return /^(The|Set|No|For) /.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}

function closingText(each: WatchedCase): string {
  const last = each.history.at(-1);
  const by = last?.by === undefined ? "" : ` by ${last.by}`;
  const note = last?.note === undefined ? "" : ` (${last.note})`;
  const how = last === undefined ? "Closed" : `${last.what.charAt(0).toUpperCase()}${last.what.slice(1)}${by}${note}`;
  return `${how}. It was refused ${refusedInWords(each)}. If it comes back, a new case says so.`;
}

function factsOf(each: WatchedCase): Alert["facts"] {
  const { sources, sourceCount, destinations } = each;
  const [pools, nodes] = [distinct(sources.map(({ pool }) => pool)), distinct(sources.map(({ node }) => node))];
  const pods = distinct(sources.map(({ pod }) => (pod === undefined ? undefined : `${pod.namespace}/${pod.name}`)));
  const facts: readonly (readonly [string, string])[] = [
    ["Case", each.id],
    ["Environment", each.environment],
    ["Cluster", each.cluster],
    ["Destination", destinations === undefined ? targetInWords(each) : `${destinations.count} or more`],
    ["Class", each.class],
    ["Needed by", each.requiredBy ?? ""],
    ["Refused", `${each.count}`],
    ["First", clockInWords(each.firstAt)],
    ["Last", clockInWords(each.lastAt)],
    ["Sources", `${sourceCount}`],
    ["Pools", pools],
    ["Nodes", nodes],
    ["Pods", pods],
    ["Rule that denied", each.rule],
  ];
  return facts.filter(([, value]) => value !== "").map(([name, value]) => ({ name, value }));
}

function distinct(values: readonly (string | undefined)[]): string {
  return [...new Set(values.filter((value) => value !== undefined))].join(", ");
}
