/**
 * How long workspaces take, in seconds of Azure time. Diagnostic settings, data collection rules and their associations
 * have no operations: their writes are answered when they are done (facts/azure.md §7.1).
 * Source: facts/azure.md §7.7 (workspace 10–60 s), checked 2026-11.
 */
export const durations = { workspaceCreate: 30, workspaceUpdate: 5 } as const;
