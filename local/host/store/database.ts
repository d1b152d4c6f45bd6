/**
 * One SQLite file per host. WAL with synchronous=NORMAL loses nothing when the process is killed (a loss of power may
 * cost the last transactions, never the file); the exclusive lock makes a second host on the same file fail at once.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** Raised with every change of the tables; a file of another version is refused, not guessed at. */
const SCHEMA_VERSION = 1;
/** So much of the log is written before it goes into the file, which waits for the disk twice: 40 MB instead of 4. */
const PAGES_BETWEEN_CHECKPOINTS = 10_000;
/** SQLite's result code for a lock that another connection holds. Source: sqlite.org/rescode.html. */
const SQLITE_BUSY = 5;

const schema = `
  CREATE TABLE instances(
    id TEXT PRIMARY KEY, execution_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, status TEXT NOT NULL,
    input TEXT, output TEXT, custom_status TEXT, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
    parent_id TEXT, parent_execution_id TEXT, parent_task_id INTEGER, parent_name TEXT,
    generation INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE INDEX instances_by_creation ON instances(created_ms, id);
  CREATE TABLE history(
    instance_id TEXT NOT NULL, sequence INTEGER NOT NULL, event TEXT NOT NULL,
    PRIMARY KEY(instance_id, sequence)) STRICT, WITHOUT ROWID;
  CREATE TABLE inbox(
    id INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT NOT NULL, execution_id TEXT, visible_ms INTEGER NOT NULL,
    event TEXT NOT NULL) STRICT;
  CREATE INDEX inbox_by_instance ON inbox(instance_id, visible_ms, id);
  CREATE INDEX inbox_by_time ON inbox(visible_ms);
  CREATE TABLE activities(
    id INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT NOT NULL, execution_id TEXT NOT NULL,
    task_id INTEGER NOT NULL, name TEXT NOT NULL, input TEXT) STRICT;
  CREATE INDEX activities_by_instance ON activities(instance_id);
  CREATE TABLE entities(
    id TEXT PRIMARY KEY, is_there INTEGER NOT NULL, state TEXT, updated_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE entity_inbox(
    id INTEGER PRIMARY KEY AUTOINCREMENT, entity_id TEXT NOT NULL, message TEXT NOT NULL) STRICT;
  CREATE INDEX entity_inbox_by_entity ON entity_inbox(entity_id, id);
  CREATE TABLE schedules(
    function_name TEXT PRIMARY KEY, expression TEXT NOT NULL, last_ms INTEGER, next_ms INTEGER NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};`;

/** A thin, typed hand on SQLite: statements are prepared once, transactions roll back on any throw. */
export class Database {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    this.#database = new DatabaseSync(path);
    try {
      this.#database.exec(`PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
        PRAGMA wal_autocheckpoint=${PAGES_BETWEEN_CHECKPOINTS};`);
      this.#createTables(path);
    } catch (error) {
      this.#database.close();
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
      const message = `Another host holds the state file ${path}; stop that host, or give this one a file of its own.`;
      throw new Error(message, { cause: error });
    }
  }

  #createTables(path: string): void {
    this.transaction(() => {
      const version = this.get<{ user_version: number }>("PRAGMA user_version")?.user_version;
      if (version === SCHEMA_VERSION) return;
      if (version !== 0) {
        throw new Error(
          `The state file ${path} is of version ${version}, this host writes version ${SCHEMA_VERSION}; delete the file or name another.`,
        );
      }
      this.#database.exec(schema);
    });
  }

  /** Runs a statement and returns how many rows it changed. */
  run(sql: string, ...parameters: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...parameters).changes);
  }

  get<Row>(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...parameters) as Row | undefined;
  }

  all<Row>(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...parameters) as Row[];
  }

  /** Everything in `work` is recorded, or nothing. */
  transaction<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
