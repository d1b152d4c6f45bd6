import { type IndexedEnvironment, indexedEnvironment } from "../domain/environmentIndex.ts";
import {
  acquire,
  type EnvironmentState,
  emptyEnvironment,
  reasonToStop,
  release,
  requestStop,
  resume,
} from "../domain/environmentLock.ts";
import { type MemoryChange, remember } from "../domain/environmentMemory.ts";
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
  /** Takes the stop of the operation away, so that it can move back what it has begun. */
  resume: { input: OperationKey; output: null };
  /** Remembers what has changed; gives back what the index of environments must say, which is nothing of one that is gone. */
  remember: {
    input: { readonly change: MemoryChange; readonly ticketNumber: string };
    output: { readonly indexed?: IndexedEnvironment };
  };
  /** What stands, if anything, and what was taken down last. */
  findBuilt: { input: null; output: Pick<EnvironmentState, "built" | "former"> };
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
  resume: (state, operation) => [resume(state, operation), null],
  remember: ({ built, ...state }, { change, ticketNumber }) => {
    const after = remember(built, change, ticketNumber);
    if (after !== undefined) return [{ ...state, built: after }, { indexed: indexedEnvironment(after) }];
    return [built === undefined ? state : { ...state, former: built }, {}];
  },
  findBuilt: (state) => {
    const { built, former } = state;
    return [state, { ...(built === undefined ? {} : { built }), ...(former === undefined ? {} : { former }) }];
  },
});
