import { describe, expect, it } from "vitest";
import { laneInstanceId, laneStepsOf } from "../../src/domain/operation.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { seedSpec } from "./seedSpec.ts";

const { steps } = provisionPlan(seedSpec());

describe("laneStepsOf", () => {
  const laneSteps = [...laneStepsOf(steps).values()].flat();

  it("tells every other lane that needs the step, once, and no lane that does not", () => {
    for (const step of laneSteps) {
      const needing = steps.filter(({ needs }) => needs.includes(step.id)).map(({ lane }) => lane);
      const expected = new Set(needing);
      expected.delete(step.lane);
      expect([...step.awaitedBy].sort(), step.id).toEqual([...expected].sort());
    }
  });

  it("waits for the needed steps of other lanes only, by their titles and lanes", () => {
    for (const step of laneSteps) {
      const needed = steps.filter(({ id, lane }) => step.needs.includes(id) && lane !== step.lane);
      const expected = needed.map(({ id, title, lane }) => ({ id, title, lane }));
      expect(
        [...step.awaits].sort((one, other) => one.id.localeCompare(other.id)),
        step.id,
      ).toEqual(expected.sort((one, other) => one.id.localeCompare(other.id)));
    }
  });

  it("keeps the plan's order, which is found again by place", () => {
    const found = laneSteps.toSorted((one, other) => one.place - other.place);
    expect(found.map(({ id }) => id)).toEqual(steps.map(({ id }) => id));
    expect(
      [...laneStepsOf(steps, 7).values()]
        .flat()
        .map(({ place }) => place - 7)
        .sort((one, other) => one - other),
    ).toEqual(steps.map((_, index) => index));
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
