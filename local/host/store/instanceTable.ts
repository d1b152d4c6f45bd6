import type { Database } from "./database.ts";

export type RuntimeStatus = "Pending" | "Running" | "Suspended" | "Completed" | "Failed" | "Terminated";

const endedStatuses: readonly RuntimeStatus[] = ["Completed", "Failed", "Terminated"];

export function hasEnded(status: RuntimeStatus): boolean {
  return endedStatuses.includes(status);
}

/** One orchestration instance. Inputs, outputs and custom status are JSON texts. */
export interface Instance {
  readonly id: string;
  /** Changes with continueAsNew and restart; messages to an earlier execution are dropped. */
  readonly executionId: string;
  readonly name: string;
  readonly version: string;
  readonly status: RuntimeStatus;
  readonly input: string | null;
  readonly output: string | null;
  readonly customStatus: string | null;
  readonly createdEpochMs: number;
  readonly updatedEpochMs: number;
  readonly parent: ParentInstance | undefined;
  readonly generation: number;
}

export interface ParentInstance {
  readonly id: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
}

/** Which instances a query of the management API asks for; each field narrows. */
export interface InstanceFilter {
  readonly createdFromEpochMs?: number;
  readonly createdToEpochMs?: number;
  readonly statuses?: readonly string[];
  readonly idPrefix?: string;
}

interface Row {
  readonly id: string;
  readonly execution_id: string;
  readonly name: string;
  readonly version: string;
  readonly status: RuntimeStatus;
  readonly input: string | null;
  readonly output: string | null;
  readonly custom_status: string | null;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly parent_id: string | null;
  readonly parent_execution_id: string | null;
  readonly parent_task_id: number | null;
  readonly parent_name: string | null;
  readonly generation: number;
}

export class InstanceTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(id: string): Instance | undefined {
    const row = this.#database.get<Row>("SELECT * FROM instances WHERE id=?", id);
    return row === undefined ? undefined : fromRow(row);
  }

  executionIdOf(id: string): string | undefined {
    return this.#database.get<{ execution_id: string }>("SELECT execution_id FROM instances WHERE id=?", id)
      ?.execution_id;
  }

  insert(instance: Instance): void {
    this.#database.run(
      "INSERT INTO instances VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      instance.id,
      instance.executionId,
      instance.name,
      instance.version,
      instance.status,
      instance.input,
      instance.output,
      instance.customStatus,
      instance.createdEpochMs,
      instance.updatedEpochMs,
      instance.parent?.id ?? null,
      instance.parent?.executionId ?? null,
      instance.parent?.taskId ?? null,
      instance.parent?.name ?? null,
      instance.generation,
    );
  }

  update(instance: Instance): void {
    this.#database.run(
      "UPDATE instances SET execution_id=?, status=?, input=?, output=?, custom_status=?, updated_ms=?, generation=? WHERE id=?",
      instance.executionId,
      instance.status,
      instance.input,
      instance.output,
      instance.customStatus,
      instance.updatedEpochMs,
      instance.generation,
      instance.id,
    );
  }

  remove(id: string): void {
    this.#database.run("DELETE FROM instances WHERE id=?", id);
  }

  /** At most `limit` instances in the order of creation, after the one that `after` names. */
  list(
    filter: InstanceFilter,
    limit: number,
    after?: { readonly createdEpochMs: number; readonly id: string },
  ): Instance[] {
    const prefix = filter.idPrefix ?? "";
    const rows = this.#database.all<Row>(
      `SELECT * FROM instances WHERE created_ms BETWEEN ? AND ? AND substr(id, 1, length(?))=?
         AND (?='[]' OR status IN (SELECT value FROM json_each(?))) AND (created_ms, id) > (?, ?)
       ORDER BY created_ms, id LIMIT ?`,
      filter.createdFromEpochMs ?? Number.MIN_SAFE_INTEGER,
      filter.createdToEpochMs ?? Number.MAX_SAFE_INTEGER,
      prefix,
      prefix,
      JSON.stringify(filter.statuses ?? []),
      JSON.stringify(filter.statuses ?? []),
      after?.createdEpochMs ?? Number.MIN_SAFE_INTEGER,
      after?.id ?? "",
      limit,
    );
    return rows.map(fromRow);
  }
}

function fromRow(row: Row): Instance {
  const parent =
    row.parent_id === null || row.parent_execution_id === null || row.parent_task_id === null
      ? undefined
      : {
          id: row.parent_id,
          executionId: row.parent_execution_id,
          taskId: row.parent_task_id,
          name: row.parent_name ?? "",
        };
  return {
    id: row.id,
    executionId: row.execution_id,
    name: row.name,
    version: row.version,
    status: row.status,
    input: row.input,
    output: row.output,
    customStatus: row.custom_status,
    createdEpochMs: row.created_ms,
    updatedEpochMs: row.updated_ms,
    parent,
    generation: row.generation,
  };
}
