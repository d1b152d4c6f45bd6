import { describe, expect, it } from "vitest";
import { clockText, durationText } from "../../src/cli/durationText.ts";
import { cellWidth, cut, fitLeft, fitRight, printable, wrap } from "../../src/cli/textLayout.ts";

describe("printable", () => {
  it("removes what a terminal would obey", () => {
    const hostile = "fw\u001b[2J\u001b]0;title\u0007\r\n\u202Eevil\u0000 \u009b31m";
    expect(printable(hostile)).toBe("fw evil");
    expect(printable("Straße – 東京")).toBe("Straße – 東京");
  });
});

describe("cut and fit", () => {
  it("cuts by cells and not by characters", () => {
    expect(cut("東京東京", 5)).toBe("東京…");
    expect(cellWidth(cut("東京東京", 5))).toBeLessThanOrEqual(5);
    expect(cut("abc", 3)).toBe("abc");
    expect(cut("abcd", 3)).toBe("ab…");
    expect(cut("abc", 0)).toBe("");
  });

  it("fills up to exactly the width", () => {
    expect(fitLeft("ab", 4)).toBe("ab  ");
    expect(fitRight("ab", 4)).toBe("  ab");
    expect(cellWidth(fitLeft("東京東京", 6))).toBe(6);
  });
});

describe("wrap", () => {
  it("breaks between words and cuts only what is longer than a line", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("abcdefgh ij", 3)).toEqual(["abc", "def", "gh", "ij"]);
    expect(wrap("", 10)).toEqual([]);
  });
});

describe("durations", () => {
  it("reads like a clock and like words", () => {
    expect([7, 330, 3723, -1].map(clockText)).toEqual(["0:07", "5:30", "1:02:03", "0:00"]);
    expect([7, 60, 330, 3720, 7200].map(durationText)).toEqual(["7 s", "1 min", "5 min 30 s", "1 h 2 min", "2 h"]);
  });
});
