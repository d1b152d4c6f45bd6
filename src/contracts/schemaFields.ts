/** The fields that the shapes of requests are made of; each says of a wrong value what it is and what it must be. */
import * as z from "zod";

/** Text that is not empty; the example stands in the documentation. */
export const text = (example?: string) =>
  z
    .string({ error: typeError("text") })
    .min(1, "must not be empty")
    .max(1024, "must not have more than 1024 characters")
    .meta({ example });
export const count = z.number({ error: typeError("a whole number") }).int("must be a whole number");
export const flag = z.boolean({ error: typeError("true or false") });
export const prefixes = z
  .array(text("10.0.0.0/22"), { error: typeError("a list of prefixes") })
  .max(20, "must not have more than 20 prefixes");

/** An object that takes no unknown fields. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: sectionError });
}

/** A field with one value, there to refuse every other in words. */
export function onlyOne<const Value extends string | boolean>(value: Value, error: string) {
  return z.literal(value, { error }).optional();
}

export function choice<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z
    .enum(values, {
      error: typeError(values.map((value) => `"${value}"`).join(" or ")),
    })
    .meta({ example: values[0] });
}

/** The words for a field that is missing or of another type. */
export function typeError(wanted: string) {
  return (issue: { readonly input?: unknown }): string =>
    issue.input === undefined ? "is missing" : `is ${shown(issue.input)}; it must be ${wanted}`;
}

/** Unknown fields are put into words where their names are known; here only what is no object at all. */
function sectionError(issue: { readonly code?: string | undefined; readonly input?: unknown }): string | undefined {
  if (issue.code === "unrecognized_keys") return undefined;
  return issue.input === undefined ? "is missing" : `is ${shown(issue.input)}; it must be an object`;
}

function shown(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : (JSON.stringify(value)?.slice(0, 80) ?? typeof value);
}
