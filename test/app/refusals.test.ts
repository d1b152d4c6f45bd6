import { afterEach, describe, expect, it } from "vitest";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

const clusterPut = { method: "PUT", path: "/managedClusters/secureaks1$" };

describe("a refusal that does not pass", () => {
  it.each([
    ["a quota", 409, "QuotaExceeded", "Insufficient regional vcpu quota left."],
    ["a policy", 403, "RequestDisallowedByPolicy", "Resource 'secureaks1' was disallowed by policy."],
    ["a validation", 400, "InvalidParameter", "The value of parameter agentPoolProfile.vmSize is invalid."],
  ])("fails the ticket at once with Azure's code and text: %s", async (_, status, code, message) => {
    world = await openWorld({
      faults: [{ match: clusterPut, when: "begin", answer: { status, code, message }, times: 1 }],
    });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("failed");
    expect(end.failure).toMatchObject({ stepId: "cluster", code, status });
    expect(end.failure?.message).toContain(message);
    expect(end.failure?.advice.length).toBeGreaterThan(20);
    // The gateway was being made: its write is followed to its end, nothing after it is begun, nothing is deleted.
    expect(end.steps.find((step) => step.id === "gateway")?.state).toBe("done");
    expect(end.steps.find((step) => step.id === "ingressController")?.state).toBe("skipped");
    expect(world.writes().filter((write) => write.method === "DELETE")).toEqual([]);
    expect(world.writes().filter((write) => write.path.endsWith("/managedClusters/secureaks1"))).toHaveLength(1);

    const before = world.writes().length;
    await world.post("/api/tickets/CHG0001/retry");
    const retried = await world.ended("CHG0001");
    expect(retried.state).toBe("succeeded");
    const rewritten = world
      .writes()
      .slice(before)
      .map((write) => write.path);
    const earlier = new Set(
      world
        .writes()
        .slice(0, before)
        .filter((write) => write.status < 400)
        .map((write) => write.path),
    );
    expect(rewritten.filter((path) => earlier.has(path))).toEqual([]);
  });

  it("is told when it comes at the end of the operation, too", async () => {
    const answer = { status: 200, code: "AllocationFailed", message: "No capacity in this zone." };
    world = await openWorld({
      faults: [{ match: { method: "PUT", path: "/azureFirewalls/" }, when: "finish", answer, times: 1 }],
    });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.failure).toMatchObject({ stepId: "firewall", code: "AllocationFailed" });
    expect(end.failure?.message).toContain("No capacity in this zone.");
    await world.post("/api/tickets/CHG0001/retry");
    expect((await world.ended("CHG0001")).state).toBe("succeeded");
  });
});

describe("a fault that passes", () => {
  const cases = [
    [
      "429 with Retry-After",
      { status: 429, code: "SubscriptionRequestsThrottled", message: "Too many.", headers: { "retry-after": "17" } },
    ],
    [
      "409 of another operation",
      { status: 409, code: "AnotherOperationInProgress", message: "Another operation is in progress." },
    ],
    ["412 of a lost race", { status: 412, code: "PreconditionFailed", message: "Precondition failed." }],
    ["503", { status: 503, code: "ServiceUnavailable", message: "Try later." }],
    ["a reset connection", "reset"],
    [
      "PrincipalNotFound",
      { status: 400, code: "PrincipalNotFound", message: "Principal does not exist in the directory." },
    ],
  ] as const;

  it.each(cases)("is waited out, and seen in the status: %s", async (_, answer) => {
    const path =
      answer !== "reset" && answer.code === "PrincipalNotFound"
        ? "/subnets/aks-1-subnet/.*/roleAssignments/"
        : "/virtualNetworks/hubnet$";
    world = await openWorld({ faults: [{ match: { method: "PUT", path }, when: "begin", answer, times: 2 }] });
    await world.submit(seedTicket("CHG0001"));
    const busy = await world.until("CHG0001", (status) => status.steps.some((step) => step.failures > 0));
    const seen = busy.steps.find((step) => step.failures > 0);
    expect(seen?.state).toBe("running");
    expect(seen?.waitingFor).toContain(answer === "reset" ? "NoAnswer" : answer.code);
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("succeeded");
    expect(end.azure.failures).toBe(2);
    const tries = world.writes().flatMap((write) => (new RegExp(path).test(write.path) ? [write.atEpochMs] : []));
    const pauseSeconds = ((tries[1] ?? 0) - (tries[0] ?? 0)) / 1000;
    expect(Math.round(pauseSeconds)).toBe(answer !== "reset" && answer.status === 429 ? 17 : 10);
  });

  it("does not write twice when the answer to an accepted write is lost", async () => {
    world = await openWorld({ faults: [{ match: clusterPut, when: "begin", answer: "loseAnswer", times: 1 }] });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("succeeded");
    expect(world.writes().filter((write) => write.path.endsWith("/managedClusters/secureaks1"))).toHaveLength(1);
  });
});

const rates = {
  principal: "app",
  throttled: 0.02,
  unavailable: 0.03,
  internalError: 0.02,
  conflict: 0.05,
  reset: 0.02,
  loseAnswer: 0.02,
};

describe("random faults", () => {
  it.each([1, 2, 3])("never keep a ticket from ending right: seed %i", async (seed) => {
    world = await openWorld({ seed, randomFaults: { seed, ...rates } });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.failure, `seed ${seed}`).toBeUndefined();
    expect(end.state).toBe("succeeded");
    expect(end.azure.failures).toBeGreaterThan(5);
  });
});

describe("a write whose answer is lost", () => {
  it("is told as done, with what happened to it", async () => {
    const match = { method: "PUT", path: "/resourceGroups/securevnets$" };
    world = await openWorld({ faults: [{ match, when: "begin", answer: "loseAnswer" }] });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("succeeded");
    const step = end.steps.find((each) => each.id === "networkGroup");
    expect(step).toMatchObject({ state: "done", writes: 1, failures: 1 });
    expect(step?.detail).toContain("answer");
  });

  it("is counted when it is a command in the cluster, too", async () => {
    // The commands before it: look, apply and settle of the ingress controller, look of the application.
    const match = { method: "POST", path: "/secureaks1/runCommand$" };
    world = await openWorld({ faults: [{ match, when: "begin", answer: "loseAnswer", after: 4 }] });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("succeeded");
    const step = end.steps.find((each) => each.id === "application");
    expect(step).toMatchObject({ state: "done", failures: 1 });
    expect(step?.writes).toBeGreaterThanOrEqual(1);
    expect(step?.detail).toBeDefined();
  });
});
