/** Nothing is waited for without an end, and every end is in words. */
import { afterEach, describe, expect, it } from "vitest";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

describe("a conflict that never ends", () => {
  it("fails its step after two hours with Azure's own words", async () => {
    const answer = { status: 409, code: "AnotherOperationInProgress", message: "Another operation is in progress." };
    world = await openWorld({
      faults: [{ match: { method: "PUT", path: "/virtualNetworks/hubnet$" }, when: "begin", answer, times: 1000 }],
    });
    await world.submit(seedTicket("CHG0001"));
    await world.clock.advance(7000 * 1000);
    const end = await world.ended("CHG0001");
    expect(end).toMatchObject({
      state: "failed",
      failure: { stepId: "hubNetwork", code: answer.code, message: answer.message },
    });
    expect(end.makespanSeconds).toBeGreaterThanOrEqual(7200);
    expect(end.makespanSeconds).toBeLessThan(7200 + 120);
    const tries = world
      .writes()
      .filter(({ path }) => path.endsWith("/virtualNetworks/hubnet"))
      .map(({ atEpochMs }) => atEpochMs);
    const pauses = tries.slice(1).map((at, index) => Math.round((at - (tries[index] ?? 0)) / 1000));
    expect(pauses.slice(0, 4)).toEqual([10, 10, 10, 13]);
    expect(Math.max(...pauses)).toBe(60);
  });
});

describe("an application that does not start", () => {
  it("fails its step when it has not settled in its time, and says what it waited for", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    await world.submit(
      seedTicket("CHG0002", { application: { image: "mcr.microsoft.com/azurelinux/base/nothing:1" } }),
    );
    const end = await world.ended("CHG0002");
    expect(end).toMatchObject({ state: "failed", failure: { stepId: "application", code: "NotSettled" } });
    const step = end.steps.find(({ id }) => id === "application");
    expect(step?.seconds).toBeGreaterThanOrEqual(300);
    expect(step?.seconds).toBeLessThan(360);
  });
});

describe("a proof that does not come", () => {
  it("fails the ticket when its time is up, and its last finding is told", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    await world.submit(seedTicket("CHG0002", { application: { host: "sample.nowhere.invalid" } }));
    const end = await world.ended("CHG0002");
    const failure = { stepId: "verifyIngress", code: "VerificationFailed" };
    expect(end).toMatchObject({ state: "failed", failure });
    const finding = end.verification.find(({ id }) => id === "verifyIngress");
    expect(finding).toMatchObject({ ok: false, detail: end.failure?.message });
    const step = end.steps.find(({ id }) => id === "verifyIngress");
    expect(step?.seconds).toBeGreaterThanOrEqual(600);
    expect(step?.seconds).toBeLessThan(620);
  });

  it("fails the ticket at once when waiting cannot change it, and nobody waits for another proof then", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const verification = { allowedUrl: "http://www.example.com/" };
    const application = { host: "sample.nowhere.invalid" };
    await world.submit(seedTicket("CHG0002", { verification, application }));
    const end = await world.ended("CHG0002");
    const failure = { stepId: "verifyEgressAllowed", code: "VerificationFailed" };
    expect(end).toMatchObject({ state: "failed", failure });
    expect(end.verification.map(({ id, ok }) => [id, ok])).toContainEqual(["verifyEgressAllowed", false]);
    expect(end.steps.find(({ id }) => id === "verifyEgressAllowed")?.seconds).toBeLessThan(60);
    expect(end.steps.find(({ id }) => id === "verifyEgressRefused")?.state).toBe("skipped");
    expect(end.steps.find(({ id }) => id === "verifyIngress")).toMatchObject({ state: "skipped", failures: 0 });
    expect(end.makespanSeconds).toBeLessThan(end.criticalPathSeconds);
  });
});
