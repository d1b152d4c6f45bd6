import { QueryError } from "./queryError.ts";
import type { SyntaxNode } from "./syntaxNode.ts";
import type { Column, Row, ScalarType, Value } from "./value.ts";

/** Takes a row; false when it wants no more. */
export type Sink = (row: Row) => boolean;

/** A compiled tabular expression. It keeps nothing between runs, so it may run inside of itself. */
export interface Tabular {
  readonly columns: readonly Column[];
  /** True when its rows are given to others, too: who changes one must copy it. Else a row belongs to whom it is given. */
  readonly isShared?: boolean;
  /** Gives every row to the sink; false when the sink wanted no more. */
  stream(sink: Sink): boolean;
}

/** A compiled scalar expression. */
export interface Scalar {
  readonly type: ScalarType;
  /** True when the value is the same for all rows of a run. */
  readonly isConstant: boolean;
  evaluate(row: Row): Value;
}

/** What a name of a `let` stands for. */
export type Binding =
  | { readonly kind: "scalar"; readonly scalar: Scalar }
  | { readonly kind: "tabular"; readonly tabular: Tabular }
  | { readonly kind: "function"; readonly declaration: SyntaxNode; readonly scope: Scope };

/** Where rows come from. */
export interface RowSource {
  /** Whether the table has ever had a row: before that its name cannot be resolved. */
  has(table: string): boolean;
  /** Rows in the order of the columns, and after them when each was ingested, in ms. */
  stream(table: string, columns: readonly Column[], sink: Sink): boolean;
}

/** One execution of a compiled query. */
export interface Run {
  /** Datetime literals of the text, in their order: what differs between queries that are compiled once. */
  readonly datetimes: readonly (number | null)[];
  readonly nowEpochMs: number;
  readonly source: RowSource;
  /** What is worked out once, for as long as the run lasts. */
  readonly memory: Map<object, unknown>;
}

/** What all parts of one compiled query share. */
export interface Compilation {
  /** The run under way; set anew before each. */
  run: Run;
  /** Index among the run's datetimes of the literal that begins there in the text. */
  datetimeIndex(textStart: number): number | undefined;
  readonly tables: Readonly<Record<string, readonly Column[]>>;
  /** Functions that go from row to row, of the operator that is being compiled. */
  readonly windows: Scalar[];
  scalar(node: SyntaxNode, scope: Scope): Scalar;
  tabular(node: SyntaxNode, scope: Scope): Tabular;
}

/** The hidden column after a table's own: when the row was ingested. Gone after whatever makes new rows. */
export const INGESTION_COLUMN: Column = { name: "\u0000ingestion_time", type: "datetime" };

/** Calls that are worked out already, by where they begin in the text. */
type Results = ReadonlyMap<number, Scalar>;

/** The names that an expression can see: columns of the row that it is given, and those of `let`. */
export class Scope {
  readonly compilation: Compilation;
  readonly columns: readonly Column[];
  readonly #names: ReadonlyMap<string, Binding>;
  readonly #results: Results;

  constructor(
    compilation: Compilation,
    names: ReadonlyMap<string, Binding>,
    columns: readonly Column[] = [],
    results: Results = new Map(),
  ) {
    this.compilation = compilation;
    this.#names = names;
    this.columns = columns;
    this.#results = results;
  }

  withColumns(columns: readonly Column[]): Scope {
    return new Scope(this.compilation, this.#names, columns);
  }

  withNames(names: Iterable<readonly [string, Binding]>): Scope {
    return new Scope(this.compilation, new Map([...this.#names, ...names]), this.columns);
  }

  /** For an expression around aggregates, whose calls stand for what the aggregates came to. */
  withResults(results: Results): Scope {
    return new Scope(this.compilation, this.#names, this.columns, results);
  }

  result(textStart: number): Scalar | undefined {
    return this.#results.get(textStart);
  }

  binding(name: string): Binding | undefined {
    return this.#names.get(name);
  }

  columnIndex(name: string): number | undefined {
    const index = this.columns.findIndex((column) => column.name === name);
    return index < 0 ? undefined : index;
  }

  /** A column that must be there; the analyser let it pass when a table of a fuzzy union has it and that table has no rows yet. */
  requiredColumn(name: string): number {
    const index = this.columnIndex(name);
    if (index !== undefined) return index;
    throw new QueryError("SemanticError", "SEM0100", `Failed to resolve column or scalar expression named '${name}'`);
  }
}

/** The columns that a result shows. */
export function visible(columns: readonly Column[]): readonly Column[] {
  return columns.filter(({ name }) => name !== INGESTION_COLUMN.name);
}
