/** What an operation still does when it must not go on: nothing new, nothing half, and never for ever. */
import { afterEach, describe, expect, it } from "vitest";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { armRequest } from "../harness/armRequest.ts";
import { firstFailureEpochMs } from "../harness/firstFailure.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";
import { writtenTwice } from "../harness/writtenTwice.ts";

let world: World;
afterEach(() => world.close());

type StepStatus = TicketStatus["steps"][number];

const stepOf = (status: TicketStatus, id: string): StepStatus | undefined =>
  status.steps.find((each) => each.id === id);

const refusal = { status: 400, code: "InvalidParameter", message: "Azure does not want this." };
const conflict = { status: 409, code: "AnotherOperationInProgress", message: "Another operation is in progress." };
const firewallPut = { method: "PUT", path: "/azureFirewalls/dzk8sfw1$" };

describe("a step that Azure puts off again and again", () => {
  const faults = [{ match: firewallPut, when: "begin", answer: conflict, times: 1000 }];
  const isPutOff = (status: TicketStatus): boolean => (stepOf(status, "firewall")?.failures ?? 0) > 2;

  it("is left within minutes when the ticket is cancelled", async () => {
    world = await openWorld({ faults });
    await world.submit(seedTicket("CHG0001"));
    const before = await world.until("CHG0001", isPutOff);
    await world.post("/api/tickets/CHG0001/cancel");
    const writes = world.writes().length;
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("cancelled");
    expect(stepOf(end, "firewall")).toMatchObject({ state: "skipped", waitingFor: "the ticket was cancelled" });
    expect(world.writes().length).toBe(writes);
    expect(end.elapsedSeconds - before.elapsedSeconds).toBeLessThan(400);
  });

  it("is left when a step of another lane fails", async () => {
    const match = { method: "PUT", path: "/applicationGateways/[^/]+$" };
    world = await openWorld({ faults: [...faults, { match, when: "finish", answer: refusal }] });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.failure?.stepId).toBe("gateway");
    expect(stepOf(end, "firewall")).toMatchObject({ state: "skipped", waitingFor: "step gateway failed" });
    expect(world.writes().filter((write) => write.atEpochMs > firstFailureEpochMs(end))).toEqual([]);
  });
});

describe("a write of somebody else", () => {
  it("is waited for, but nothing is written after it when the ticket is cancelled meanwhile", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const policyId = stepOf(await world.status("CHG0001"), "firewallPolicy")?.resourceId ?? "";
    const { body } = await armRequest(world.azure, "GET", policyId);
    await armRequest(world.azure, "PUT", policyId, { ...body, tags: { ...body.tags, seen: "yes" } });
    await world.submit(seedTicket("CHG0002", { tags: { costCenter: "another" } }));
    await world.until(
      "CHG0002",
      (status) => stepOf(status, "firewallPolicy")?.waitingFor?.includes("began before") === true,
    );
    await world.post("/api/tickets/CHG0002/cancel");
    const end = await world.ended("CHG0002");
    expect(end.state).toBe("cancelled");
    expect(stepOf(end, "firewallPolicy")).toMatchObject({ state: "skipped", writes: 0 });
  });
});

describe("a write whose answer was lost", () => {
  it("is followed to its end even if the ticket is cancelled meanwhile", async () => {
    world = await openWorld({ faults: [{ match: firewallPut, when: "begin", answer: "loseAnswer" }] });
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", (status) => (stepOf(status, "firewall")?.failures ?? 0) > 0);
    await world.post("/api/tickets/CHG0001/cancel");
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("cancelled");
    expect(stepOf(end, "firewall")).toMatchObject({ state: "done", writes: 1 });
    expect(stepOf(end, "defaultRoute")?.state).toBe("skipped");
  });
});

describe("an operation that is terminated from outside", () => {
  const terminate = async (id: string): Promise<void> => {
    const url = `${world.url()}/runtime/webhooks/durabletask/instances/${id}/terminate?reason=enough`;
    expect((await fetch(url, { method: "POST" })).status).toBe(202);
  };

  it("is told as failed, frees the environment for the next ticket, and works no further beside it", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", (status) => stepOf(status, "firewall")?.state === "running");
    await terminate("CHG0001");
    const first = await world.until("CHG0001", (status) => status.state === "failed");
    expect(first.failure?.code).toBe("OperationEnded");
    await world.submit(seedTicket("CHG0002"));
    const second = await world.ended("CHG0002");
    expect(second.state).toBe("succeeded");
    const left = await world.status("CHG0001");
    expect(stepOf(left, "defaultRoute")).toMatchObject({
      state: "skipped",
      waitingFor: "the environment is another ticket's by now",
    });
    expect(left.steps.filter(({ state }) => state === "running")).toEqual([]);
    expect(writtenTwice(world)).toEqual([]);
  });

  it("can be retried at once, and leaves no place in the queue when it waited", async () => {
    world = await openWorld();
    for (const number of ["CHG0001", "CHG0002", "CHG0003"]) await world.submit(seedTicket(number));
    await world.until("CHG0003", (status) => status.waitingFor !== undefined);
    await terminate("CHG0002");
    await terminate("CHG0001");
    await world.until("CHG0001", (status) => status.state === "failed");
    await world.post("/api/tickets/CHG0001/retry");
    expect((await world.ended("CHG0003")).state).toBe("succeeded");
    expect(await world.ended("CHG0001")).toMatchObject({ state: "succeeded", attempt: 2, azure: { writes: 0 } });
  });
});

describe("a lane that ends before its time", () => {
  const terminate = async (id: string): Promise<void> => {
    const url = `${world.url()}/runtime/webhooks/durabletask/instances/${id}/terminate?reason=enough`;
    expect((await fetch(url, { method: "POST" })).status).toBe(202);
  };
  const runtimeStatus = async (lane: string): Promise<string> => {
    const answer = await fetch(`${world.url()}/runtime/webhooks/durabletask/instances/CHG0001.1.${lane}`);
    return ((await answer.json()) as { runtimeStatus: string }).runtimeStatus;
  };

  it("ends the operation with all other lanes: what runs is followed to its end, what waits for it waits no more", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    const before = await world.until("CHG0001", (status) => stepOf(status, "firewall")?.state === "running");
    expect(stepOf(before, "gateway")?.state).toBe("running");
    await terminate("CHG0001.1.firewall");
    const end = await world.ended("CHG0001");
    expect(end.failure?.code).toBe("LaneFailed");
    const lanes = [...new Set(end.steps.map(({ lane }) => lane.replaceAll(" ", "-")))];
    const statuses = await Promise.all(lanes.map(runtimeStatus));
    expect(statuses.filter((status) => status === "Terminated")).toHaveLength(1);
    expect(statuses.filter((status) => status !== "Completed")).toHaveLength(1);
    expect(stepOf(end, "gateway")?.state).toBe("done");
    expect(stepOf(end, "cluster")?.state).toBe("skipped");
    expect(end.steps.filter(({ state }) => state === "running" || state === "waiting")).toEqual([]);
    const writes = world.writes().length;
    await world.clock.advance(3600_000);
    expect(world.writes().length).toBe(writes);
    await world.post("/api/tickets/CHG0001/retry");
    expect(await world.ended("CHG0001")).toMatchObject({ state: "succeeded", attempt: 2 });
    expect(writtenTwice(world)).toEqual([]);
  });
});
