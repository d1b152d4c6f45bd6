/**
 * Route templates as ASP.NET has them: literals, {name}, {name?}, {name=default}, {*rest}, and constraints
 * ({number:int}, {id:guid}, {text:length(3,8)}, …). Source: learn.microsoft.com/aspnet/core/fundamentals/routing.
 */
export interface RouteTemplate {
  readonly template: string;
  /** Sorts templates: literals before constrained before plain parameters before catch-all, segment by segment. */
  readonly precedence: string;
  /** The values of the parameters when the path fits, else undefined. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

interface Parameter {
  readonly name: string;
  readonly default: string | undefined;
  readonly constraints: readonly ((value: string) => boolean)[];
}

const PARAMETER = /\{(\*{0,2})([A-Za-z_][\w-]*)((?::(?:[^{}?=():]|\([^()]*\))+)*)(\?|=[^{}]*)?\}/g;

export function parseRouteTemplate(template: string): RouteTemplate {
  const parameters: Parameter[] = [];
  const segments = template.split("/").filter((segment) => segment !== "");
  const pattern = segments.map((segment) => segmentPattern(segment, template, parameters)).join("");
  const expression = new RegExp(`^${pattern}/?$`, "i");
  return {
    template,
    precedence: segments.map(segmentPrecedence).join(""),
    match: (path) => matchParameters(expression.exec(path), parameters),
  };
}

function segmentPattern(segment: string, template: string, parameters: Parameter[]): string {
  let isOptional = false;
  let pattern = "";
  let end = 0;
  for (const found of segment.matchAll(PARAMETER)) {
    const [whole, stars = "", name = "", constraints = "", suffix = ""] = found;
    pattern += escapePattern(segment.slice(end, found.index), template);
    end = found.index + whole.length;
    if (suffix !== "" || stars !== "") isOptional = true;
    pattern += stars === "" ? "([^/]+)" : "(.*)";
    parameters.push({
      name,
      default: suffix.startsWith("=") ? suffix.slice(1) : undefined,
      constraints: splitConstraints(constraints).map((constraint) => parseConstraint(constraint, template)),
    });
  }
  pattern += escapePattern(segment.slice(end), template);
  return isOptional ? `(?:/${pattern})?` : `/${pattern}`;
}

function escapePattern(literal: string, template: string): string {
  if (/[{}]/.test(literal)) throw new Error(`The route template "${template}" cannot be read at "${literal}".`);
  return literal.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
}

function segmentPrecedence(segment: string): string {
  if (!segment.includes("{")) return "1";
  if (segment.startsWith("{*")) return segment.includes(":") ? "4" : "5";
  return segment.includes(":") ? "2" : "3";
}

function matchParameters(
  match: RegExpExecArray | null,
  parameters: readonly Parameter[],
): Readonly<Record<string, string>> | undefined {
  if (match === null) return undefined;
  const values: Record<string, string> = {};
  for (const [index, parameter] of parameters.entries()) {
    const value = match[index + 1] ?? parameter.default;
    if (value === undefined) continue;
    if (!parameter.constraints.every((holds) => holds(value))) return undefined;
    values[parameter.name] = value;
  }
  return values;
}

function splitConstraints(text: string): string[] {
  return [...text.matchAll(/:((?:[^:()]|\([^()]*\))+)/g)].map((found) => found[1] ?? "");
}

const INTEGER = /^-?\d+$/;
const simpleConstraints: Readonly<Record<string, (value: string) => boolean>> = {
  int: (value) => INTEGER.test(value) && Math.abs(Number(value)) <= 2 ** 31,
  long: (value) => INTEGER.test(value),
  decimal: (value) => /^-?\d+(\.\d+)?$/.test(value),
  bool: (value) => /^(true|false)$/i.test(value),
  guid: (value) => /^\{?[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  required: (value) => value !== "",
};

const constraintsWithNumbers: Readonly<Record<string, (value: string, first: number, second: number) => boolean>> = {
  min: (value, minimum) => INTEGER.test(value) && Number(value) >= minimum,
  max: (value, maximum) => INTEGER.test(value) && Number(value) <= maximum,
  range: (value, minimum, maximum) => INTEGER.test(value) && Number(value) >= minimum && Number(value) <= maximum,
  minlength: (value, minimum) => value.length >= minimum,
  maxlength: (value, maximum) => value.length <= maximum,
  length: (value, minimum, maximum) => value.length >= minimum && value.length <= maximum,
};

function parseConstraint(constraint: string, template: string): (value: string) => boolean {
  const simple = simpleConstraints[constraint.toLowerCase()];
  if (simple !== undefined) return simple;
  const [, name = "", numbers = ""] = /^(\w+)\((\d+(?:,\s*\d+)?)\)$/.exec(constraint) ?? [];
  const withNumbers = constraintsWithNumbers[name.toLowerCase()];
  if (withNumbers === undefined) {
    const known = [...Object.keys(simpleConstraints), ...Object.keys(constraintsWithNumbers)].join(", ");
    throw new Error(
      `The route template "${template}" has the constraint "${constraint}", which the local host does not implement (known: ${known}).`,
    );
  }
  const [first = 0, second = first] = numbers.split(",").map(Number);
  return (value) => withNumbers(value, first, second);
}
