import type { EntityContext } from "durable-functions";

/** The operations of an entity by name: what each makes of the state, and what it answers. Pure. */
export type EntityOperations<
  State,
  Operations extends Record<keyof Operations, { input: unknown; output: unknown }>,
> = {
  readonly [Name in keyof Operations]: (
    state: State,
    input: Operations[Name]["input"],
  ) => readonly [State, Operations[Name]["output"]];
};

/** A durable entity whose operations are pure functions of its state. */
export function entityFunction<State, Operations extends Record<keyof Operations, { input: unknown; output: unknown }>>(
  entity: string,
  empty: State,
  perform: EntityOperations<State, Operations>,
): (context: EntityContext<State>) => void {
  return (context) => {
    const name = context.df.operationName ?? "";
    if (!Object.hasOwn(perform, name)) throw new Error(`The entity "${entity}" has no operation "${name}".`);
    const state = context.df.getState(() => empty) ?? empty;
    const [next, output] = perform[name as keyof Operations](state, context.df.getInput() as never);
    context.df.setState(next);
    context.df.return(output);
  };
}
