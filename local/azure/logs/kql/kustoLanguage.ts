import { createRequire } from "node:module";
import type { SyntaxNode } from "./syntaxNode.ts";
import type { Column } from "./value.ts";

/** What Microsoft's analyser found wrong, with its own code ("KS142"); the position counts characters of the text. */
export interface Diagnostic {
  readonly severity: string;
  readonly code: string;
  readonly start: number;
  readonly length: number;
  readonly message: string;
}

export interface Analysis {
  readonly syntax: SyntaxNode;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses a query and resolves its names against the tables, with the language service that Microsoft's own editors use.
 * The service costs 0.3 s to load and 0.7 s for the first query, so nothing is loaded before the first one.
 */
export class KustoLanguage {
  readonly #tables: Readonly<Record<string, readonly Column[]>>;
  #service: LanguageService | undefined;
  #globals: unknown;

  constructor(tables: Readonly<Record<string, readonly Column[]>>) {
    this.#tables = tables;
  }

  analyse(query: string): Analysis {
    const service = this.#loaded();
    const code = service.language.KustoCode.ParseAndAnalyze(query, this.#globals);
    return {
      syntax: code.Syntax,
      diagnostics: service.toArray(code.GetDiagnostics()).map(({ Severity, Code, Start, Length, Message }) => ({
        severity: Severity,
        code: Code,
        start: Start,
        length: Length,
        message: Message,
      })),
    };
  }

  #loaded(): LanguageService {
    if (this.#service !== undefined) return this.#service;
    const service = loadService();
    const { Symbols, GlobalState } = service.language;
    // The numbers in the names of constructors belong to version 12.4.1 of the package, which is pinned.
    const tables = Object.entries(this.#tables).map(
      ([name, columns]) =>
        new Symbols.TableSymbol.$ctor7(
          name,
          `(${columns.map(({ name, type }) => `${name}:${type}`).join(", ")})`,
          null,
        ),
    );
    this.#globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor2("LogAnalytics", null, tables));
    this.#service = service;
    return service;
  }
}

/** Whether a function is one of summarize; only after a first query. */
export function isAggregate(name: string): boolean {
  const { Kusto } = globalThis as unknown as { readonly Kusto: { readonly Language: Language } };
  return Kusto.Language.GlobalState.Default.GetAggregate(name) !== null;
}

interface RawDiagnostic {
  readonly Severity: string;
  readonly Code: string;
  readonly Start: number;
  readonly Length: number;
  readonly Message: string;
}

interface Language {
  readonly KustoCode: {
    ParseAndAnalyze(
      query: string,
      globals: unknown,
    ): { readonly Syntax: SyntaxNode; GetDiagnostics(): Iterable<RawDiagnostic> };
  };
  readonly GlobalState: {
    readonly Default: { WithDatabase(database: object): unknown; GetAggregate(name: string): object | null };
  };
  readonly Symbols: {
    readonly TableSymbol: { readonly $ctor7: new (name: string, schema: string, description: null) => object };
    readonly DatabaseSymbol: {
      readonly $ctor2: new (name: string, alternateName: null, members: readonly object[]) => object;
    };
  };
}

interface LanguageService {
  readonly language: Language;
  toArray(items: Iterable<RawDiagnostic>): readonly RawDiagnostic[];
}

/** The package is C# turned into JavaScript: two scripts that put what they define on the global object. */
function loadService(): LanguageService {
  const require = createRequire(import.meta.url);
  require("@kusto/language-service-next/bridge.min.js");
  require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
  const { Bridge, Kusto } = globalThis as unknown as {
    readonly Bridge: Pick<LanguageService, "toArray"> & { getTypeName(node: object): string };
    readonly Kusto: { readonly Language: Language };
  };
  return { language: Kusto.Language, toArray: (items) => Bridge.toArray(items) };
}
