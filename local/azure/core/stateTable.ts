import type { UndoLog } from "./undoLog.ts";

/** A keyed collection of immutable rows that can take back what a failed turn did to it, and knows what to write to disk. */
export class StateTable<T> {
  readonly name: string;
  readonly #undo: UndoLog;
  #rows = new Map<string, T>();
  readonly #changedKeys = new Set<string>();
  #revision = 0;

  constructor(name: string, undo: UndoLog) {
    this.name = name;
    this.#undo = undo;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Another number after every change: what is derived from the rows holds while it stays. */
  get revision(): number {
    return this.#revision;
  }

  get(key: string): T | undefined {
    return this.#rows.get(key);
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  /** In the order of creation. */
  values(): IterableIterator<T> {
    return this.#rows.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.#rows.entries();
  }

  set(key: string, row: T): void {
    const before = this.#rows.get(key);
    const existed = this.#rows.has(key);
    this.#rows.set(key, row);
    this.#changedKeys.add(key);
    this.#revision++;
    this.#undo.record(() => {
      this.#revision++;
      if (existed) this.#rows.set(key, before as T);
      else this.#rows.delete(key);
    });
  }

  delete(key: string): void {
    if (!this.#rows.has(key)) return;
    // A map cannot put a row back where it stood, so the order is kept by keeping the whole map as it was.
    const before = this.#undo.isOpen ? new Map(this.#rows) : undefined;
    this.#rows.delete(key);
    this.#changedKeys.add(key);
    this.#revision++;
    if (before !== undefined)
      this.#undo.record(() => {
        this.#revision++;
        this.#rows = before;
      });
  }

  clear(): void {
    for (const key of [...this.#rows.keys()]) this.#changedKeys.add(key);
    this.#rows = new Map();
    this.#revision++;
  }

  /** The rows read from disk at start. */
  load(rows: Iterable<readonly [string, T]>): void {
    this.#rows = new Map(rows);
    this.#revision++;
    this.#changedKeys.clear();
  }

  /** What changed since the last call: the row, or undefined for one that is gone. */
  takeChanges(): readonly (readonly [string, T | undefined])[] {
    const changes = [...this.#changedKeys].map((key) => [key, this.#rows.get(key)] as const);
    this.#changedKeys.clear();
    return changes;
  }
}
