/**
 * Finds the hazard that looks right and is wrong in production: a task that was yielded already and then stands in a
 * (second) Task.any or Task.all. The extension learns only the list of actions, without ids, so it would run the task
 * again and give its results to other tasks (azure-functions-durable-js #574). Here the actions are still objects, and
 * a task that is used twice is the same object twice.
 */

interface ActionNode {
  readonly actionType?: unknown;
  readonly compoundActions?: readonly ActionNode[];
  readonly functionName?: string;
  readonly externalEventName?: string;
  readonly instanceId?: string;
  readonly fireAt?: Date;
}

/** A sentence on the first task that is used twice; undefined when there is none. */
export function findReusedTask(orchestratorState: unknown): string | undefined {
  const actions = (orchestratorState as { readonly actions?: unknown } | undefined)?.actions;
  if (!Array.isArray(actions)) return undefined;
  const seen = new Set<ActionNode>();
  const visit = (action: ActionNode): ActionNode | undefined => {
    if (seen.has(action)) return action;
    seen.add(action);
    for (const child of action.compoundActions ?? []) {
      const reused = visit(child);
      if (reused !== undefined) return reused;
    }
    return undefined;
  };
  for (const action of actions.flat() as ActionNode[]) {
    const reused = visit(action);
    if (reused !== undefined) return sentence(reused);
  }
  return undefined;
}

function sentence(action: ActionNode): string {
  const timer = action.fireAt === undefined ? undefined : `timer for ${new Date(action.fireAt).toISOString()}`;
  const what = action.functionName ?? action.externalEventName ?? action.instanceId ?? timer ?? "compound";
  return `The orchestrator put a task that it had used already (${what}) into another Task.any or Task.all. Azure would run it again and mix up the results (azure-functions-durable-js #574); yield each task in one compound only: waves of Task.all, or a fresh waitForExternalEvent for each round.`;
}
