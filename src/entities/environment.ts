import {
  acquire,
  type BuiltEnvironment,
  type EnvironmentState,
  emptyEnvironment,
  reasonToStop,
  release,
  requestStop,
} from "../domain/environmentLock.ts";
import type { OperationKey, Stop } from "../domain/operation.ts";
import { entityFunction } from "./entityFunction.ts";

/** The operations of the entity `environment`, by name, with what they take and give back. Its key is the environment's name. */
export interface EnvironmentOperations {
  acquire: { input: OperationKey; output: ReturnType<typeof acquire>[1] };
  /** Gives back the operation that is next, if any. */
  release: { input: OperationKey; output: { readonly next?: OperationKey } };
  requestStop: { input: { readonly operation: OperationKey; readonly stop: Stop }; output: null };
  /** Why the operation begins nothing more, if there is a reason. */
  findStop: { input: OperationKey; output: { readonly stop?: Stop } };
  /** Remembers what is being built; outputs that are known already stay. */
  recordBuilt: { input: BuiltEnvironment; output: null };
  /** What there is to take down, if anything. */
  findBuilt: { input: null; output: { readonly built?: BuiltEnvironment } };
  forgetBuilt: { input: null; output: null };
}

/** The lock and the memory of one environment. */
export const environment = entityFunction<EnvironmentState, EnvironmentOperations>("environment", emptyEnvironment, {
  acquire,
  release: (state, operation) => {
    const next = release(state, operation);
    const first = next.holder === undefined ? next.queue[0] : undefined;
    return [next, first === undefined ? {} : { next: first }];
  },
  requestStop: (state, { operation, stop }) => [requestStop(state, operation, stop), null],
  findStop: (state, operation) => {
    const stop = reasonToStop(state, operation);
    return [state, stop === undefined ? {} : { stop }];
  },
  recordBuilt: (state, built) => [
    { ...state, built: { ...built, outputs: { ...state.built?.outputs, ...built.outputs } } },
    null,
  ],
  findBuilt: (state) => [state, state.built === undefined ? {} : { built: state.built }],
  forgetBuilt: ({ built: _, ...state }) => [state, null],
});
