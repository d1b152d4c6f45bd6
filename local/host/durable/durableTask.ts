/**
 * A task as the extension's runtime sees it (DTFx): settles once, and its continuations run at once and in order.
 * Promises would not do: the order in which continuations take sequence numbers is part of the protocol.
 */
export type Settlement =
  | { readonly kind: "completed"; readonly value?: unknown }
  | { readonly kind: "failed"; readonly isNonRetriable: boolean }
  | { readonly kind: "cancelled" };

export class DurableTask {
  #settlement: Settlement | undefined;
  #continuations: ((settlement: Settlement) => void)[] = [];

  get settlement(): Settlement | undefined {
    return this.#settlement;
  }

  settle(settlement: Settlement): void {
    if (this.#settlement !== undefined) return;
    this.#settlement = settlement;
    const continuations = this.#continuations;
    this.#continuations = [];
    for (const continuation of continuations) continuation(settlement);
  }

  whenSettled(continuation: (settlement: Settlement) => void): void {
    if (this.#settlement !== undefined) continuation(this.#settlement);
    else this.#continuations.push(continuation);
  }
}

export function completedTask(): DurableTask {
  const task = new DurableTask();
  task.settle({ kind: "completed" });
  return task;
}

/** Settles when all have: the extension waits for all even when one has failed. */
export function whenAll(tasks: readonly DurableTask[]): DurableTask {
  const all = new DurableTask();
  let openCount = tasks.length;
  for (const task of tasks) {
    task.whenSettled(() => {
      openCount -= 1;
      if (openCount > 0) return;
      const hasFailed = tasks.some((each) => each.settlement?.kind !== "completed");
      all.settle(hasFailed ? { kind: "failed", isNonRetriable: false } : { kind: "completed" });
    });
  }
  return all;
}

export function whenAny(tasks: readonly DurableTask[]): DurableTask {
  const any = new DurableTask();
  for (const task of tasks) task.whenSettled(() => any.settle({ kind: "completed" }));
  return any;
}
