import type { EntityContext } from "durable-functions";
import {
  acquire,
  emptyEnvironment,
  type EnvironmentState,
  release,
  requestStop,
  stopOf,
} from "../domain/environmentLock.ts";
import type { OperationKey, Stop } from "../domain/operation.ts";

/** The operations of the entity `environment`, by name, with what they take and give back. Its key is the environment's name. */
export interface EnvironmentOperations {
  acquire: { input: OperationKey; output: ReturnType<typeof acquire>[1] };
  /** Gives back the operation that is next, if any. */
  release: { input: OperationKey; output: { readonly next?: OperationKey } };
  requestStop: { input: { readonly operation: OperationKey; readonly stop: Stop }; output: null };
  /** The stop of the operation, if it has one. */
  findStop: { input: OperationKey; output: { readonly stop?: Stop } };
  recordBuilt: { input: NonNullable<EnvironmentState["built"]>; output: null };
}

/** The lock and the memory of one environment. */
export function environment(context: EntityContext<EnvironmentState>): void {
  const state = context.df.getState(() => emptyEnvironment) ?? emptyEnvironment;
  const input: unknown = context.df.getInput();
  switch (context.df.operationName) {
    case "acquire": {
      const [next, admission] = acquire(state, input as OperationKey);
      context.df.setState(next);
      return context.df.return(admission);
    }
    case "release": {
      const next = release(state, input as OperationKey);
      context.df.setState(next);
      const first = next.holder === undefined ? next.queue[0] : undefined;
      return context.df.return(first === undefined ? {} : { next: first });
    }
    case "requestStop": {
      const { operation, stop } = input as EnvironmentOperations["requestStop"]["input"];
      context.df.setState(requestStop(state, operation, stop));
      return context.df.return(null);
    }
    case "findStop": {
      const stop = stopOf(state, input as OperationKey);
      return context.df.return(stop === undefined ? {} : { stop });
    }
    case "recordBuilt":
      context.df.setState({ ...state, built: input as NonNullable<EnvironmentState["built"]> });
      return context.df.return(null);
    default:
      throw new Error(`The entity "environment" has no operation "${context.df.operationName}".`);
  }
}
