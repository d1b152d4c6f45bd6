/** Alike refused connections of one reading, with all that is said of them in a case. */
import { type Attribution, attribution, snatInWords } from "./attribution.ts";
import { type Classification, classify } from "./classify.ts";
import type { DeniedFlow } from "./deniedFlow.ts";
import type { Severity } from "./egressCase.ts";
import type { EgressContext } from "./egressContext.ts";
import { type Alike, fingerprintOf, rollUpOf } from "./fingerprint.ts";
import { earlier, later } from "./instant.ts";
import { type NarrowRule, narrowRule, type Replay, replay } from "./narrowRule.ts";
import { severityOf } from "./severity.ts";
import { type FlowSource, SOURCES_MAX } from "./source.ts";

/** A row of the log with what it is part of. */
export interface Judged {
  readonly flow: DeniedFlow;
  readonly source: FlowSource;
  readonly alike: Alike;
  readonly fingerprint: string;
  /** The fingerprint of the roll-up that it is counted in where it is not listed. */
  readonly group: string;
  readonly isListed: boolean;
  /** How bad the first sight of it is. */
  readonly severity: Severity;
}

export interface DigestEntry extends Omit<Alike, "port">, Classification {
  readonly fingerprint: string;
  readonly group: string;
  readonly port?: number;
  readonly rule: string;
  readonly firewallId: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly sources: readonly FlowSource[];
  readonly sourceCount: number;
  /** Every node of the cluster is among the sources. */
  readonly isEverywhere: boolean;
  /** How to find the pod behind a node; absent where nothing is hidden. */
  readonly podHint?: string;
  readonly narrowRule?: NarrowRule;
  readonly replay?: Replay;
}

/** Text of the log that is kept: a name can be anything that a client has sent. */
const NAME_CHARACTERS_MAX = 253;

function cleanName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._*:/-]/g, "?")
    .slice(0, NAME_CHARACTERS_MAX);
}

/** Every row with its source, what it is alike by and how it is counted. */
export function judged(flows: readonly DeniedFlow[], context: EgressContext): readonly Judged[] {
  const tell: Attribution = attribution(context);
  const known = new Map<string, Omit<Judged, "flow" | "source">>();
  return flows.map((flow) => {
    const source = tell(flow.sourceAddress, flow.lastAt);
    const { kind, port, protocol } = flow;
    const destination = { kind: flow.destination.kind, name: cleanName(flow.destination.name) };
    const reason = kind === "threat" ? "threatIntelligence" : flow.reason;
    const alike: Alike = { cluster: source.cluster ?? "", destination, port, protocol, reason };
    const key = JSON.stringify([alike.cluster, destination.kind, destination.name, port, protocol, reason]);
    const same = known.get(key) ?? judgedAlike(alike, flow, context);
    known.set(key, same);
    return { ...same, flow: { ...flow, destination, reason }, source };
  });
}

function judgedAlike(
  alike: Alike,
  { kind, firstAt, lastAt }: DeniedFlow,
  context: EgressContext,
): Omit<Judged, "flow" | "source"> {
  const { isListed, class: of } = classify(alike, kind, context);
  const { severity } = severityOf({
    class: of,
    isEverywhere: false,
    sourceCount: 1,
    firstAt,
    lastAt: earlier(firstAt, lastAt),
  });
  return { alike, fingerprint: fingerprintOf(alike), group: fingerprintOf(rollUpOf(alike)), isListed, severity };
}

export interface Entries {
  readonly entries: readonly DigestEntry[];
  readonly counts: ReadonlyMap<string, DigestEntry>;
}

/** The entries with these fingerprints, in the order of those. */
export function entriesOf(all: readonly Judged[], context: EgressContext, fingerprints: ReadonlySet<string>): Entries {
  const alike = Map.groupBy(all, ({ fingerprint }) => fingerprint);
  const sameTarget = Map.groupBy(all, ({ alike: { destination } }) => destination.name);
  const entries = [...fingerprints].flatMap((fingerprint) => {
    const flows = alike.get(fingerprint) ?? [];
    const [first] = flows;
    return first === undefined
      ? []
      : [entryOf(first, flows, sameTarget.get(first.alike.destination.name) ?? [], context)];
  });
  return { entries, counts: new Map(entries.map((entry) => [entry.fingerprint, entry])) };
}

function entryOf(
  { alike, fingerprint, group, flow }: Judged,
  flows: readonly Judged[],
  sameTarget: readonly Judged[],
  context: EgressContext,
): DigestEntry {
  const { port, ...rest } = alike;
  const cluster = context.clusters.find(({ name }) => name === alike.cluster);
  const sources = [...new Map(flows.map(({ source }) => [`${source.address} ${source.node ?? ""}`, source])).values()];
  const nodes = new Set(sources.flatMap(({ node }) => (node === undefined ? [] : [node])));
  const classification = classify(alike, flow.kind, context);
  const rule = narrowRule(
    { ...alike, class: classification.class },
    // The cluster is told by its subnet, so all sources are in it; a rule for others would be a guess.
    cluster === undefined ? [] : [cluster.nodePrefix],
  );
  const [hidden] = sources.filter(({ hiddenBySnat }) => hiddenBySnat);
  const podHint = hidden === undefined ? undefined : snatInWords(hidden, cluster);
  return {
    ...rest,
    ...classification,
    ...(port === undefined ? {} : { port }),
    fingerprint,
    group,
    rule: flow.rule,
    firewallId: flow.firewallId,
    firstAt: flows.map((each) => each.flow.firstAt).reduce(earlier),
    lastAt: flows.map((each) => each.flow.lastAt).reduce(later),
    sources: sources.slice(0, SOURCES_MAX),
    sourceCount: new Set(sources.map(({ address }) => address)).size,
    isEverywhere: cluster?.nodeCount !== undefined && cluster.nodeCount > 0 && nodes.size >= cluster.nodeCount,
    ...(podHint === undefined ? {} : { podHint }),
    ...(rule === undefined
      ? {}
      : {
          narrowRule: rule,
          replay: replay(
            rule,
            fingerprint,
            sameTarget.map((each) => ({ ...each, cluster: each.alike.cluster })),
          ),
        }),
  };
}
