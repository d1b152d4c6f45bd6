/** Puts what a schema found into sentences for the person who sent it. */
import type * as z from "zod";
import type { Mistake } from "../domain/mistake.ts";
import { nearest } from "../domain/nearest.ts";

/** What the walk down a schema needs of it; zod's own types do not say this of an unknown schema. */
interface AnySchema {
  readonly shape?: Readonly<Record<string, AnySchema>>;
  readonly element?: AnySchema;
  readonly def?: { readonly innerType?: AnySchema };
  meta?(): { readonly example?: unknown } | undefined;
}

/** One mistake an issue, and one for each unknown field. `whole` is what was sent: "a ticket", "the query". */
export function mistakesOfIssues(
  whole: string,
  schema: unknown,
  issues: readonly z.core.$ZodIssue[],
): readonly Mistake[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const at = schemaAt(schema as AnySchema, path);
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(whole, at, [...path, key]));
    const example = at?.meta?.()?.example;
    return [
      {
        pointer: jsonPointer(path),
        message: `${path.length === 0 ? "The body" : path.join(".")} ${issue.message.replace(/\.$/, "")}.`,
        ...(typeof example === "string" ? { example } : {}),
      },
    ];
  });
}

/** A JSON pointer (RFC 6901). */
export function jsonPointer(path: readonly string[]): string {
  return path.map((segment) => `/${segment.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function unknownField(whole: string, parent: AnySchema | undefined, path: readonly string[]): Mistake {
  const known = Object.keys(parent?.shape ?? {});
  const key = path.at(-1) ?? "";
  const meant = nearest(key, known);
  const place = path.length === 1 ? whole : path.slice(0, -1).join(".");
  const hint = meant === undefined ? `it has ${known.join(", ")}` : `perhaps "${meant}" is meant`;
  return {
    pointer: jsonPointer(path),
    message: `There is no field "${key}" in ${place}; ${hint}.`,
    ...(meant === undefined ? {} : { example: meant }),
  };
}

/** The schema at a path, wrappers taken off. */
function schemaAt(schema: AnySchema, path: readonly string[]): AnySchema | undefined {
  let current: AnySchema | undefined = bare(schema);
  for (const segment of path) {
    const next: AnySchema | undefined = current?.shape?.[segment] ?? current?.element;
    current = next === undefined ? undefined : bare(next);
  }
  return current;
}

function bare(schema: AnySchema): AnySchema {
  let current = schema;
  while (current.def?.innerType !== undefined) current = current.def.innerType;
  return current;
}
