import { describe, expect, it } from "vitest";
import { assertPlan, criticalPath, criticalPathSeconds, sequentialSeconds } from "../../src/domain/criticalPath.ts";
import type { Step, StepGraph } from "../../src/domain/step.ts";

const step = (id: string, lane: string, expectedSeconds: number, needs: readonly string[] = []): Step => ({
  id,
  title: id,
  lane,
  kind: "resource",
  needs,
  expectedSeconds,
});

const plan: StepGraph = {
  steps: [step("a", "1", 10), step("b", "1", 20), step("c", "2", 5), step("d", "2", 1, ["b"]), step("e", "3", 7)],
};

describe("criticalPathSeconds", () => {
  it("follows lanes and needs", () => {
    expect(criticalPathSeconds(plan)).toBe(31);
    expect(criticalPath(plan).map(({ id }) => id)).toEqual(["a", "b", "d"]);
  });

  it("is nothing for a plan without steps", () => {
    expect(criticalPathSeconds({ steps: [] })).toBe(0);
    expect(criticalPath({ steps: [] })).toEqual([]);
  });
});

describe("sequentialSeconds", () => {
  it("adds every step", () => {
    expect(sequentialSeconds(plan)).toBe(43);
  });
});

describe("assertPlan", () => {
  it.each([
    ["an unknown need", [step("a", "1", 1, ["x"])], 'Step "a" needs "x", which is no step of the plan.'],
    ["a cycle", [step("a", "1", 1, ["b"]), step("b", "2", 1, ["a"])], 'Step "a" needs "b", which stands after it'],
    ["a double id", [step("a", "1", 1), step("a", "2", 1)], 'two steps "a"'],
    ["a negative time", [step("a", "1", -1)], "expects -1 seconds"],
  ])("refuses %s in a sentence", (_name, steps, sentence) => {
    expect(() => assertPlan({ steps })).toThrow(sentence);
  });
});
