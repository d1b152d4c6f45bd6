import { StateDatabase } from "./stateDatabase.ts";
import { StateTable } from "./stateTable.ts";
import { UndoLog } from "./undoLog.ts";

/** The rows of all tables at one moment; rows are immutable, so nothing is copied. */
export type StateSnapshot = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** Everything that the local Azure remembers: tables, changed in turns that happen whole or not at all. */
export class WorldState {
  readonly #undo = new UndoLog();
  readonly #tables = new Map<string, StateTable<unknown>>();
  readonly #database: StateDatabase | undefined;

  constructor(path: string | undefined) {
    this.#database = path === undefined ? undefined : new StateDatabase(path);
  }

  /** The table of that name; its rows are what the file holds, when there is one. `revive` prepares a row that comes from the file. */
  table<T>(name: string, revive: (row: T) => T = (row) => row): StateTable<T> {
    const known = this.#tables.get(name);
    if (known !== undefined) return known as StateTable<T>;
    const table = new StateTable<T>(name, this.#undo);
    if (this.#database !== undefined) {
      table.load(this.#database.read(name).map(([key, row]) => [key, revive(row as T)] as const));
    }
    this.#tables.set(name, table as StateTable<unknown>);
    return table;
  }

  /** Runs the work as one turn: when it throws nothing has happened, when it returns everything is on disk. */
  turn<T>(work: () => T): T {
    const isOutermost = !this.#undo.isOpen;
    const result = this.#undo.run(work);
    if (isOutermost) this.#database?.write(this.#tables.values());
    return result;
  }

  /** Forgets every row of every table but those named. */
  clear(keep: readonly string[]): void {
    this.turn(() => {
      for (const table of this.#tables.values()) {
        if (!keep.includes(table.name)) table.clear();
      }
    });
  }

  snapshot(): StateSnapshot {
    return new Map([...this.#tables].map(([name, table]) => [name, new Map(table.entries())]));
  }

  /** Adds the rows of a snapshot to tables that were cleared, but for those tables named. */
  restore(snapshot: StateSnapshot, except: readonly string[]): void {
    this.turn(() => {
      for (const [name, rows] of snapshot) {
        if (except.includes(name)) continue;
        for (const [key, row] of rows) this.table(name).set(key, row);
      }
    });
  }

  close(): void {
    this.#database?.close();
  }
}
