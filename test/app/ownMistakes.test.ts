/** When the code itself is wrong, or Azure says what it never should: the ticket ends in words, and the next one can work. */
import { afterEach, describe, expect, it } from "vitest";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

/** An accepted command has a result URL; the activity throws when there is none. */
const nonsense = (times: number) => ({
  match: { method: "POST", path: "/runCommand$" },
  when: "begin",
  answer: { status: 202, code: "Accepted", message: "" },
  times,
});

/** Tries of one activity before its step fails. */
const ATTEMPTS = 4;

describe("a result URL that leads to another host", () => {
  it("is not followed, because Azure's token would go with it", async () => {
    const headers = { location: "https://elsewhere.example/results/1" };
    const answer = { status: 202, code: "Accepted", message: "", headers };
    const match = { method: "POST", path: "/runCommand$" };
    world = await openStandingWorld([seedTicket("CHG0001")], { faults: [{ match, when: "begin", answer }] });
    await world.submit(seedTicket("CHG0002"));
    const end = await world.ended("CHG0002");
    expect(end).toMatchObject({ state: "failed", failure: { code: "ActivityFailed", stepId: "ingressController" } });
    expect(end.failure?.message).toContain("leads to elsewhere.example");
  });
});

describe("an activity that throws", () => {
  it("is tried again, and nobody has to care when that helps", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")], { faults: [nonsense(ATTEMPTS - 1)] });
    await world.submit(seedTicket("CHG0002"));
    expect(await world.ended("CHG0002")).toMatchObject({ state: "succeeded" });
  });

  it("fails its step in words and leaves the environment to the next ticket", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")], { faults: [nonsense(ATTEMPTS)] });
    await world.submit(seedTicket("CHG0002"));
    const end = await world.ended("CHG0002");
    expect(end).toMatchObject({ state: "failed", failure: { code: "ActivityFailed", stepId: "ingressController" } });
    expect(end.failure?.message).toContain("named no result URL");
    expect(end.failure?.advice).toContain("Retrying is safe");
    expect(end.steps.filter(({ state }) => state === "running" || state === "waiting")).toEqual([]);
    await world.submit(seedTicket("CHG0003"));
    expect(await world.ended("CHG0003")).toMatchObject({ state: "succeeded" });
  });
});
