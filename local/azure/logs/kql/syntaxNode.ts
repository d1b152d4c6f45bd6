/**
 * The syntax tree of Microsoft's parser, as its JavaScript shows it. Nodes know the name that their parent has for them
 * ("Condition", "ByClause"), and that is how they are read here: a misspelt name is an error and no empty result.
 */
export interface SyntaxNode {
  readonly ChildCount: number;
  /** The name of this node in its parent; null in lists. */
  readonly NameInParent: string | null;
  /** Where the node's text begins, blanks and comments before it left out. */
  readonly TextStart: number;
  /** Characters of the blanks and comments before it. */
  readonly TriviaWidth: number;
  readonly Parent: SyntaxNode | null;
  readonly ResultType?: { readonly Name: string; readonly Columns?: unknown } | null;
  /** What a name or a call means; functions know how their results are named. */
  readonly ReferencedSymbol?: {
    readonly Name: string;
    readonly ResultNameKind?: number;
    readonly ResultNamePrefix?: string | null;
  } | null;
  /** Of literals: text within the quotes, with escapes resolved. */
  readonly LiteralValue?: unknown;
  GetChild(index: number): SyntaxNode | null;
  toString(trivia: number): string;
}

/** The text as it was written: IncludeTrivia.All. Every other choice of 12.4.1 leaves the comments before it in, too. */
const AS_WRITTEN = 0;

/** The node's text without the blanks and comments before it. */
export function textOf(node: SyntaxNode): string {
  return node.toString(AS_WRITTEN).slice(node.TriviaWidth).trim();
}

/** "FilterOperator", "SyntaxToken": the class of the node without its namespace and type arguments. */
export function kindOf(node: SyntaxNode): string {
  const { Bridge } = globalThis as unknown as { readonly Bridge: { getTypeName(node: object): string } };
  const name = Bridge.getTypeName(node);
  const plain = name.split("`")[0]?.split("+")[0] ?? "";
  return plain.slice(plain.lastIndexOf(".") + 1);
}

export function children(node: SyntaxNode): readonly SyntaxNode[] {
  return Array.from({ length: node.ChildCount }, (_, index) => node.GetChild(index)).filter((child) => child !== null);
}

export function optionalPart(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return children(node).find((child) => child.NameInParent === name);
}

export function part(node: SyntaxNode, name: string): SyntaxNode {
  const found = optionalPart(node, name);
  if (found === undefined) throw new Error(`A ${kindOf(node)} has no part "${name}": ${textOf(node)}`);
  return found;
}

/** The elements of a list, without the commas between them. */
export function items(list: SyntaxNode): readonly SyntaxNode[] {
  return children(list).flatMap((child) => (kindOf(child) === "SeparatedElement" ? (child.GetChild(0) ?? []) : child));
}

/** A name as it is meant: without ['…'] around it. */
export function nameOf(node: SyntaxNode): string {
  const inner = optionalPart(node, "Name");
  if (inner !== undefined && kindOf(node) !== "BracketedName") return nameOf(inner);
  const text = textOf(node);
  const bracketed = /^\[\s*(['"])(.*)\1\s*\]$/s.exec(text);
  return bracketed?.[2] ?? text;
}

/** Named parameters of an operator: isfuzzy=true, kind=leftanti. */
export function parametersOf(operator: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const list = optionalPart(operator, "Parameters");
  const entries = list === undefined ? [] : items(list);
  return new Map(entries.map((entry) => [nameOf(part(entry, "Name")), part(entry, "Expression")] as const));
}
