import type { ArmError } from "./armError.ts";
import type { LongOperation } from "./longOperation.ts";
import type { JsonObject } from "./resourceType.ts";
import type { StateTable } from "./stateTable.ts";

/** Ended operations that can still be asked for; the oldest are forgotten first. Azure keeps them for a day or so. */
const MOST_KEPT = 3_000;

/** The running and the lately ended operations. */
export class LongOperations {
  readonly #table: StateTable<LongOperation>;

  constructor(table: StateTable<LongOperation>) {
    this.#table = table;
  }

  add(operation: LongOperation): void {
    this.#table.set(operation.id, operation);
    if (this.#table.size <= MOST_KEPT) return;
    for (const old of this.#table.values()) {
      if (old.status === "InProgress") continue;
      this.#table.delete(old.id);
      if (this.#table.size <= MOST_KEPT) return;
    }
  }

  get(id: string): LongOperation | undefined {
    return this.#table.get(id.toLowerCase());
  }

  /** The latest action whose Location is that path. */
  findByResultPath(path: string): LongOperation | undefined {
    let found: LongOperation | undefined;
    for (const operation of this.#table.values()) {
      if (operation.kind === "action" && operation.resultPath.toLowerCase() === path.toLowerCase()) found = operation;
    }
    return found;
  }

  get running(): readonly LongOperation[] {
    return [...this.#table.values()].filter((operation) => operation.status === "InProgress");
  }

  /** Running operations that hold one of the locks. */
  holding(locks: readonly string[]): readonly LongOperation[] {
    return this.running.filter((operation) => operation.locks.some((lock) => locks.includes(lock)));
  }

  /** Running operations on a resource or anything below it. */
  within(resourceId: string): readonly LongOperation[] {
    const own = resourceId.toLowerCase();
    return this.running.filter((operation) => {
      const id = operation.resourceId.toLowerCase();
      return id === own || id.startsWith(`${own}/`);
    });
  }

  end(
    operation: LongOperation,
    atEpochMs: number,
    end: {
      readonly status: "Succeeded" | "Failed" | "Canceled";
      readonly error?: ArmError | undefined;
      readonly result?: { readonly status: number; readonly body?: JsonObject } | undefined;
    },
  ): void {
    this.#table.set(operation.id, {
      ...operation,
      status: end.status,
      endedAtEpochMs: atEpochMs,
      ...(end.error === undefined ? {} : { error: end.error.toJson(), errorStatus: end.error.status }),
      ...(end.result === undefined ? {} : { result: end.result }),
    });
  }
}
