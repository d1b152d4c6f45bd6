/** Which node had which address when. Rows may be two days late, and addresses of nodes that went are given to others. */
import { HOUR_MS, isBefore, msBetween } from "./instant.ts";

export interface KnownNode {
  readonly address: string;
  readonly cluster: string;
  readonly pool?: string;
  readonly node: string;
  /** ARM's `timeCreated`; absent counts as long ago. */
  readonly createdAt?: string;
  /** When it was first missed; absent while it is there. */
  readonly goneAt?: string;
}

/** The nodes of a cluster at a look. */
export interface ClusterNodes {
  readonly cluster: string;
  /** Absent: they could not be read, which must not be taken for "none". */
  readonly nodes?: readonly Omit<KnownNode, "cluster" | "goneAt">[];
}

/**
 * How long a node that is gone is remembered, in hours: rows older than two days are given the time of their ingestion.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time, checked 2026-11.
 */
export const GONE_NODES_HOURS = 50;

/** More nodes that are gone than this are not remembered. */
export const GONE_NODES_MAX = 500;

/** What is known after a look; a cluster that the look does not name is gone with all its nodes. */
export function rememberNodes(
  before: readonly KnownNode[],
  looks: readonly ClusterNodes[],
  at: string,
): readonly KnownNode[] {
  const unread = new Set(looks.filter(({ nodes }) => nodes === undefined).map(({ cluster }) => cluster));
  const here = looks.flatMap(({ cluster, nodes = [] }) => nodes.map((node) => ({ ...node, cluster })));
  const present = new Set(here.map(nodeKey));
  const kept = before.filter(
    (node) => node.goneAt === undefined && unread.has(node.cluster) && !present.has(nodeKey(node)),
  );
  const gone = before
    .filter((node) => !present.has(nodeKey(node)) && !kept.includes(node))
    .map((node) => ({ ...node, goneAt: node.goneAt ?? at }))
    .filter(({ goneAt }) => msBetween(goneAt, at) < GONE_NODES_HOURS * HOUR_MS)
    .sort((left, right) => msBetween(left.goneAt, right.goneAt) || (left.node < right.node ? -1 : 1))
    .slice(0, GONE_NODES_MAX);
  return [...here, ...kept, ...gone];
}

function nodeKey({ address, cluster, node }: KnownNode): string {
  return `${cluster} ${node} ${address}`.toLowerCase();
}

/** The node that had an address at a time. */
export function nodeAt(nodes: readonly KnownNode[], address: string, at: string): KnownNode | undefined {
  const there = nodes.filter(
    (node) =>
      node.address === address &&
      (node.createdAt === undefined || !isBefore(at, node.createdAt)) &&
      (node.goneAt === undefined || isBefore(at, node.goneAt)),
  );
  // Of two that fit, the one that came last: the other was gone before it was missed.
  return there.reduce<KnownNode | undefined>(
    (best, node) =>
      best === undefined || isBefore(best.createdAt ?? "1970-01-01", node.createdAt ?? "1970-01-01") ? node : best,
    undefined,
  );
}
