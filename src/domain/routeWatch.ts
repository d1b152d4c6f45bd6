/**
 * A watch looks again and again until the three truths have settled. One is enough for an environment: an instance that
 * finds another's prolongs that one instead of beginning its own.
 */
export interface RouteWatch {
  readonly instanceId: string;
  /** When it looks next, in ISO 8601 as all instants. */
  readonly nextAt: string;
  readonly until: string;
}

export interface WatchRequest extends RouteWatch {
  readonly at: string;
}

export type WatchAnswer =
  | { readonly isYours: true; readonly until: string }
  /** Another instance watches, or the time is up. */
  | { readonly isYours: false };

interface Watched {
  readonly watch?: RouteWatch;
}

/** A watch that is later than this with its look, in seconds, is taken for dead: a pass may take its time. */
const WATCH_PATIENCE_SECONDS = 300;

/** Asks to watch on, or to begin. */
export function keepWatch<State extends Watched>(
  state: State,
  { at, ...asked }: WatchRequest,
): readonly [State, WatchAnswer] {
  const { watch } = state;
  const isOthers = watch !== undefined && watch.instanceId !== asked.instanceId && isAlive(watch, at);
  const until = watch === undefined || watch.until < asked.until ? asked.until : watch.until;
  if (isOthers) return [{ ...state, watch: { ...watch, until } }, { isYours: false }];
  return [
    { ...state, watch: { ...asked, until } },
    { isYours: true, until },
  ];
}

/** Ends the instance's watch, if it has one. */
export function endWatch<State extends Watched>(state: State, { instanceId }: { readonly instanceId: string }): State {
  if (state.watch?.instanceId !== instanceId) return state;
  const { watch: _, ...rest } = state;
  return rest as State;
}

function isAlive({ nextAt }: RouteWatch, at: string): boolean {
  return Date.parse(at) - Date.parse(nextAt) < WATCH_PATIENCE_SECONDS * 1000;
}
