/** Who may work on an environment: one operation at a time, the others in the order in which they came. */

import type { BuiltEnvironment } from "./environmentMemory.ts";
import { type OperationKey, type Stop, sameOperation } from "./operation.ts";
import type { Order } from "./operationPlan.ts";

/** The state of an environment's durable entity. */
export interface EnvironmentState {
  readonly holder?: OperationKey;
  readonly queue: readonly OperationKey[];
  /** Operations that begin no further step. */
  readonly stops: readonly { readonly operation: OperationKey; readonly stop: Stop }[];
  /** There from the first write on, gone after the last deletion. */
  readonly built?: BuiltEnvironment;
  /** What was taken down last: asked for once more, a decommission finds all of it gone. */
  readonly former?: BuiltEnvironment;
}

/** What an action works on; one that was taken down is gone through once more by a decommission, and found gone. */
export function standingFor(
  state: Pick<EnvironmentState, "built" | "former"> | undefined,
  action: Order["action"],
): BuiltEnvironment | undefined {
  return state?.built ?? (action === "decommission" ? state?.former : undefined);
}

export const emptyEnvironment: EnvironmentState = { queue: [], stops: [] };

export type Admission =
  | { readonly kind: "granted" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "waiting"; readonly behind: OperationKey };

/** Asks for the environment. Asking again changes nothing; an operation keeps its place in the queue. */
export function acquire(state: EnvironmentState, operation: OperationKey): readonly [EnvironmentState, Admission] {
  if (stopOf(state, operation) !== undefined) return [release(state, operation), { kind: "cancelled" }];
  if (state.holder !== undefined && sameOperation(state.holder, operation)) return [state, { kind: "granted" }];
  const queue = isQueued(state, operation) ? state.queue : [...state.queue, operation];
  const first = queue[0] ?? operation;
  if (state.holder === undefined && sameOperation(first, operation)) {
    return [{ ...state, holder: operation, queue: queue.slice(1) }, { kind: "granted" }];
  }
  return [
    { ...state, queue },
    { kind: "waiting", behind: state.holder ?? first },
  ];
}

/** Ends an operation's hold, its place in the queue and its stop. */
export function release(state: EnvironmentState, operation: OperationKey): EnvironmentState {
  const { holder, ...rest } = state;
  const keepsHolder = holder !== undefined && !sameOperation(holder, operation);
  return {
    ...rest,
    ...(keepsHolder ? { holder } : {}),
    queue: state.queue.filter((queued) => !sameOperation(queued, operation)),
    stops: state.stops.filter((entry) => !sameOperation(entry.operation, operation)),
  };
}

/** The first reason stays: a cancel after a failure does not hide the failure. */
export function requestStop(state: EnvironmentState, operation: OperationKey, stop: Stop): EnvironmentState {
  if (stopOf(state, operation) !== undefined) return state;
  return { ...state, stops: [...state.stops, { operation, stop }] };
}

/** An operation that stops may still put back what it has begun to move. */
export function resume(state: EnvironmentState, operation: OperationKey): EnvironmentState {
  return { ...state, stops: state.stops.filter((entry) => !sameOperation(entry.operation, operation)) };
}

export function stopOf(state: EnvironmentState, operation: OperationKey): Stop | undefined {
  return state.stops.find((entry) => sameOperation(entry.operation, operation))?.stop;
}

/** Why an operation that was once admitted begins no further step, if there is a reason. One that was terminated from outside leaves lanes behind, which must not work beside the next holder. */
export function reasonToStop(state: EnvironmentState, operation: OperationKey): Stop | undefined {
  const isHolder = state.holder !== undefined && sameOperation(state.holder, operation);
  return stopOf(state, operation) ?? (isHolder ? undefined : { kind: "displaced" });
}

function isQueued(state: EnvironmentState, operation: OperationKey): boolean {
  return state.queue.some((queued) => sameOperation(queued, operation));
}
