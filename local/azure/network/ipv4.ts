import { Address4 } from "ip-address";

/** How many texts each parser remembers before it starts anew. */
const REMEMBERED_TEXTS = 10_000;

/** A set of consecutive IPv4 addresses; `lengthBits` is its prefix length, or undefined for a range that is no prefix. */
export interface AddressRange {
  readonly text: string;
  readonly first: number;
  readonly last: number;
  readonly lengthBits: number | undefined;
}

/** Returns the address as a number, or undefined when the text is no dotted IPv4 address. */
export const parseAddress = remembered((text: string): number | undefined => {
  if (text.includes("/") || !Address4.isValid(text)) return undefined;
  return Number(new Address4(text).bigInt());
});

export function formatAddress(address: number): string {
  return Address4.fromInteger(address).correctForm();
}

/** Reads "10.0.0.0/22", or a single address as a /32; the host bits may be set (see `isNetworkAddress`). */
export const parsePrefix = remembered((text: string): AddressRange | undefined => {
  if (!Address4.isValid(text)) return undefined;
  const parsed = new Address4(text);
  return {
    text,
    first: Number(parsed.startAddress().bigInt()),
    last: Number(parsed.endAddress().bigInt()),
    lengthBits: parsed.subnetMask,
  };
});

/** Reads a prefix, an address or "10.0.0.4-10.0.0.9". */
export function parseRange(text: string): AddressRange | undefined {
  const [from, to, ...more] = text.split("-");
  if (to === undefined) return parsePrefix(text);
  const first = parseAddress(from?.trim() ?? "");
  const last = parseAddress(to.trim());
  if (first === undefined || last === undefined || more.length > 0 || last < first) return undefined;
  return { text, first, last, lengthBits: undefined };
}

/** False when bits beyond the prefix length are set, e.g. 10.0.0.1/24. */
export function isNetworkAddress(prefix: AddressRange): boolean {
  return parseAddress(prefix.text.split("/")[0] ?? "") === prefix.first;
}

export function overlaps(left: AddressRange, right: AddressRange): boolean {
  return left.first <= right.last && right.first <= left.last;
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function containsAddress(range: AddressRange, address: number): boolean {
  return range.first <= address && address <= range.last;
}

/** The prefixes that parse; for data that has been validated when it was written. */
export function parsePrefixes(texts: readonly string[]): AddressRange[] {
  return texts.flatMap((text) => parseRange(text) ?? []);
}

/**
 * Addresses Azure keeps at the start of every subnet (network, gateway, two for DNS); the last one (broadcast) is kept too.
 * Source: learn.microsoft.com/azure/virtual-network/virtual-networks-faq, checked 2026-11.
 */
const RESERVED_AT_START_COUNT = 4;

/** The address of a subnet that Azure gives out as the `index`-th (0 is the first usable one). */
export function usableAddress(subnetPrefix: AddressRange, index: number): string {
  return formatAddress(subnetPrefix.first + RESERVED_AT_START_COUNT + index);
}

/** Addresses of a subnet that resources can have. */
export function usableAddressCount(subnetPrefix: AddressRange): number {
  return Math.max(0, subnetPrefix.last - subnetPrefix.first + 1 - RESERVED_AT_START_COUNT - 1);
}

const privateRanges = parsePrefixes(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]);

/**
 * Whether Azure Firewall leaves the source address as it is towards this destination (RFC 1918 and shared space).
 * Source: learn.microsoft.com/azure/firewall/snat-private-range, checked 2026-11.
 */
export function isPrivate(address: number): boolean {
  return privateRanges.some((range) => containsAddress(range, address));
}

/** Texts that are read again for each packet are parsed once; a text that does not parse costs an exception each time. */
function remembered<T>(parse: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const parsed = known.get(text);
    if (parsed !== undefined || known.has(text)) return parsed as T;
    if (known.size >= REMEMBERED_TEXTS) known.clear();
    const fresh = parse(text);
    known.set(text, fresh);
    return fresh;
  };
}
