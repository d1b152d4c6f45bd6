import { UnsupportedQuery } from "./queryError.ts";
import { emit } from "./rowOperators.ts";
import { type Scalar, type Scope, type Tabular, visible } from "./scope.ts";
import { items, kindOf, nameOf, optionalPart, parametersOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { type Column, keyOf, nothingOf, type Row } from "./value.ts";

type Rows = ReadonlyMap<string, readonly Row[]>;

/** What a kind of join makes of the rows of both sides. */
interface JoinKind {
  /** Which columns it shows. */
  readonly shows: "both" | "left" | "right";
  /** Rows of the left without a partner: with empty columns, alone, or not at all. */
  readonly leftWithout?: true;
  readonly rightWithout?: true;
  /** Whether rows that have partners are shown. */
  readonly partners: boolean;
  /** Of left rows with one key only one counts. */
  readonly unique?: true;
}

const KINDS: Readonly<Record<string, JoinKind>> = {
  innerunique: { shows: "both", partners: true, unique: true },
  inner: { shows: "both", partners: true },
  leftouter: { shows: "both", partners: true, leftWithout: true },
  rightouter: { shows: "both", partners: true, rightWithout: true },
  fullouter: { shows: "both", partners: true, leftWithout: true, rightWithout: true },
  leftsemi: { shows: "left", partners: true },
  leftanti: { shows: "left", partners: false, leftWithout: true },
  anti: { shows: "left", partners: false, leftWithout: true },
  leftantisemi: { shows: "left", partners: false, leftWithout: true },
  rightsemi: { shows: "right", partners: true },
  rightanti: { shows: "right", partners: false, rightWithout: true },
  rightantisemi: { shows: "right", partners: false, rightWithout: true },
};

/** join, by equality. Source: learn.microsoft.com/kusto/query/join-operator, checked 2026-11. */
export function joinOperator(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const given = parametersOf(operator).get("kind");
  const kind = KINDS[given === undefined ? "innerunique" : textOf(given)];
  if (kind === undefined) throw new UnsupportedQuery("this kind of join", textOf(operator));
  const right = scope.compilation.tabular(part(operator, "Expression"), scope.withColumns([]));
  const clause = optionalPart(operator, "ConditionClause");
  if (clause === undefined || kindOf(clause) !== "JoinOnClause")
    throw new UnsupportedQuery("a join without on", textOf(operator));
  const conditions = items(part(clause, "Expressions")).map((node) => conditionOf(node, scope, right));
  const sides: Sides = {
    left: side(
      input,
      conditions.map(({ left }) => left),
    ),
    right: side(
      right,
      conditions.map(({ right }) => right),
    ),
  };
  const columns = shownColumns(kind, sides);
  return { columns, stream: (sink) => joined(kind, sides, sink) };
}

interface Side {
  readonly table: Tabular;
  readonly columns: readonly Column[];
  /** Places of the columns that are shown. */
  readonly indexes: readonly number[];
  readonly nothing: Row;
  key(row: Row): string | undefined;
}

interface Sides {
  readonly left: Side;
  readonly right: Side;
}

function side(table: Tabular, keys: readonly Scalar[]): Side {
  const columns = visible(table.columns);
  return {
    table,
    columns,
    indexes: columns.map((column) => table.columns.indexOf(column)),
    nothing: columns.map(({ type }) => nothingOf(type)),
    key(row) {
      const values = keys.map((key) => key.evaluate(row));
      // Null is a partner of nothing, not even of null.
      return values.includes(null) ? undefined : keyOf(values);
    },
  };
}

function conditionOf(
  node: SyntaxNode,
  scope: Scope,
  right: Tabular,
): { readonly left: Scalar; readonly right: Scalar } {
  const rightScope = scope.withColumns(right.columns);
  const { compilation } = scope;
  if (kindOf(node) === "NameReference")
    return { left: compilation.scalar(node, scope), right: compilation.scalar(node, rightScope) };
  if (kindOf(node) === "BinaryExpression" && textOf(part(node, "Operator")) === "==") {
    const [first, second] = [part(node, "Left"), part(node, "Right")];
    const [own, other] = isOf("$left", first) ? [first, second] : [second, first];
    if (isOf("$left", own) && isOf("$right", other))
      return { left: selected(own, scope), right: selected(other, rightScope) };
  }
  throw new UnsupportedQuery("this condition of a join", textOf(node));
}

function isOf(name: "$left" | "$right", node: SyntaxNode): boolean {
  return kindOf(node) === "PathExpression" && nameOf(part(node, "Expression")) === name;
}

function selected(path: SyntaxNode, scope: Scope): Scalar {
  return scope.compilation.scalar(part(path, "Selector"), scope);
}

/** A name that the left has already gets a number on the right. */
function shownColumns({ shows }: JoinKind, { left, right }: Sides): readonly Column[] {
  if (shows === "left") return left.columns;
  if (shows === "right") return right.columns;
  const names = new Set(left.columns.map(({ name }) => name));
  const renamed = right.columns.map((column) => {
    let { name } = column;
    for (let number = 1; names.has(name); number++) name = `${column.name}${number}`;
    names.add(name);
    return { ...column, name };
  });
  return [...left.columns, ...renamed];
}

function joined(kind: JoinKind, sides: Sides, sink: (row: Row) => boolean): boolean {
  if (kind.shows === "right") {
    const lefts = keysOf(sides.left);
    return sides.right.table.stream((row) => {
      const key = sides.right.key(row);
      const has = key !== undefined && lefts.has(key);
      return has === kind.partners ? sink(pick(sides.right, row)) : true;
    });
  }
  if (kind.shows === "left") {
    const rights = keysOf(sides.right);
    return sides.left.table.stream((row) => {
      const key = sides.left.key(row);
      const has = key !== undefined && rights.has(key);
      return has === kind.partners ? sink(pick(sides.left, row)) : true;
    });
  }
  return bothSides(kind, sides, sink);
}

function bothSides(kind: JoinKind, { left, right }: Sides, sink: (row: Row) => boolean): boolean {
  const { rows, lonely } = grouped(right);
  const met = new Set<string>();
  const isWanted = left.table.stream((row) => {
    const key = left.key(row);
    const partners = key === undefined ? undefined : rows.get(key);
    if (key === undefined || partners === undefined)
      return kind.leftWithout === true ? sink([...pick(left, row), ...right.nothing]) : true;
    if (kind.unique === true && met.has(key)) return true;
    met.add(key);
    const own = pick(left, row);
    return partners.every((partner) => sink([...own, ...partner]));
  });
  if (!isWanted || kind.rightWithout !== true) return isWanted;
  const unmet = [...rows].flatMap(([key, partners]) => (met.has(key) ? [] : partners));
  return emit(
    [...unmet, ...lonely].map((row) => [...left.nothing, ...row]),
    sink,
  );
}

function grouped(one: Side): { readonly rows: Rows; readonly lonely: readonly Row[] } {
  const rows = new Map<string, Row[]>();
  const lonely: Row[] = [];
  one.table.stream((row) => {
    const key = one.key(row);
    const picked = pick(one, row);
    const known = key === undefined ? lonely : rows.get(key);
    if (known !== undefined) known.push(picked);
    else if (key !== undefined) rows.set(key, [picked]);
    return true;
  });
  return { rows, lonely };
}

function keysOf(one: Side): ReadonlySet<string> {
  const keys = new Set<string>();
  one.table.stream((row) => {
    const key = one.key(row);
    if (key !== undefined) keys.add(key);
    return true;
  });
  return keys;
}

function pick({ indexes }: Side, row: Row): Row {
  return indexes.map((index) => row[index] ?? null);
}
