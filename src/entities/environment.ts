import type { EntityContext } from "durable-functions";
import {
  acquire,
  type EnvironmentState,
  emptyEnvironment,
  reasonToStop,
  release,
  requestStop,
} from "../domain/environmentLock.ts";
import type { OperationKey, Stop } from "../domain/operation.ts";

/** The operations of the entity `environment`, by name, with what they take and give back. Its key is the environment's name. */
export interface EnvironmentOperations {
  acquire: { input: OperationKey; output: ReturnType<typeof acquire>[1] };
  /** Gives back the operation that is next, if any. */
  release: { input: OperationKey; output: { readonly next?: OperationKey } };
  requestStop: { input: { readonly operation: OperationKey; readonly stop: Stop }; output: null };
  /** Why the operation begins nothing more, if there is a reason. */
  findStop: { input: OperationKey; output: { readonly stop?: Stop } };
  recordBuilt: { input: NonNullable<EnvironmentState["built"]>; output: null };
}

/** The lock and the memory of one environment. */
export function environment(context: EntityContext<EnvironmentState>): void {
  const state = context.df.getState(() => emptyEnvironment) ?? emptyEnvironment;
  const name = context.df.operationName ?? "";
  if (!isOperation(name)) throw new Error(`The entity "environment" has no operation "${name}".`);
  const [next, output] = perform[name](state, context.df.getInput() as never);
  context.df.setState(next);
  context.df.return(output);
}

const perform: {
  readonly [Name in keyof EnvironmentOperations]: (
    state: EnvironmentState,
    input: EnvironmentOperations[Name]["input"],
  ) => readonly [EnvironmentState, EnvironmentOperations[Name]["output"]];
} = {
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
  recordBuilt: (state, built) => [{ ...state, built }, null],
};

function isOperation(name: string): name is keyof EnvironmentOperations {
  return Object.hasOwn(perform, name);
}
