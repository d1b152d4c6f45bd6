import { compileScalar } from "./compileScalar.ts";
import { compileTabular } from "./compileTabular.ts";
import { type DatetimeLiterals, datetimeLiterals } from "./datetimeLiterals.ts";
import { KustoLanguage } from "./kustoLanguage.ts";
import { withLets } from "./letStatements.ts";
import { QueryError, UnsupportedQuery } from "./queryError.ts";
import { refuseMistakes } from "./refuseMistakes.ts";
import { shown } from "./rowOperators.ts";
import { type Compilation, type RowSource, type Run, Scope, type Tabular } from "./scope.ts";
import { items, kindOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import type { Column } from "./value.ts";

/** Compiled queries that are kept; the one that was not asked for longest goes first. */
const COMPILED_MAX = 200;

/** Between runs. */
const noRun: Run = {
  datetimes: [],
  nowEpochMs: 0,
  source: { has: () => false, stream: () => true },
  memory: new Map(),
};

interface Compiled {
  readonly compilation: Compilation;
  readonly result: Tabular;
}

/**
 * Executes queries: Microsoft's parser checks them against the tables, and their trees become closures. Two texts that
 * differ in nothing but datetimes are one compiled query: a watcher asks the same every few minutes.
 */
export class QueryEngine {
  readonly #language: KustoLanguage;
  readonly #tables: Readonly<Record<string, readonly Column[]>>;
  readonly #compiled = new Map<string, Compiled>();

  constructor(tables: Readonly<Record<string, readonly Column[]>>) {
    this.#tables = tables;
    this.#language = new KustoLanguage(tables);
  }

  /** The result's columns and rows. Throws QueryError for what Azure refuses, UnsupportedQuery for what this engine lacks. */
  execute(query: string, source: RowSource, nowEpochMs: number): Tabular {
    const literals = datetimeLiterals(query);
    const { compilation, result } = this.#compiledFor(query, literals);
    return {
      columns: result.columns,
      stream(sink) {
        compilation.run = { datetimes: literals.values, nowEpochMs, source, memory: new Map() };
        try {
          return result.stream(sink);
        } finally {
          compilation.run.memory.clear();
          compilation.run = noRun;
        }
      },
    };
  }

  #compiledFor(query: string, literals: DatetimeLiterals): Compiled {
    const known = this.#compiled.get(literals.shape);
    const compiled = known ?? withPlainErrors(() => this.#compile(query, literals));
    this.#compiled.delete(literals.shape);
    this.#compiled.set(literals.shape, compiled);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size > COMPILED_MAX && oldest !== undefined) this.#compiled.delete(oldest);
    return compiled;
  }

  #compile(query: string, literals: DatetimeLiterals): Compiled {
    const { syntax, diagnostics } = this.#language.analyse(query);
    refuseMistakes(query, syntax, diagnostics);
    const compilation: Compilation = {
      run: noRun,
      datetimeIndex: (textStart) => literals.indexes.get(textStart),
      tables: this.#tables,
      windows: [],
      scalar: compileScalar,
      tabular: compileTabular,
    };
    return { compilation, result: shown(compileBlock(syntax, new Scope(compilation, new Map()))) };
  }
}

/** What the language service throws drags its whole world along; only its words go on. */
function withPlainErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof QueryError || error instanceof UnsupportedQuery) throw error;
    throw new Error(`The query could not be compiled: ${String((error as Error).message)}`);
  }
}

/** The lets of a query, each seeing those before it, and the one expression at its end. */
function compileBlock(block: SyntaxNode, outer: Scope): Tabular {
  let scope = outer;
  let result: Tabular | undefined;
  for (const statement of items(part(block, "Statements"))) {
    const kind = kindOf(statement);
    if (kind === "LetStatement") {
      scope = withLets([statement], scope);
    } else if (kind === "ExpressionStatement") {
      if (result !== undefined) throw new UnsupportedQuery("a second query in one", textOf(statement));
      result = compileTabular(part(statement, "Expression"), scope);
    } else if (kind !== "EmptyStatement") {
      throw new UnsupportedQuery(`the statement ${kind}`, textOf(statement));
    }
  }
  if (result === undefined) throw new QueryError("SyntaxError", "SYN0001", "The query has no tabular expression.");
  return result;
}
