/** A query that Azure refuses: 400 with this code and message, inside of BadArgumentError. */
export class QueryError extends Error {
  /** "SemanticError" or "SyntaxError". */
  readonly kind: "SemanticError" | "SyntaxError";
  /** "SEM0100", "SYN0002". */
  readonly code: string;
  readonly place: { readonly line: number; readonly pos: number; readonly token: string } | undefined;

  constructor(
    kind: QueryError["kind"],
    code: string,
    message: string,
    place?: { readonly line: number; readonly pos: number; readonly token: string },
  ) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.place = place;
  }
}

/** A query that Azure would execute and this engine cannot: said aloud, never answered with nothing. */
export class UnsupportedQuery extends Error {
  constructor(what: string, text: string) {
    super(`The local Azure cannot execute ${what}: ${text.slice(0, 200)}`);
  }
}
