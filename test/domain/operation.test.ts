import { describe, expect, it } from "vitest";
import { laneInstanceId, lanesWaitingFor } from "../../src/domain/operation.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { seedSpec } from "./seedSpec.ts";

const { steps } = provisionPlan(seedSpec());

describe("lanesWaitingFor", () => {
  it("is every other lane that needs the step, once, and no lane that does not", () => {
    for (const step of steps) {
      const needing = steps.filter(({ needs }) => needs.includes(step.id)).map(({ lane }) => lane);
      const expected = new Set(needing);
      expected.delete(step.lane);
      expect(new Set(lanesWaitingFor(step, steps)), step.id).toEqual(expected);
      expect(lanesWaitingFor(step, steps).length, step.id).toBe(expected.size);
    }
  });
});

describe("laneInstanceId", () => {
  it("is safe in a URL, and another one for every lane and attempt", () => {
    const lanes = [...new Set(steps.map(({ lane }) => lane))];
    const ids = [1, 2].flatMap((attempt) =>
      lanes.map((lane) => laneInstanceId({ ticketNumber: "CHG0001", attempt }, lane)),
    );
    expect(new Set(ids).size).toBe(2 * lanes.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_~.-]+$/);
  });
});
