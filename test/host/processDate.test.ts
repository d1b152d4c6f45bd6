import { types } from "node:util";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock.ts";
import { followClock } from "../../local/host/processDate.ts";

describe("followClock", () => {
  it("lets Date tell the clock's time, and nothing else of it change", () => {
    const RealDate = globalThis.Date;
    const before = new Date();
    const restore = followClock(new VirtualClock(86_400_000));
    try {
      expect(Date.now()).toBe(86_400_000);
      expect(new Date().toISOString()).toBe("1970-01-02T00:00:00.000Z");
      expect(new Date(5).getTime()).toBe(5);
      expect(new Date(2026, 0, 1, 0, 0, 0).getFullYear()).toBe(2026);
      expect(Date.parse("1970-01-01T00:00:01Z")).toBe(1000);
      expect(Date.UTC(1970, 0, 1)).toBe(0);
      expect(Date()).toContain("1970");
      expect(before instanceof Date && new Date() instanceof RealDate && types.isDate(new Date())).toBe(true);
      class Subclass extends Date {}
      expect(new Subclass() instanceof Subclass && new Subclass().getTime()).toBe(86_400_000);
    } finally {
      restore();
    }
    expect(globalThis.Date).toBe(RealDate);
  });

  it("follows the last of several clocks, in whatever order they end", () => {
    const RealDate = globalThis.Date;
    const first = followClock(new VirtualClock(1000));
    const second = followClock(new VirtualClock(2000));
    expect(Date.now()).toBe(2000);
    first();
    expect(Date.now()).toBe(2000);
    second();
    second();
    expect(globalThis.Date).toBe(RealDate);
  });
});
