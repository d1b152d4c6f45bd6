/** One pass a minute and environment at most: two timers that fire in the same minute mean the same pass. */
export interface DueWatch {
  readonly instanceId: string;
  /** With the id it tells a pass from that of another day. */
  readonly dueAt: string;
}

const MINUTE_MS = 60_000;

/** After a day the ids come again, and a pass takes the place of the one that had its id: so there are never more than these. */
const MINUTES_A_DAY = 24 * 60;

/** Names of environments have no dot, and no ticket number has one: no other orchestration has such an id. */
export function dueWatch(environment: string, nowEpochMs: number): DueWatch {
  const minute = Math.floor(nowEpochMs / MINUTE_MS);
  return {
    instanceId: `egress.${environment}.${minute % MINUTES_A_DAY}`,
    dueAt: new Date(minute * MINUTE_MS).toISOString(),
  };
}
