import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { seedSpec } from "./seedSpec.ts";

const root = new URL("../../", import.meta.url);
const rows = readFileSync(new URL("docs/seed-coverage.md", root), "utf8")
  .split("\n")
  .filter((line) => /^\| [RSV]-\d/.test(line))
  .map((line) => line.slice(2, -2).split(" | "));
const numbers = rows.map(([number = ""]) => number);

const counted = (letter: string, from: number, to: number, digits: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${letter}-${String(from + index).padStart(digits, "0")}`);

describe("docs/seed-coverage.md", () => {
  it("has every number of the check-list once, in order", () => {
    expect(numbers).toEqual([
      ...counted("R", 1, 8, 1),
      ...counted("S", 1, 82, 2),
      ...counted("S", 90, 99, 2),
      ...counted("V", 1, 6, 1),
    ]);
  });

  it("gives each row six cells and one of two states", () => {
    for (const row of rows) {
      expect(row, row[0]).toHaveLength(6);
      expect(row[2], row[0]).toMatch(/^(covered|replaced)$/);
    }
  });

  it("names steps that the plans have, and every step of each plan", () => {
    const plugins = ["azure", "kubenet", "overlay"] as const;
    const plans = plugins.map((networkPlugin) => provisionPlan(seedSpec({ cluster: { networkPlugin } })));
    const steps = [...new Set(plans.flatMap((plan) => plan.steps.map(({ id }) => id)))];
    const named = new Set(rows.flatMap((row) => [...(row[3] ?? "").matchAll(/`(\w+)`/g)].map(([, id]) => id)));
    expect([...named].filter((id) => !steps.includes(id ?? ""))).toEqual([]);
    expect(steps.filter((id) => !named.has(id))).toEqual([]);
  });

  it("names a test that exists for all that is covered", () => {
    for (const [number, , state, , , test = ""] of rows) {
      const file = /^`(test\/[\w/.]+\.test\.ts)`$/.exec(test)?.[1];
      expect(
        file === undefined ? state !== "covered" && test === "–" : existsSync(new URL(file, root)),
        `${number}: ${test}`,
      ).toBe(true);
    }
  });

  it("says why, wherever something is not done as in the seed", () => {
    expect(
      rows.filter(([, , state, , why]) => state !== "covered" && (why ?? "").length < 10).map(([number]) => number),
    ).toEqual([]);
  });
});
