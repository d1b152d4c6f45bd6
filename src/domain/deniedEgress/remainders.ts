/** What the log counts and does not list. */
import { containsAddress, parsePrefix } from "../addressPrefix.ts";
import type { DeniedFlow, SliceTotal } from "./deniedFlow.ts";

export type Remainder = SliceTotal;

/** Each total without the listed connections that are part of it; none that comes to nothing. */
export function remainders(flows: readonly DeniedFlow[], totals: readonly SliceTotal[]): readonly Remainder[] {
  const prefixes = [...new Set(totals.map(({ sourcePrefix }) => sourcePrefix))].sort(
    (left, right) => lengthOf(right) - lengthOf(left),
  );
  const known = new Map<string, string>();
  const prefixOf = (address: string): string => {
    const found = known.get(address) ?? prefixes.find((prefix) => containsAddress(prefix, address)) ?? "";
    known.set(address, found);
    return found;
  };
  const listed = Map.groupBy(flows, (flow) => keyOf(flow, prefixOf(flow.sourceAddress)));
  const sums = Map.groupBy(totals, (total) => keyOf(total, total.sourcePrefix));
  return [...sums].flatMap(([key, same]) => {
    const [first] = same;
    const own = listed.get(key) ?? [];
    const count = sumOf(same) - sumOf(own);
    if (first === undefined || count <= 0) return [];
    const names = new Set(own.map(({ destination }) => destination.name)).size;
    const destinationCount = Math.max(1, ...same.map((total) => total.destinationCount - names));
    return [{ ...first, count, destinationCount }];
  });
}

function lengthOf(prefix: string): number {
  return parsePrefix(prefix)?.prefixLengthBits ?? -1;
}

function keyOf({ slice, kind }: Pick<SliceTotal, "slice" | "kind">, prefix: string): string {
  return `${slice} ${kind} ${prefix}`;
}

function sumOf(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}
