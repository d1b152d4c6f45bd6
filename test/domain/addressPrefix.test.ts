import { describe, expect, it } from "vitest";
import {
  type AddressPrefix,
  addressCount,
  containsAddress,
  containsPrefix,
  overlaps,
  parsePrefix,
} from "../../src/domain/addressPrefix.ts";

describe("parsePrefix", () => {
  it("reads a prefix and its network", () => {
    expect(parsePrefix("10.0.5.7/22")).toEqual({
      text: "10.0.5.7/22",
      firstAddress: 0x0a000400n,
      lastAddress: 0x0a0007ffn,
      prefixLengthBits: 22,
      network: "10.0.4.0/22",
    });
    expect(addressCount(prefix("10.0.4.0/22"))).toBe(1024);
    expect(addressCount(prefix("0.0.0.0/0"))).toBe(2 ** 32);
  });

  it.each([
    "",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0/24",
    "10.0.0.256/24",
    "010.0.0.0/8",
    "::/0",
    "10.0.0.0/8/8",
    "10.0.0.0/ 8",
    "10.0.0.0/08",
  ])("refuses %j", (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });
});

describe("overlaps and containsPrefix", () => {
  it("see neighbours as apart and the inner as inside", () => {
    expect(overlaps(prefix("10.0.0.0/22"), prefix("10.0.4.0/22"))).toBe(false);
    expect(overlaps(prefix("10.0.0.0/21"), prefix("10.0.4.0/22"))).toBe(true);
    expect(overlaps(prefix("10.0.0.7/32"), prefix("10.0.0.7/32"))).toBe(true);
    expect(containsPrefix(prefix("10.0.4.0/22"), prefix("10.0.7.0/24"))).toBe(true);
    expect(containsPrefix(prefix("10.0.7.0/24"), prefix("10.0.4.0/22"))).toBe(false);
  });
});

describe("containsAddress", () => {
  it("says no for what is no address", () => {
    expect(containsAddress("10.0.4.0/24", "10.0.4.255")).toBe(true);
    expect(containsAddress("10.0.4.0/24", "10.0.5.0")).toBe(false);
    expect(containsAddress("10.0.4.0/24", "fd00::1")).toBe(false);
    expect(containsAddress("nonsense", "10.0.4.1")).toBe(false);
  });
});

function prefix(text: string): AddressPrefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`${text} is no prefix`);
  return parsed;
}
