import { describe, expect, it } from "vitest";
import { laneInstanceId, laneStepsOf, stepEndedEvent } from "../../src/domain/operation.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { seedSpec } from "./seedSpec.ts";

/** durable-functions 3.5.0 puts ids and names into URLs as they are; Azure Storage takes no / \ # ? in them. */
const safe = /^[A-Za-z0-9._-]+$/;

describe("what Durable Functions knows operations by", () => {
  const { steps } = provisionPlan(seedSpec());
  const key = { ticketNumber: "RITM0010001", attempt: 1 };

  it.each([...laneStepsOf(steps).keys()])("is safe in a URL: lane %s", (lane) => {
    expect(laneInstanceId(key, lane)).toMatch(safe);
  });

  it("is one instance a lane and attempt", () => {
    const ids = [1, 2].flatMap((attempt) =>
      [...laneStepsOf(steps).keys()].map((lane) => laneInstanceId({ ...key, attempt }, lane)),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("is safe in a URL: the event of every step", () => {
    for (const { id } of steps) expect(stepEndedEvent(id)).toMatch(safe);
  });

  it("needs no field named Timestamp, which the library would turn into a date", () => {
    expect(JSON.stringify({ spec: seedSpec(), steps })).not.toContain('"Timestamp"');
  });
});
