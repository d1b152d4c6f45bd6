import { textOfValue } from "./binaryOperators.ts";
import { type BuildFunction, plain } from "./functionFamily.ts";
import type { Value } from "./value.ts";

interface Range {
  readonly network: number;
  readonly mask: number;
}

/** RFC 1918. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap((text) => parseRange(text) ?? []);

const inRange = plain((address, range) => {
  const value = parseIpv4(textOfValue(address));
  const parsed = knownRange(textOfValue(range));
  return value === null || parsed === null ? null : isIn(value, parsed);
});

/** Addresses of IPv4 and their ranges. */
export const addressFunctions: Readonly<Record<string, BuildFunction>> = {
  ipv4_is_in_range: inRange,
  ipv4_is_in_any_range:
    ([address, ...ranges]) =>
    (row) => {
      const value = parseIpv4(textOfValue(address?.evaluate(row) ?? ""));
      if (value === null) return null;
      return ranges.some((range) => rangesOf(range.evaluate(row)).some((one) => isIn(value, one)));
    },
  ipv4_is_private: plain((address) => {
    const range = knownRange(textOfValue(address));
    return range === null ? null : PRIVATE_RANGES.some((one) => isIn(range.network, one) && range.mask >= one.mask);
  }),
  ipv4_compare: plain((left, right) => {
    const [first, second] = [parseIpv4(textOfValue(left)), parseIpv4(textOfValue(right))];
    return first === null || second === null ? null : Math.sign(first - second);
  }),
  ipv4_is_match: plain((left, right) => {
    const [first, second] = [knownRange(textOfValue(left)), knownRange(textOfValue(right))];
    if (first === null || second === null) return null;
    const mask = Math.min(first.mask, second.mask);
    return (first.network & mask) >>> 0 === (second.network & mask) >>> 0;
  }),
  parse_ipv4: plain((address) => parseIpv4(textOfValue(address))),
  format_ipv4: plain((address, prefix) => formatIpv4(address, prefix)),
};

function isIn(address: number, { network, mask }: Range): boolean {
  return (address & mask) >>> 0 === network;
}

/** The address as a whole number; null for anything else. */
function parseIpv4(text: string): number | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    const byte = Number(part);
    if (part === "" || part.length > 3 || !(byte >= 0 && byte <= 255)) return null;
    value = value * 256 + byte;
  }
  return value;
}

function parseRange(text: string): Range | null {
  const slash = text.indexOf("/");
  const address = parseIpv4(slash < 0 ? text : text.slice(0, slash));
  const bits = slash < 0 ? 32 : Number(text.slice(slash + 1));
  if (address === null || !Number.isInteger(bits) || bits < 0 || bits > 32) return null;
  const mask = bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0;
  return { network: (address & mask) >>> 0, mask };
}

const ranges = new Map<string, Range | null>();
const RANGES_MAX = 1000;

function knownRange(text: string): Range | null {
  const before = ranges.get(text);
  if (before !== undefined) return before;
  if (ranges.size >= RANGES_MAX) ranges.clear();
  const range = parseRange(text);
  ranges.set(text, range);
  return range;
}

const lists = new WeakMap<object, readonly Range[]>();

/** One range or an array of them; what is no range holds nothing. */
function rangesOf(value: Value): readonly Range[] {
  if (!Array.isArray(value))
    return knownRange(textOfValue(value)) === null
      ? []
      : [knownRange(textOfValue(value))].filter((one) => one !== null);
  const before = lists.get(value);
  if (before !== undefined) return before;
  const parsed = value.flatMap((one) => parseRange(textOfValue(one)) ?? []);
  lists.set(value, parsed);
  return parsed;
}

function formatIpv4(address: Value, prefix: Value): string {
  const value = typeof address === "number" ? address : parseIpv4(textOfValue(address));
  const bits = prefix === null ? 32 : Number(prefix);
  if (value === null || !Number.isInteger(bits) || bits < 0 || bits > 32) return "";
  const masked = bits === 0 ? 0 : (value & (0xffff_ffff << (32 - bits))) >>> 0;
  return [24, 16, 8, 0].map((shift) => (masked >>> shift) & 255).join(".");
}
