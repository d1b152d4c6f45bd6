import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FixtureHost, ledger } from "./fixtureHost.ts";

describe("orchestrations", () => {
  let fixture: FixtureHost;
  beforeAll(async () => {
    fixture = await FixtureHost.start();
  });
  afterAll(() => fixture.host.stop());

  it("fans out over activities that run side by side", async () => {
    const status = await fixture.run("fanOut", { prefix: "side", count: 4, milliseconds: 5 });
    expect(status).toMatchObject({ runtimeStatus: "Completed", output: [0, 2, 4, 6] });
    const begun = ledger().findIndex((entry) => entry.startsWith("end side"));
    expect(
      ledger()
        .slice(0, begun)
        .filter((entry) => entry.startsWith("begin side")),
    ).toHaveLength(4);
  });

  it("retries after growing pauses of durable time", async () => {
    const status = await fixture.run("retrying", { key: "patient", failures: 3, attempts: 5 });
    expect(status.output).toBe(4);
    const times = ledger()
      .filter((entry) => entry.includes("of patient at"))
      .map((entry) => Date.parse(entry.split(" at ")[1] ?? ""));
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses).toEqual([10_000, 20_000, 40_000]);
  });

  it("gives the last error when the attempts are used up, and goes on", async () => {
    const status = await fixture.run("retrying", { key: "unlucky", failures: 9, attempts: 3 }, "unlucky");
    expect(status.output).toBe("after the failure: Activity function 'failFirst' failed:  attempt 3 fails ");
  });

  it("fires timers exactly when they are due, and the app's Date agrees", async () => {
    const { output } = await fixture.run("sleeper", 3600);
    const { from, to, seenByActivity } = output as { from: string; to: string; seenByActivity: string };
    expect(Date.parse(to) - Date.parse(from)).toBe(3_600_000);
    expect(seenByActivity).toBe(to);
  });

  it("makes timers of more than six days of several hops", async () => {
    const days = 20;
    const { output } = await fixture.run("sleeper", days * 86_400, "long");
    const { from, to } = output as { from: string; to: string };
    expect(Date.parse(to) - Date.parse(from)).toBe(days * 86_400_000);
  });

  it("runs sub-orchestrations, and gives their failure to the parent", async () => {
    const { output } = await fixture.run("parent");
    expect(output).toEqual({
      done: [
        [0, 2],
        [0, 2, 4],
      ],
      caught: "Orchestrator function 'failing' failed: no luck \n no luck",
    });
    expect((await fixture.status("parent.child")).runtimeStatus).toBe("Completed");
  });

  it("fails with the orchestrator's own words", async () => {
    const status = await fixture.run("failing", "no luck");
    expect(status).toMatchObject({
      runtimeStatus: "Failed",
      output: "Orchestrator function 'failing' failed: no luck",
    });
  });

  it("has no input as null and nothing as null", async () => {
    expect((await fixture.run("nothing")).output).toEqual({ input: null, nothing: null });
  });

  it("delivers an event that is raised before anybody waits", async () => {
    await fixture.begin("waitForGo", undefined, "early");
    await fixture.raise("early", "go", { answer: 42 });
    expect((await fixture.until("early")).output).toEqual({ answer: 42 });
  });

  it("delivers an event that is raised while somebody waits", async () => {
    await fixture.begin("waitForGo", undefined, "late");
    await fixture.settle();
    await fixture.raise("late", "go", "now");
    expect((await fixture.until("late")).output).toBe("now");
  });

  it("takes fresh events against fresh timers round by round", async () => {
    await fixture.begin("collect", { count: 20, patienceSeconds: 60 });
    for (let round = 0; round < 20; round++) {
      await fixture.raise("collect", "item", round);
      if (round % 3 === 0) await fixture.settle();
    }
    const seen = Array.from({ length: 20 }, (_, round) => round);
    expect((await fixture.until("collect")).output).toEqual({ seen, ended: "events" });
  });

  it("lets the timer win when no event comes", async () => {
    await fixture.begin("collect", { count: 2, patienceSeconds: 60 }, "impatient");
    await fixture.raise("impatient", "item", "one");
    expect((await fixture.until("impatient")).output).toEqual({ seen: ["one"], ended: "timer" });
  });

  it("begins anew with continueAsNew and keeps its id", async () => {
    await fixture.begin("countdown", 3);
    for (const tick of ["a", "b", "c"]) {
      await fixture.settle();
      await fixture.raise("countdown", "tick", tick);
    }
    expect(await fixture.until("countdown")).toMatchObject({ runtimeStatus: "Completed", input: 1, output: "c" });
  });

  it("stays running until a timer that nobody cancelled has fired", async () => {
    await fixture.begin("abandonedTimer");
    await fixture.clock.advance(599_000);
    expect((await fixture.status("abandonedTimer")).runtimeStatus).toBe("Running");
    await fixture.clock.advance(1000);
    expect(await fixture.status("abandonedTimer")).toMatchObject({ runtimeStatus: "Completed", output: "done" });
  });

  it("starts what follows a failed Task.all when all its tasks have ended", async () => {
    const startedEpochMs = fixture.clock.now();
    const { output } = await fixture.run("failsEarly");
    expect(Date.parse(output as string) - startedEpochMs).toBe(300_000);
  });

  it("runs 60 steps side by side in few seconds: an episode costs about half a millisecond of processor time", async () => {
    const { result, cpuMs } = await processorTime(() => fixture.run("steps", 60));
    expect(result.runtimeStatus).toBe("Completed");
    const episodeCount = 60 * 12;
    expect(cpuMs / episodeCount).toBeLessThan(4);
  });

  it("makes episodes little dearer by a long history", async () => {
    const roundCount = 150;
    await fixture.begin("collect", { count: roundCount, patienceSeconds: 60 }, "long-history");
    const { result, cpuMs } = await processorTime(async () => {
      for (let round = 0; round < roundCount; round++) await fixture.raise("long-history", "item", round);
      return fixture.until("long-history");
    });
    expect(result.runtimeStatus).toBe("Completed");
    expect(cpuMs / roundCount).toBeLessThan(20);
  });
});

/** Processor time and not real time, which a busy machine stretches. */
async function processorTime<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly cpuMs: number }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuMs: (user + system) / 1000 };
}
