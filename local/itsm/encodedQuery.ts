/**
 * The encoded queries that this stand-in understands: terms joined by ^, all of which must hold, and orders. ServiceNow itself
 * ignores what it does not understand and answers with every row; here it is refused, so that a mistake is seen.
 * Source: ServiceNow docs, "Operators available for filters and queries", read 2026-11.
 */
export type Row = Readonly<Record<string, string>>;

export class QueryMistake extends Error {
  override readonly name = "QueryMistake";
}

const TERM = /^([a-z_]+)(=|!=|NOT IN|IN|STARTSWITH|ISEMPTY|ISNOTEMPTY)(.*)$/s;
const ORDER = /^ORDERBY(DESC)?([a-z_]+)$/;

/** The rows that fulfil the query, in its order; rows that are equal in it stay in theirs. */
export function selectRows(rows: readonly Row[], query: string): readonly Row[] {
  const parts = query === "" ? [] : query.split("^");
  const orders = parts.flatMap((part) => orderOf(part) ?? []);
  const terms = parts.filter((part) => orderOf(part) === undefined).map(termOf);
  const selected = rows.filter((row) => terms.every((holds) => holds(row)));
  return selected.toSorted((left, right) => compare(left, right, orders));
}

interface Order {
  readonly field: string;
  readonly sign: 1 | -1;
}

function orderOf(part: string): Order | undefined {
  const [, descending, field] = ORDER.exec(part) ?? [];
  return field === undefined ? undefined : { field, sign: descending === undefined ? 1 : -1 };
}

function compare(left: Row, right: Row, orders: readonly Order[]): number {
  for (const { field, sign } of orders) {
    const [one = "", other = ""] = [left[field], right[field]];
    if (one !== other) return one < other ? -sign : sign;
  }
  return 0;
}

function termOf(part: string): (row: Row) => boolean {
  const [, field, operator, value = ""] = TERM.exec(part) ?? [];
  if (field === undefined || operator === undefined || /^(OR|NQ|EQ)/.test(part))
    throw new QueryMistake(`The term '${part}' of sysparm_query is not understood here.`);
  const of = (row: Row): string => row[field] ?? "";
  switch (operator) {
    case "=":
      return (row) => of(row) === value;
    case "!=":
      return (row) => of(row) !== value;
    case "IN":
      return (row) => value.split(",").includes(of(row));
    case "NOT IN":
      return (row) => !value.split(",").includes(of(row));
    case "STARTSWITH":
      return (row) => of(row).startsWith(value);
    case "ISEMPTY":
      return (row) => of(row) === "";
    default:
      return (row) => of(row) !== "";
  }
}
