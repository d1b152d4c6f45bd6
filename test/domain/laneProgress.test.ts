import { describe, expect, it } from "vitest";
import { begun, failed, laneStatus, moved, skipped, untouched, waitingFor } from "../../src/domain/laneProgress.ts";
import { laneStepsOf, type StepProgress } from "../../src/domain/operation.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { outputNames, type Step } from "../../src/domain/step.ts";
import type { Failure } from "../../src/domain/stepOutcome.ts";
import { seedSpec } from "./seedSpec.ts";

const NOW = "2026-11-02T08:00:00.000Z";
const none = { reads: 0, writes: 0, failures: 0 };
const written = { reads: 1, writes: 1, failures: 0 };
const busy: Failure = { code: "NoAnswer", message: "PUT: socket hang up", advice: "Wait." };
const running = begun(untouched, NOW);

describe("the progress of a step", () => {
  it("is unchanged when nothing was written", () => {
    const end = moved(running, { kind: "done", outputs: {} }, { reads: 1, writes: 0, failures: 0 }, NOW);
    expect(end.state).toBe("unchanged");
    expect(end.detail).toBeUndefined();
  });

  it("is done, and says why, when the answer to its write was lost and the next look finds it right", () => {
    const lost = moved(running, { kind: "busy", failure: busy }, { reads: 1, writes: 1, failures: 1 }, NOW);
    const end = moved(lost, { kind: "done", outputs: {} }, { reads: 1, writes: 0, failures: 0 }, NOW);
    expect(end.state).toBe("done");
    expect(end.detail).toContain("answer");
  });

  it("keeps what was changed when a newer operation superseded the write and the next look finds it right", () => {
    const cursor = { phase: "settle", change: "changed tags.owner: a → b" };
    const accepted = moved(running, { kind: "accepted", cursor, waitingFor: "Azure: Updating" }, written, NOW);
    expect(accepted.detail).toBe(cursor.change);
    const superseded = moved(accepted, { kind: "busy", failure: busy }, none, NOW);
    expect(moved(superseded, { kind: "done", outputs: {} }, none, NOW)).toMatchObject({
      state: "done",
      detail: cursor.change,
    });
  });

  it("shows the latest wait only", () => {
    const waits = waitingFor(untouched, "Resource group securevnets", NOW);
    expect(waits).toMatchObject({ state: "waiting", waitingFor: "Resource group securevnets" });
    expect(begun(waits, NOW).waitingFor).toBeUndefined();
    expect(skipped(waits, "the ticket was cancelled", NOW).waitingFor).toBe("the ticket was cancelled");
  });
});

/** What the Durable extension takes as a custom status: 16 KB of UTF-16. */
const CUSTOM_STATUS_BYTES = 16 * 1024;

describe("the custom status of a lane", () => {
  const long = "x".repeat(5000);
  const failure: Failure = {
    code: "VerificationFailed",
    message: long,
    status: 400,
    resourceId: `/subscriptions/00000000-0000-0000-0000-000000000001/${"r".repeat(250)}`,
    correlationId: "00000000-0000-0000-0000-000000000000",
    advice: "a".repeat(200),
  };
  /** Every step of a lane ended in the wordiest way; in a lane only the last one to begin can fail. */
  const wordiest = (step: Step, isLast: boolean): StepProgress => {
    const { resourceId = "" } = failure;
    const finding = { id: step.id, ok: !isLast, detail: long };
    const proof = step.kind === "verification" ? { finding } : {};
    const cursor = { phase: "settle", change: long };
    const on = moved(begun(untouched, NOW), { kind: "accepted", cursor, waitingFor: long, resourceId }, written, NOW);
    return isLast
      ? moved(on, { kind: "rejected", resourceId, failure, ...proof }, written, NOW)
      : moved(on, { kind: "done", outputs: {}, resourceId, change: long, ...proof }, written, NOW);
  };

  it.each([...laneStepsOf(provisionPlan(seedSpec()).steps)])(
    "fits what Durable takes, however much is said: %s",
    (_, steps) => {
      const progress = steps.map((step, index) => [step.id, wordiest(step, index === steps.length - 1)] as const);
      // Ids are long; addresses, versions and host names are not.
      const wordy = (name: string): string => "o".repeat(name.endsWith("Id") ? 150 : 60);
      const outputs = Object.fromEntries(outputNames.map((name) => [name, wordy(name)]));
      const text = JSON.stringify(laneStatus(Object.fromEntries(progress), outputs));
      expect(text.length * 2).toBeLessThanOrEqual(CUSTOM_STATUS_BYTES);
    },
  );

  it("says all of what fits", () => {
    const steps = { hubNetwork: failed(running, { ...failure, message: "Quota exceeded." }, NOW) };
    expect(laneStatus(steps, {})).toEqual({ steps, outputs: {} });
  });
});
