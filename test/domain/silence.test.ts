import { describe, expect, it } from "vitest";
import { afterLook, type Silence } from "../../src/domain/silence.ts";

const START_EPOCH_MS = Date.UTC(2026, 10, 2, 8, 0, 0);

/** Looks every ten seconds, in letters: "a" answered, "s" silent though an answer was due, "e" silent and too early to be due. */
function looks(letters: string): Silence | undefined {
  return [...letters].reduce<Silence | undefined>(
    (before, letter, index) =>
      afterLook(before, {
        at: new Date(START_EPOCH_MS + index * 10_000).toISOString(),
        isAnswered: letter === "a",
        isDue: letter !== "e",
      }),
    undefined,
  );
}

describe("silence", () => {
  it.each([
    ["a", 0, 0],
    ["s", 0, 0],
    ["aaa", 0, 0],
    ["asa", 10, 0],
    ["ass", 20, 20],
    ["assass", 40, 20],
    ["aee", 20, 0],
    ["aees", 30, 10],
    ["eea", 10, 0],
  ])("after %s is %i s in all and %i s without a break while an answer was due", (letters, unanswered, silent) => {
    expect(looks(letters)).toMatchObject({ unansweredSeconds: unanswered, silentSeconds: silent });
  });
});
