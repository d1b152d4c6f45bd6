/**
 * How long workspaces take, in seconds of Azure time: an estimate within 10–60 s, no measured source. Diagnostic settings,
 * data collection rules and their associations have no operations: their writes are answered when they are done.
 * Source: learn.microsoft.com/rest/api/monitor (diagnostic-settings, data-collection-rules,
 * data-collection-rule-associations), checked 2026-11.
 */
export const durations = { workspaceCreate: 30, workspaceUpdate: 5 } as const;
