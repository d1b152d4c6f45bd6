import { namePattern } from "./namePattern.ts";
import { QueryError } from "./queryError.ts";
import { type Compilation, type Scope, type Tabular, visible } from "./scope.ts";
import { children, items, kindOf, nameOf, parametersOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { tableNamed, unresolvedTable } from "./tables.ts";
import { type Column, nothingOf, type Row } from "./value.ts";

interface Branch {
  readonly name: string;
  readonly tabular: Tabular;
  /** Tables that the branch names itself, and not through a let. */
  readonly tables: readonly string[];
  /** Whether a pattern found the table, which is then left out while it has no rows. */
  readonly isOfPattern?: true;
}

/**
 * union: a column of one name and one type is one column; the same name with two types becomes two (name_type). With
 * isfuzzy=true, branches that name a table which was never filled are left out; when none is left the query is refused.
 * Source: learn.microsoft.com/kusto/query/union-operator, checked 2026-11.
 */
export function unionOf(operator: SyntaxNode, input: Tabular | undefined, scope: Scope): Tabular {
  const parameters = parametersOf(operator);
  const isFuzzy = parameters.has("isfuzzy") && /^true$/i.test(text(parameters.get("isfuzzy")));
  const sourceName = parameters.get("withsource");
  const isInner = text(parameters.get("kind")) === "inner";
  const given = items(part(operator, "Expressions")).flatMap((node, index) =>
    branchesOf({ node, index, scope, isFuzzy }),
  );
  const branches = input === undefined ? given : [{ name: "union_arg0", tabular: input, tables: [] }, ...given];
  return unionOfBranches(branches, {
    ...(sourceName === undefined ? {} : { sourceName: nameOf(sourceName) }),
    isInner,
    live: liveBranches(branches, { isFuzzy, taker: "union" }, scope.compilation),
  });
}

export interface TableList {
  /** None stands for all. */
  readonly nodes: readonly SyntaxNode[];
  readonly sourceName: string;
  /** The operator that asks for them. */
  readonly taker: string;
}

/** The rows of the tables that a list names, with patterns among them; of tables that were never filled there are none. */
export function unionOfTables({ nodes, sourceName, taker }: TableList, scope: Scope): Tabular {
  const branches =
    nodes.length === 0
      ? tablesLike("*", scope)
      : nodes.flatMap((node, index) => branchesOf({ node, index, scope, isFuzzy: true }));
  const live = liveBranches(branches, { isFuzzy: true, taker }, scope.compilation);
  return unionOfBranches(branches, { sourceName, isInner: false, live });
}

interface UnionShape {
  readonly sourceName?: string;
  readonly isInner: boolean;
  readonly live: () => readonly Branch[];
}

function unionOfBranches(branches: readonly Branch[], { sourceName, isInner, live }: UnionShape): Tabular {
  const withSource: readonly Column[] = sourceName === undefined ? [] : [{ name: sourceName, type: "string" }];
  const columns = [...withSource, ...merged(branches, isInner)];
  const mappers = new Map(branches.map((branch) => [branch, mapperOf(branch, columns, withSource.length)] as const));
  return {
    columns,
    stream: (sink) =>
      live().every((branch) => {
        const map = mappers.get(branch);
        return map === undefined || branch.tabular.stream((row) => sink(map(row)));
      }),
  };
}

interface GivenBranch {
  readonly node: SyntaxNode;
  readonly index: number;
  readonly scope: Scope;
  readonly isFuzzy: boolean;
}

/** One branch, or for a pattern one for each table that it fits. */
function branchesOf(given: GivenBranch): readonly Branch[] {
  const { node, scope } = given;
  const isPattern = kindOf(node) === "NameReference" && kindOf(part(node, "Name")) === "WildcardedName";
  return isPattern ? tablesLike(nameOf(node), scope) : [branchOf(given)];
}

/** The tables whose name fits a pattern with * for any text; those that were never filled are left out of each run. */
function tablesLike(pattern: string, { compilation }: Scope): readonly Branch[] {
  const fits = namePattern(pattern);
  const names = Object.keys(compilation.tables).filter(fits);
  if (names.length === 0) throw unresolvedTable(pattern, "union");
  return names.map((name) => ({
    name,
    tabular: tableNamed(name, undefined, compilation),
    tables: [name],
    isOfPattern: true,
  }));
}

function branchOf({ node, index, scope, isFuzzy }: GivenBranch): Branch {
  const tabular = fuzzily(isFuzzy, () => scope.compilation.tabular(node, scope.withColumns([])));
  const name = kindOf(node) === "NameReference" ? nameOf(node) : `union_arg${index}`;
  return { name, tabular, tables: tablesIn(node, scope) };
}

/** A fuzzy union also lets pass what no workspace has at all. */
function fuzzily(isFuzzy: boolean, compile: () => Tabular): Tabular {
  try {
    return compile();
  } catch (error) {
    if (!isFuzzy || !(error instanceof QueryError) || error.code !== "SEM0100") throw error;
    return { columns: [], stream: () => true };
  }
}

function tablesIn(node: SyntaxNode, scope: Scope): readonly string[] {
  if (kindOf(node) === "NameReference") {
    const name = nameOf(node);
    return scope.binding(name) === undefined && Object.hasOwn(scope.compilation.tables, name) ? [name] : [];
  }
  return children(node).flatMap((child) => tablesIn(child, scope));
}

function liveBranches(
  branches: readonly Branch[],
  { isFuzzy, taker }: { readonly isFuzzy: boolean; readonly taker: string },
  compilation: Compilation,
) {
  return (): readonly Branch[] => {
    const { source } = compilation.run;
    const isThere = ({ tables }: Branch): boolean => tables.every((table) => source.has(table));
    const live = branches.filter((branch) => (!isFuzzy && branch.isOfPattern !== true) || isThere(branch));
    const missing = branches.flatMap(({ tables }) => tables).find((table) => !source.has(table));
    if (live.length === 0 && missing !== undefined) throw unresolvedTable(missing, taker);
    return live;
  };
}

function merged(branches: readonly Branch[], isInner: boolean): readonly Column[] {
  const types = new Map<string, Set<Column["type"]>>();
  for (const { tabular } of branches) {
    for (const { name, type } of visible(tabular.columns)) {
      types.set(name, (types.get(name) ?? new Set<Column["type"]>()).add(type));
    }
  }
  const everywhere = (name: string): boolean =>
    branches.every(({ tabular }) => tabular.columns.some((column) => column.name === name));
  return [...types].flatMap(([name, found]) => {
    if (isInner && !everywhere(name)) return [];
    return [...found].map((type) => ({ name: found.size === 1 ? name : `${name}_${type}`, type }));
  });
}

function mapperOf({ name, tabular }: Branch, columns: readonly Column[], sourceCount: number): (row: Row) => Row {
  const sources = columns.slice(sourceCount).map((column) => ({
    index: tabular.columns.findIndex(
      (own) => own.type === column.type && (own.name === column.name || `${own.name}_${own.type}` === column.name),
    ),
    nothing: nothingOf(column.type),
  }));
  return (row) => {
    const mapped: Row = sourceCount === 0 ? [] : [name];
    for (const { index, nothing } of sources) mapped.push(row[index] ?? nothing);
    return mapped;
  };
}

function text(node: SyntaxNode | undefined): string {
  return node === undefined ? "" : textOf(node);
}
