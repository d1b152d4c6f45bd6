/** Something that is not as it should be between nodes, the clusters' tables and the gateway's, said to the engineer on call. */
export interface RouteFinding {
  readonly code: RouteFindingCode;
  /** The cluster that it is about; absent where it is about the gateway's table as a whole. */
  readonly cluster?: string;
  /** What exactly: a node, a route or a table, by name. With code and cluster it tells one finding from the next. */
  readonly subject: string;
  /** What is wrong, as a sentence. */
  readonly sentence: string;
  /** The next thing to do. */
  readonly advice: string;
  /** How long it must be seen before it counts, in seconds, where Azure itself passes through it; absent: at once. */
  readonly graceSeconds?: number;
}

export const routeFindingCodes = [
  "NodeWithoutRoute",
  "RouteWithoutNode",
  "NodesUnknown",
  "GatewayRouteDiffers",
  "RouteBlocked",
  "SourceTableGone",
  "ClusterGone",
  "ClusterLeftKubenet",
  "GatewayTableGone",
  "GatewayTableDetached",
  "HeadroomLow",
  "TableFull",
  "Braked",
] as const;

export type RouteFindingCode = (typeof routeFindingCodes)[number];

/** More findings than this of one code and cluster are counted in the last of them, so that what is kept stays small. */
export const FINDINGS_OF_A_KIND_MAX = 20;

/** Each finding once; of many of one kind the first, in the order of their subjects, and one more that says how many there are. */
export function boundedFindings(findings: readonly RouteFinding[]): readonly RouteFinding[] {
  const once = new Map(findings.map((finding) => [findingKey(finding), finding]));
  const kinds = Map.groupBy(once.values(), ({ code, cluster }) => `${code} ${cluster ?? ""}`);
  return [...kinds.values()].flatMap((kind) => {
    const sorted = kind.toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
    const [first] = sorted;
    if (first === undefined || sorted.length <= FINDINGS_OF_A_KIND_MAX) return sorted;
    const shown = sorted.slice(0, FINDINGS_OF_A_KIND_MAX - 1);
    const sentence = `${sorted.length - shown.length} more like this${first.cluster === undefined ? "" : ` in ${first.cluster}`}.`;
    return [...shown, { ...first, subject: "others", sentence }];
  });
}

/** What a finding is known by over many looks: names differ in more than case. */
export function findingKey({
  code,
  cluster,
  subject,
}: {
  readonly code: string;
  readonly cluster?: string;
  readonly subject: string;
}): string {
  return [code, cluster ?? "", subject].join("|").toLowerCase();
}
