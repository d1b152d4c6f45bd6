/**
 * When the gateway's routes are looked at. Hints of one environment that come within one bucket of time start one look,
 * which begins after the bucket has ended: whatever was written before a hint came is there to be read. So a hint that
 * finds its bucket's look already started has nothing more to do, and none is lost.
 *
 *   hints   x xx   x |          x   |
 *   looks            | ▶ one        | ▶ one
 *           bucket   ^ margin
 */

/** Seconds of a bucket. AKS writes a table at most every 30 s, and its burst of writes of one scaling is in one or two. */
export const BUCKET_SECONDS = 15;

/** Seconds between the end of a bucket and its look: no two machines' clocks agree better. */
const MARGIN_SECONDS = 2;

/** After a day the ids come again, and a look takes the place of the one that had its id: so there are never more than these. */
const BUCKETS_A_DAY = (24 * 3600) / BUCKET_SECONDS;

/** The look that a hint belongs to. */
export interface DueLook {
  readonly instanceId: string;
  /** With the id it tells a look from that of another day. */
  readonly dueEpochMs: number;
}

/** Names of environments have no dot, and no ticket number has one: no other orchestration has such an id. */
export function dueLook(environment: string, arrivedEpochMs: number): DueLook {
  const bucket = Math.floor(arrivedEpochMs / (BUCKET_SECONDS * 1000));
  const endSeconds = (bucket + 1) * BUCKET_SECONDS;
  return {
    instanceId: `routes.${environment}.${bucket % BUCKETS_A_DAY}`,
    dueEpochMs: (endSeconds + MARGIN_SECONDS) * 1000,
  };
}

/** A watch ends after this time; what has not settled by then is a finding, and the sweep's to look at. */
export const WATCH_SECONDS = 20 * 60;

const FIRST_WATCH_PAUSE_SECONDS = 15;
const LONGEST_WATCH_PAUSE_SECONDS = 60;

/** Seconds until the next look of a watch, after so many looks: 15, 30, 60, 60, … */
export function watchPauseSeconds(lookCount: number): number {
  return Math.min(LONGEST_WATCH_PAUSE_SECONDS, FIRST_WATCH_PAUSE_SECONDS * 2 ** Math.max(0, lookCount - 1));
}

/** Key of the entity that counts events which belong to no environment: no environment can have this name. */
export const NO_ENVIRONMENT = "-";
