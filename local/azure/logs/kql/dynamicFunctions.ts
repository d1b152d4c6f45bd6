import { textOfValue } from "./binaryOperators.ts";
import { type BuildFunction, plain } from "./functionFamily.ts";
import { compareValues, keyOf, type Value } from "./value.ts";

const parseJson = plain((text) => {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text) as Value;
  } catch {
    // Text that is no JSON stays a text. Source: learn.microsoft.com/kusto/query/parse-json-function.
    return text;
  }
});

const pack: BuildFunction = (args) => (row) =>
  Object.fromEntries(
    args.flatMap((arg, index) =>
      index % 2 === 0 ? [[textOfValue(arg.evaluate(row)), args[index + 1]?.evaluate(row) ?? null]] : [],
    ),
  );

/** Arrays and property bags. */
export const dynamicFunctions: Readonly<Record<string, BuildFunction>> = {
  parse_json: parseJson,
  todynamic: parseJson,
  toobject: parseJson,
  array_length: plain((value) => (Array.isArray(value) ? value.length : null)),
  array_concat: (args) => (row) =>
    args.flatMap((arg) => {
      const value = arg.evaluate(row);
      return Array.isArray(value) ? value : [];
    }),
  array_slice: plain((value, start, end) => {
    if (!Array.isArray(value)) return null;
    const to = Number(end);
    return value.slice(Number(start), to === -1 ? undefined : to + 1);
  }),
  array_sort_asc: plain((value) => (Array.isArray(value) ? [...value].sort(compareValues) : null)),
  array_sort_desc: plain((value) => (Array.isArray(value) ? [...value].sort((a, b) => compareValues(b, a)) : null)),
  array_index_of: plain((value, wanted) =>
    Array.isArray(value) ? value.findIndex((one) => keyOf([one]) === keyOf([wanted])) : null,
  ),
  array_strcat: plain((value, delimiter) =>
    Array.isArray(value) ? value.map(textOfValue).join(textOfValue(delimiter)) : "",
  ),
  strcat_array: plain((value, delimiter) =>
    Array.isArray(value) ? value.map(textOfValue).join(textOfValue(delimiter)) : "",
  ),
  set_has_element: plain((value, wanted) =>
    Array.isArray(value) ? value.some((one) => keyOf([one]) === keyOf([wanted])) : null,
  ),
  bag_keys: plain((value) =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : null,
  ),
  bag_pack: pack,
  pack,
  pack_array: (args) => (row) => args.map((arg) => arg.evaluate(row)),
};
