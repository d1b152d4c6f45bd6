/**
 * How long Microsoft.ContainerService takes, in seconds of Azure time.
 * Not documented; judged from public samples and issues, checked 2026-11: creations of 2–15 min, mostly 4–8; blocked egress
 * that fails after 20–30 min; node pools scaled out in 2–5 min; deletions of 3–10 min; updates of add-ons.
 * Estimates: a node's start and re-imaging (1–3 min), draining without disruption budgets (well below a minute).
 */
export const durations = {
  clusterCreate: 330,
  clusterUpdate: 120,
  clusterDelete: 300,
  agentPoolCreate: 240,
  agentPoolScale: 180,
  agentPoolDelete: 180,
  /** From the start of an upgrade until its surge nodes have joined. */
  surgeJoin: 120,
  /** From a node's cordon until it leaves. */
  nodeDrain: 30,
  /** From a node's leaving until it joins again. */
  nodeReimage: 90,
  /** After the last node of an upgrade, until its operation ends. */
  upgradeEnd: 10,
  /** Kubenet to overlay: all nodes are made again at once. */
  networkMigration: 600,
  /** Until a creation whose nodes do not get out is given up. */
  blockedBootstrap: 25 * 60,
} as const;

/** Seconds in Retry-After of a managed cluster's operations. */
export const RETRY_AFTER_SECONDS = 10;
