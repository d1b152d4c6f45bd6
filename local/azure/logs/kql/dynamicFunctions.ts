import type { JsonObject } from "../../core/resourceType.ts";
import { textOfValue } from "./binaryOperators.ts";
import { type BuildFunction, plain } from "./functionFamily.ts";
import type { Scalar } from "./scope.ts";
import { compareValues, keyOf, type Row, type Value } from "./value.ts";

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

function isBag(value: Value): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function holds(list: readonly Value[], wanted: Value): boolean {
  return list.some((one) => keyOf([one]) === keyOf([wanted]));
}

/** Each element once; null where an argument is no array. */
function sets(args: readonly Scalar[], combine: (lists: readonly (readonly Value[])[]) => readonly Value[]) {
  return (row: Row): Value => {
    const lists = args.map((arg) => arg.evaluate(row)).flatMap((value) => (Array.isArray(value) ? [value] : []));
    if (lists.length < args.length) return null;
    return [...new Map(combine(lists).map((one) => [keyOf([one]), one])).values()];
  };
}

/** Arrays and property bags. */
export const dynamicFunctions: Readonly<Record<string, BuildFunction>> = {
  parse_json: parseJson,
  parsejson: parseJson,
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
  array_reverse: plain((value) => (Array.isArray(value) ? [...value].reverse() : null)),
  array_sum: plain((value) =>
    Array.isArray(value) && value.every((one) => typeof one === "number")
      ? value.reduce<number>((sum, one) => sum + Number(one), 0)
      : null,
  ),
  set_union: (args) => sets(args, (lists) => lists.flat()),
  set_intersect: (args) =>
    sets(args, ([first = [], ...others]) => first.filter((one) => others.every((list) => holds(list, one)))),
  set_difference: (args) =>
    sets(args, ([first = [], ...others]) => first.filter((one) => !others.some((list) => holds(list, one)))),
  bag_merge: (args) => (row) => {
    const bags = args.map((arg) => arg.evaluate(row)).filter(isBag);
    // Of several values of one key the first counts. Source: learn.microsoft.com/kusto/query/bag-merge-function.
    return Object.assign({}, ...bags.reverse());
  },
  bag_has_key: plain((value, key) => (isBag(value) ? Object.hasOwn(value, textOfValue(key)) : false)),
  bag_remove_keys: plain((value, keys) =>
    isBag(value)
      ? Object.fromEntries(Object.entries(value).filter(([key]) => !(Array.isArray(keys) && keys.includes(key))))
      : null,
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
