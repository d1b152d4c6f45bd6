/**
 * The table of incidents, with the rules that an instance of ServiceNow has as it is delivered: correlation ids need not be
 * unique, journals are written and cannot be read back with the record, fields that do not exist are ignored without a
 * word, and long texts are cut off.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Row } from "./encodedQuery.ts";

export interface JournalEntry {
  readonly at: string;
  readonly field: "work_notes" | "comments";
  readonly text: string;
}

export interface Incident {
  readonly row: Row;
  readonly journal: readonly JournalEntry[];
}

/** A refusal in the Table API's own form. */
export class TableRefusal extends Error {
  override readonly name = "TableRefusal";
  readonly status: number;
  readonly detail: string;

  constructor(status: number, message: string, detail: string) {
    super(message);
    this.status = status;
    this.detail = detail;
  }
}

/** Lengths of the columns. Source: the dictionary of an instance as it is delivered (task and incident), read 2026-11. */
const COLUMNS: Readonly<Record<string, number>> = {
  short_description: 160,
  description: 4000,
  state: 40,
  impact: 40,
  urgency: 40,
  category: 40,
  subcategory: 40,
  cmdb_ci: 32_000,
  correlation_id: 100,
  correlation_display: 100,
  close_code: 40,
  close_notes: 4000,
  assignment_group: 32,
  caller_id: 32,
};

const JOURNALS: readonly JournalEntry["field"][] = ["work_notes", "comments"];

const STATES: ReadonlySet<string> = new Set(["1", "2", "3", "6", "7", "8"]);
const RESOLVED: ReadonlySet<string> = new Set(["6", "7"]);
const INACTIVE: ReadonlySet<string> = new Set(["7", "8"]);

/** Source: docs.newrelic.com … servicenow-incident-resolve ("Close code reference"), read 2026-11. */
const CLOSE_CODES: ReadonlySet<string> = new Set([
  "Duplicate",
  "Known error",
  "No resolution provided",
  "Resolved by caller",
  "Resolved by change",
  "Resolved by problem",
  "Resolved by request",
  "Solution provided",
  "User error",
  "Workaround provided",
]);

const FIRST_NUMBER = 10_001;

export class IncidentTable {
  readonly #clock: Clock;
  readonly #user: string;
  readonly #incidents = new Map<string, Incident>();

  constructor(clock: Clock, user: string) {
    this.#clock = clock;
    this.#user = user;
  }

  /** Oldest first. */
  get all(): readonly Incident[] {
    return [...this.#incidents.values()];
  }

  get(id: string): Incident | undefined {
    return this.#incidents.get(id);
  }

  create(fields: Readonly<Record<string, unknown>>): Incident {
    const sys_id = randomBytes(16).toString("hex");
    const now = this.#now();
    const row: Row = {
      ...Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, ""])),
      impact: "3",
      urgency: "3",
      ...known(fields),
      state: known(fields).state ?? "1",
      sys_id,
      number: `INC${String(FIRST_NUMBER + this.#incidents.size).padStart(7, "0")}`,
      sys_created_on: now,
      sys_created_by: this.#user,
      sys_mod_count: "0",
    };
    return this.#keep(row, this.#journalOf(fields));
  }

  change(id: string, fields: Readonly<Record<string, unknown>>): Incident | undefined {
    const before = this.#incidents.get(id);
    if (before === undefined) return undefined;
    if (INACTIVE.has(before.row.state ?? ""))
      throw new TableRefusal(403, "Operation Failed", "ACL Exception Update Failed due to security constraints");
    const sys_mod_count = String(Number(before.row.sys_mod_count) + 1);
    return this.#keep({ ...before.row, ...known(fields), sys_mod_count }, [
      ...before.journal,
      ...this.#journalOf(fields),
    ]);
  }

  delete(id: string): boolean {
    return this.#incidents.delete(id);
  }

  #keep(row: Row, journal: readonly JournalEntry[]): Incident {
    checkState(row);
    const active = String(!INACTIVE.has(row.state ?? ""));
    const incident = { row: { ...row, active, priority: priorityOf(row), sys_updated_on: this.#now() }, journal };
    this.#incidents.set(row.sys_id ?? "", incident);
    return incident;
  }

  #journalOf(fields: Readonly<Record<string, unknown>>): readonly JournalEntry[] {
    const at = this.#now();
    return JOURNALS.flatMap((field) => {
      const text = fields[field];
      return text === undefined || text === "" ? [] : [{ at, field, text: String(text) }];
    });
  }

  /** "2026-11-02 08:00:00", always in UTC. */
  #now(): string {
    return new Date(this.#clock.now()).toISOString().slice(0, 19).replace("T", " ");
  }
}

function known(fields: Readonly<Record<string, unknown>>): Row {
  const columns = Object.entries(fields).filter(([name]) => Object.hasOwn(COLUMNS, name));
  return Object.fromEntries(columns.map(([name, value]) => [name, String(value).slice(0, COLUMNS[name])]));
}

/** The data policy of an instance as it is delivered: what is resolved says how. */
function checkState(row: Row): void {
  const { state = "", close_code = "", close_notes = "" } = row;
  if (!STATES.has(state)) throw policy(`The following fields have an invalid choice: State (${state})`);
  if (!RESOLVED.has(state)) return;
  const missing = [
    ...(close_code === "" ? ["Resolution code"] : []),
    ...(close_notes === "" ? ["Resolution notes"] : []),
  ];
  if (missing.length > 0) throw policy(`The following fields are mandatory: ${missing.join(", ")}`);
  if (!CLOSE_CODES.has(close_code)) throw policy(`Resolution code '${close_code}' is no choice`);
}

function policy(detail: string): TableRefusal {
  return new TableRefusal(403, "Operation Failed", `Error during data policy validation: ${detail}`);
}

/** The lookup of an instance as it is delivered: impact against urgency. */
const PRIORITIES: Readonly<Record<string, string>> = {
  "1/1": "1",
  "1/2": "2",
  "2/1": "2",
  "1/3": "3",
  "2/2": "3",
  "3/1": "3",
  "2/3": "4",
  "3/2": "4",
};

function priorityOf({ impact, urgency }: Row): string {
  return PRIORITIES[`${impact}/${urgency}`] ?? "5";
}
