import { distinctNames } from "./distinctNames.ts";
import { type JoinKind, joined, type Sides, side } from "./joinRows.ts";
import { UnsupportedQuery } from "./queryError.ts";
import type { Scalar, Scope, Tabular } from "./scope.ts";
import { items, kindOf, nameOf, optionalPart, parametersOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import type { Column } from "./value.ts";

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
  const join = joinBy(operator, { kind: "innerunique", clause: "ConditionClause" }, input, scope);
  return { columns: shownColumns(join), stream: (sink) => joined(join.kind, join.sides, sink) };
}

interface JoinDefaults {
  readonly kind: string;
  /** The part of the operator that says on what. */
  readonly clause: string;
}

export interface Join {
  readonly kind: JoinKind;
  readonly sides: Sides;
  /** Which columns of the right are its keys. */
  readonly rightKeys: readonly number[];
}

export function joinBy(operator: SyntaxNode, defaults: JoinDefaults, input: Tabular, scope: Scope): Join {
  const given = parametersOf(operator).get("kind");
  const kind = KINDS[given === undefined ? defaults.kind : textOf(given)];
  if (kind === undefined) throw new UnsupportedQuery("this kind of join", textOf(operator));
  const right = scope.compilation.tabular(part(operator, "Expression"), scope.withColumns([]));
  const clause = optionalPart(operator, defaults.clause);
  if (clause === undefined || kindOf(clause) !== "JoinOnClause")
    throw new UnsupportedQuery("a join without on", textOf(operator));
  const conditions = items(part(clause, "Expressions")).map((node) => conditionOf(node, scope, right));
  const keysOfSide = (pick: "left" | "right") => conditions.map((condition) => condition[pick]);
  const sides: Sides = { left: side(input, keysOfSide("left")), right: side(right, keysOfSide("right")) };
  return {
    kind,
    sides,
    rightKeys: conditions.map(({ rightName }) => sides.right.columns.findIndex(({ name }) => name === rightName)),
  };
}

interface Condition {
  readonly left: Scalar;
  readonly right: Scalar;
  /** The column of the right. */
  readonly rightName: string;
}

function conditionOf(node: SyntaxNode, scope: Scope, right: Tabular): Condition {
  const rightScope = scope.withColumns(right.columns);
  const { compilation } = scope;
  if (kindOf(node) === "NameReference")
    return {
      left: compilation.scalar(node, scope),
      right: compilation.scalar(node, rightScope),
      rightName: nameOf(node),
    };
  if (kindOf(node) === "BinaryExpression" && textOf(part(node, "Operator")) === "==") {
    const [first, second] = [part(node, "Left"), part(node, "Right")];
    const [own, other] = isOf("$left", first) ? [first, second] : [second, first];
    if (isOf("$left", own) && isOf("$right", other))
      return {
        left: selected(own, scope),
        right: selected(other, rightScope),
        rightName: nameOf(part(other, "Selector")),
      };
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
function shownColumns({ kind: { shows }, sides: { left, right } }: Join): readonly Column[] {
  if (shows === "left") return left.columns;
  if (shows === "right") return right.columns;
  return distinctNames([...left.columns, ...right.columns]);
}
