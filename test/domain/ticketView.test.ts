import { describe, expect, it } from "vitest";
import { untouched } from "../../src/domain/laneProgress.ts";
import type { OperationStatus, StepProgress } from "../../src/domain/operation.ts";
import type { Plan, Step } from "../../src/domain/step.ts";
import { type TicketView, ticketView } from "../../src/domain/ticketView.ts";

const START_EPOCH_MS = Date.UTC(2026, 10, 2, 8, 0, 0);
const at = (seconds: number): string => new Date(START_EPOCH_MS + seconds * 1000).toISOString();

const step = (id: string, lane: string, expectedSeconds: number, needs: readonly string[] = []): Step => ({
  id,
  title: `The ${id}`,
  lane,
  kind: "resource",
  needs,
  expectedSeconds,
});
/** 10 s, then 100 s beside 50 s, then 40 s: 150 s at the best, 200 s one after the other. */
const plan: Plan = {
  warnings: ["it is late"],
  steps: [
    step("group", "a", 10),
    step("firewall", "a", 100),
    step("gateway", "b", 50, ["group"]),
    step("proof", "a", 40, ["gateway"]),
  ],
};

const working: OperationStatus = { state: "running", startedAt: at(0) };
const running = (seconds: number): StepProgress => ({
  ...untouched,
  state: "running",
  since: at(seconds),
  startedAt: at(seconds),
});
const ended = (
  state: StepProgress["state"],
  from: number,
  to: number,
  more: Partial<StepProgress> = {},
): StepProgress => ({
  ...untouched,
  state,
  since: at(to),
  startedAt: at(from),
  finishedAt: at(to),
  ...more,
});
const refused = (code: string) => ({ code, message: `Azure said ${code}.`, advice: "Correct it." });

function view(
  nowSeconds: number,
  steps: Readonly<Record<string, StepProgress>>,
  operation: OperationStatus | undefined = working,
  runtime = { isEnded: false, text: "" },
): TicketView {
  const lanes = [{ steps, outputs: { clusterFqdn: "a.example" } }];
  const nowEpochMs = START_EPOCH_MS + nowSeconds * 1000;
  return ticketView({ plan, attempt: 1, createdAt: at(-5), operation, runtime, lanes, nowEpochMs });
}

const states = (seen: TicketView): readonly string[] => seen.steps.map(({ state }) => state);

describe("ticketView", () => {
  it("shows an accepted ticket before its first step, with all that it will do", () => {
    const seen = ticketView({
      plan,
      attempt: 1,
      createdAt: at(-5),
      operation: undefined,
      runtime: { isEnded: false, text: "" },
      lanes: [],
      nowEpochMs: START_EPOCH_MS,
    });
    expect(seen).toMatchObject({
      state: "queued",
      progressPercent: 0,
      elapsedSeconds: 0,
      summary: expect.stringContaining("Accepted"),
    });
    expect(states(seen)).toEqual(["waiting", "waiting", "waiting", "waiting"]);
    expect(seen.expectedEndAt).toBeUndefined();
    expect(seen.makespanSeconds).toBeUndefined();
  });

  it("says for whom a ticket waits", () => {
    const seen = view(0, {}, { state: "queued", waitingFor: "CHG0001" });
    expect(seen).toMatchObject({ state: "queued", waitingFor: "CHG0001", summary: expect.stringContaining("CHG0001") });
  });

  it("measures progress along the longest chain, not by counting steps", () => {
    const seen = view(60, { group: ended("done", 0, 10), firewall: running(10), gateway: ended("done", 10, 60) });
    // 50 s of the firewall and 40 s of the proof are left of 150.
    expect(seen).toMatchObject({
      progressPercent: 40,
      elapsedSeconds: 60,
      expectedSeconds: 150,
      sequentialSeconds: 200,
    });
    expect(seen.expectedEndAt).toBe(at(150));
    expect(seen.summary).toBe("At work: The firewall.");
    expect(seen.steps.find(({ id }) => id === "firewall")?.seconds).toBe(50);
  });

  it("does not look done while a late step still runs", () => {
    const late = { group: ended("done", 0, 10), firewall: running(10), gateway: ended("done", 10, 60) };
    // A twentieth of the firewall and the proof: 45 s.
    expect(view(400, late)).toMatchObject({ progressPercent: 70, expectedEndAt: at(445) });
  });

  it("keeps its progress when a step fails, and says that it stops", () => {
    const failure = refused("AllocationFailed");
    const failed = {
      group: ended("done", 0, 10),
      firewall: ended("failed", 10, 100, { failure }),
      gateway: ended("done", 10, 60),
    };
    const seen = view(120, failed);
    expect(seen).toMatchObject({
      state: "stopping",
      progressPercent: 66,
      failure: { code: "AllocationFailed", stepId: "firewall" },
    });
    expect(seen.steps.find(({ id }) => id === "firewall")?.seconds).toBe(90);
    expect(view(500, failed).progressPercent).toBe(66);
  });

  it("keeps its progress when a step that had begun is left, and counts no time for one that had not", () => {
    const { finishedAt: _, ...left } = ended("skipped", 10, 100);
    const seen = view(500, {
      group: ended("done", 0, 10),
      firewall: left,
      gateway: { ...untouched, state: "skipped", since: at(100) },
    });
    expect(seen.steps.map(({ seconds }) => seconds)).toEqual([10, 90, 0, 0]);
    expect(seen).toMatchObject({ state: "stopping", progressPercent: 40 });
  });

  it("tells the failure that came first, whatever the order of the steps", () => {
    const both = {
      group: ended("failed", 0, 20, { failure: refused("Later") }),
      gateway: ended("failed", 0, 15, { failure: refused("First") }),
    };
    const seen = view(30, both, { state: "failed", startedAt: at(0), finishedAt: at(30) });
    expect(seen).toMatchObject({
      failure: { code: "First", stepId: "gateway" },
      summary: "Failed: First. Azure said First.",
    });
    expect(seen).toMatchObject({ makespanSeconds: 30, finishedAt: at(30) });
    expect(seen.expectedEndAt).toBeUndefined();
  });

  it("tells a failure outside of all steps", () => {
    const failure = refused("EnvironmentBusy");
    expect(view(30, {}, { state: "failed", failure })).toMatchObject({ state: "failed", failure });
  });

  it.each([[undefined], [working], [{ state: "queued", waitingFor: "CHG0001" } as const]])(
    "is failed when the orchestration ended without a word: %j",
    (operation) => {
      const seen = view(30, {}, operation, { isEnded: true, text: "Terminated. enough" });
      expect(seen).toMatchObject({ state: "failed", failure: { code: "OperationEnded" } });
      expect(seen.failure?.message).toContain("Terminated. enough");
      expect(seen.expectedEndAt).toBeUndefined();
    },
  );

  it("keeps a good end though the runtime has ended, too", () => {
    const done = Object.fromEntries(plan.steps.map(({ id }) => [id, ended("unchanged", 0, 1)]));
    const seen = view(
      900,
      done,
      { state: "succeeded", startedAt: at(0), finishedAt: at(30) },
      { isEnded: true, text: "Completed." },
    );
    expect(seen).toMatchObject({ state: "succeeded", progressPercent: 100, elapsedSeconds: 30, makespanSeconds: 30 });
    expect(seen.summary).toBe("Everything was right already: 0 writes, 4 steps unchanged, all verified.");
    expect(seen.failure).toBeUndefined();
  });

  it("adds up the calls of all lanes, and says what was written", () => {
    const lanes = [
      { steps: { group: ended("done", 0, 1, { reads: 2, writes: 1 }) }, outputs: { clusterFqdn: "a.example" } },
      { steps: { gateway: ended("unchanged", 0, 1, { reads: 1, failures: 3 }) }, outputs: { gatewayId: "/g" } },
    ];
    const operation: OperationStatus = { state: "succeeded", startedAt: at(0), finishedAt: at(9) };
    const nowEpochMs = START_EPOCH_MS + 9000;
    const seen = ticketView({
      plan,
      attempt: 2,
      createdAt: at(0),
      operation,
      runtime: { isEnded: true, text: "" },
      lanes,
      nowEpochMs,
    });
    expect(seen).toMatchObject({ azure: { reads: 3, writes: 1, failures: 3 }, attempt: 2 });
    expect(seen.outputs).toEqual({ clusterFqdn: "a.example", gatewayId: "/g" });
    expect(seen.summary).toBe("Built and verified: 1 step written, 1 unchanged, 1 write.");
  });

  it("shows what was verified in the plan's order, whatever lane said it", () => {
    const finding = (id: string) => ({ id, ok: true, detail: "seen" });
    const steps = {
      proof: ended("done", 0, 1, { finding: finding("proof") }),
      group: ended("done", 0, 1, { finding: finding("group") }),
    };
    expect(view(9, steps).verification.map(({ id }) => id)).toEqual(["group", "proof"]);
  });
});
