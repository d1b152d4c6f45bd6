/** IPv4 prefixes in CIDR notation, as numbers. All functions but `parsePrefix` take text that may be wrong and then say "no". */
import { Address4 } from "ip-address";

export interface AddressPrefix {
  readonly text: string;
  readonly firstAddress: bigint;
  readonly lastAddress: bigint;
  readonly prefixLengthBits: number;
  /** The prefix with the bits of the host cleared: equal to `text` when it is a network address. */
  readonly network: string;
}

/** A prefix such as "10.0.0.0/22"; undefined for anything else, a missing length included. */
export function parsePrefix(text: string): AddressPrefix | undefined {
  const [address, length, ...more] = text.split("/");
  if (more.length > 0) return undefined;
  if (address === undefined || length === undefined || !/^(\d|[12]\d|3[0-2])$/.test(length) || !isAddress(address))
    return undefined;
  const parsed = new Address4(text);
  return {
    text,
    firstAddress: parsed.startAddress().bigInt(),
    lastAddress: parsed.endAddress().bigInt(),
    prefixLengthBits: parsed.subnetMask,
    network: `${parsed.startAddress().correctForm()}/${parsed.subnetMask}`,
  };
}

/** Whether the text is an IPv4 address in dotted form without leading zeros. */
export function isAddress(text: string): boolean {
  return (
    /^(\d{1,3}\.){3}\d{1,3}$/.test(text) &&
    text.split(".").every((part) => Number(part) <= 255 && String(Number(part)) === part)
  );
}

/** An address as a number; undefined for what is none. */
export function addressNumber(text: string): bigint | undefined {
  return isAddress(text) ? new Address4(text).bigInt() : undefined;
}

/** How many addresses a prefix spans, network and broadcast included. */
export function addressCount(prefix: AddressPrefix): number {
  return Number(prefix.lastAddress - prefix.firstAddress) + 1;
}

export function overlaps(left: AddressPrefix, right: AddressPrefix): boolean {
  return left.firstAddress <= right.lastAddress && right.firstAddress <= left.lastAddress;
}

/** Whether all of `inner` lies in `outer`. */
export function containsPrefix(outer: AddressPrefix, inner: AddressPrefix): boolean {
  return outer.firstAddress <= inner.firstAddress && inner.lastAddress <= outer.lastAddress;
}

/** Whether an address lies in a prefix; false for texts that are none. */
export function containsAddress(prefix: string, address: string): boolean {
  const [range, number] = [parsePrefix(prefix), addressNumber(address)];
  return range !== undefined && number !== undefined && range.firstAddress <= number && number <= range.lastAddress;
}
