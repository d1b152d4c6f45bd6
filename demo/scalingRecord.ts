/** What the demonstration has seen so far, look after look, and what it comes to. Pure. */
import type { EnvironmentStatus } from "../src/contracts/environmentStatus.ts";
import type { NodeAnswer, ScalingLook } from "./scalingLook.ts";

export interface ScalingRecord {
  readonly nodes: readonly NodeRecord[];
  /** Passes of the app that wrote the gateway's table since the beginning, oldest first. */
  readonly syncs: readonly SyncRecord[];
  readonly last: ScalingLook;
}

/** A node and what its application's host answered, each answer with its first and last sight. */
export interface NodeRecord {
  readonly name: string;
  readonly answers: readonly {
    readonly answer: NodeAnswer;
    readonly fromEpochMs: number;
    readonly toEpochMs: number;
  }[];
}

export type SyncRecord = NonNullable<EnvironmentStatus["gatewayRoutes"]>["passes"][number];

export function firstRecord(look: ScalingLook): ScalingRecord {
  return withLook({ nodes: [], syncs: [], last: look }, look, look.atEpochMs);
}

/** The record with one look more. Syncs before the beginning are no part of it. */
export function withLook(record: ScalingRecord, look: ScalingLook, beginEpochMs: number): ScalingRecord {
  const known = new Map(record.nodes.map((node) => [node.name, node]));
  for (const { name, answer } of look.nodes) {
    const { answers } = known.get(name) ?? { answers: [] };
    known.set(name, { name, answers: answer === undefined ? answers : withAnswer(answers, answer, look.atEpochMs) });
  }
  const syncs = new Map(record.syncs.map((sync) => [syncKey(sync), sync]));
  for (const pass of look.environment.gatewayRoutes?.passes ?? [])
    if (pass.writtenAt !== undefined && Date.parse(pass.writtenAt) >= beginEpochMs) syncs.set(syncKey(pass), pass);
  const ordered = [...syncs.values()].sort((left, right) => left.startedAt.localeCompare(right.startedAt));
  return { nodes: [...known.values()], syncs: ordered, last: look };
}

function syncKey({ instanceId, startedAt }: SyncRecord): string {
  return `${instanceId} ${startedAt}`;
}

function withAnswer(answers: NodeRecord["answers"], answer: NodeAnswer, atEpochMs: number): NodeRecord["answers"] {
  const last = answers.at(-1);
  if (last?.answer !== answer) return [...answers, { answer, fromEpochMs: atEpochMs, toEpochMs: atEpochMs }];
  return [...answers.slice(0, -1), { ...last, toEpochMs: atEpochMs }];
}

/** Nodes, their cluster's table and the gateway's say the same, and each application answers. */
export function isRight({ nodes, sourceRoutes, gatewayRoutes }: ScalingLook, nodeCount: number): boolean {
  const hops = sourceRoutes.map((route) => route.split(" → ")[1]).sort();
  return (
    nodes.length === nodeCount &&
    sourceRoutes.join() === gatewayRoutes.join() &&
    hops.join() ===
      nodes
        .map(({ address }) => address)
        .sort()
        .join() &&
    nodes.every(({ answer }) => answer === "200")
  );
}

/** What must have been seen and was not, in sentences; none: the demonstration has shown what it says. */
export function shortcomings(
  record: ScalingRecord,
  joined: readonly string[],
  writes: { readonly inAzure: number; readonly byApp: number },
): readonly string[] {
  const of = (name: string) => record.nodes.find((node) => node.name === name)?.answers ?? [];
  const beforeAndAfter = joined.flatMap((name) => {
    const answers = of(name).map(({ answer }) => answer);
    return [
      ...(answers.includes("502 unreachable")
        ? []
        : [`${name}: no 502 was seen while its pod was in the gateway and its route was not.`]),
      ...(answers.lastIndexOf("200") > answers.indexOf("502 unreachable")
        ? []
        : [`${name}: no 200 was seen after the sync.`]),
    ];
  });
  return [
    ...(joined.length === 0 ? ["No node has joined."] : beforeAndAfter),
    ...(writes.inAzure === writes.byApp
      ? []
      : [`The gateway's table was written ${writes.inAzure} times, and ${writes.byApp} of these by the app.`]),
  ];
}
