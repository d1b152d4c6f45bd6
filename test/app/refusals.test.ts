import { afterEach, describe, expect, it } from "vitest";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

const clusterPut = { method: "PUT", path: "/managedClusters/secureaks1$" };

describe("a refusal that does not pass", () => {
  const refusals = [
    { status: 409, code: "QuotaExceeded", message: "Insufficient regional vcpu quota left." },
    { status: 403, code: "RequestDisallowedByPolicy", message: "Resource 'secureaks1' was disallowed by policy." },
    { status: 400, code: "InvalidParameter", message: "The value of parameter agentPoolProfile.vmSize is invalid." },
  ];

  it("fails the ticket at once with Azure's code and text: a quota, a policy, a validation", async () => {
    world = await openWorld();
    for (const [index, answer] of refusals.entries()) {
      world.azure.setFaults([{ match: clusterPut, when: "begin", answer, times: 1 }]);
      if (index === 0) await world.submit(seedTicket("CHG0001"));
      else await world.post("/api/tickets/CHG0001/retry");
      const end = await world.ended("CHG0001");
      const { status, code, message } = answer;
      expect(end.state).toBe("failed");
      expect(end.failure).toMatchObject({ stepId: "cluster", code, status });
      expect(end.failure?.message).toContain(message);
      expect(end.failure?.advice.length).toBeGreaterThan(20);
      // The gateway was being made: its write is followed to its end, nothing after it is begun, nothing is deleted.
      expect(end.steps.find((step) => step.id === "gateway")?.state).toBe(index === 0 ? "done" : "unchanged");
      expect(end.steps.find((step) => step.id === "ingressController")?.state).toBe("skipped");
      expect(world.writes().filter((write) => write.method === "DELETE")).toEqual([]);
      const clusterWrites = world.writes().filter((write) => write.path.endsWith("/managedClusters/secureaks1"));
      expect(clusterWrites).toHaveLength(index + 1);
    }
  });

  it("is told when it comes at the end of the operation, too; a retry writes nothing twice", async () => {
    const answer = { status: 200, code: "AllocationFailed", message: "No capacity in this zone." };
    world = await openWorld({
      faults: [{ match: { method: "PUT", path: "/azureFirewalls/" }, when: "finish", answer, times: 1 }],
    });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.failure).toMatchObject({ stepId: "firewall", code: "AllocationFailed" });
    expect(end.failure?.message).toContain("No capacity in this zone.");
    const before = world.writes().length;
    await world.post("/api/tickets/CHG0001/retry");
    expect((await world.ended("CHG0001")).state).toBe("succeeded");
    const taken = world.writes().filter(({ path, status }) => status < 400 && !path.includes("/azureFirewalls/"));
    const earlier = new Set(
      world
        .writes()
        .slice(0, before)
        .filter((write) => taken.includes(write))
        .map(({ path }) => path),
    );
    const rewritten = world
      .writes()
      .slice(before)
      .map(({ path }) => path);
    expect(rewritten.filter((path) => earlier.has(path))).toEqual([]);
  });
});

describe("a fault that passes", () => {
  const refusal = (status: number, code: string, headers: Record<string, string> = {}) => ({
    answer: { status, code, message: "Not now.", headers },
    seen: code,
  });
  const cases = [
    { path: "/virtualNetworks/hubnet$", ...refusal(429, "SubscriptionRequestsThrottled", { "retry-after": "17" }) },
    { path: "/virtualNetworks/k8snet$", ...refusal(409, "AnotherOperationInProgress") },
    { path: "/firewallPolicies/[^/]+$", ...refusal(412, "PreconditionFailed") },
    { path: "/ApplicationGatewayWebApplicationFirewallPolicies/[^/]+$", ...refusal(503, "ServiceUnavailable") },
    { path: "/publicIPAddresses/dzk8sfw1-ip$", answer: "reset" as const, seen: "NoAnswer" },
    { path: "/subnets/aks-1-subnet/.*/roleAssignments/", ...refusal(400, "PrincipalNotFound") },
  ];

  it("is waited out, and seen in the status: 429, 409, 412, 503, a reset connection, PrincipalNotFound", async () => {
    const TIMES = 2;
    const faults = cases.map(({ path, answer }) => ({
      match: { method: "PUT", path },
      when: "begin",
      answer,
      times: TIMES,
    }));
    world = await openWorld({ faults });
    await world.submit(seedTicket("CHG0001"));
    const unseen = new Set(cases.map(({ seen }) => seen));
    const isSeen = ({ steps }: TicketStatus): boolean => {
      const waits = steps.flatMap((step) => (step.state === "running" && step.failures > 0 ? step.waitingFor : []));
      for (const seen of unseen) if (waits.some((wait) => wait?.includes(seen))) unseen.delete(seen);
      return unseen.size === 0;
    };
    await world.until("CHG0001", isSeen, 5);
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("succeeded");
    expect(end.azure.failures).toBe(TIMES * cases.length);
    for (const { path, seen } of cases) {
      const tries = world
        .writes()
        .flatMap((write) => (new RegExp(path, "i").test(write.path) ? [write.atEpochMs] : []));
      const pauseSeconds = ((tries[1] ?? 0) - (tries[0] ?? 0)) / 1000;
      expect(Math.round(pauseSeconds), seen).toBe(seen === "SubscriptionRequestsThrottled" ? 17 : 10);
    }
  });
});

describe("a write whose answer is lost", () => {
  it("is not made twice, and is told as done, with what happened to it; a command in the cluster, too", async () => {
    // The commands before it: look, apply and settle of the ingress controller, look of the application.
    const run = { method: "POST", path: "/secureaks1/runCommand$" };
    const group = { method: "PUT", path: "/resourceGroups/securevnets$" };
    const lost = { when: "begin", answer: "loseAnswer" } as const;
    world = await openWorld({
      faults: [
        { match: clusterPut, ...lost },
        { match: group, ...lost },
        { match: run, ...lost, after: 4 },
      ],
    });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("succeeded");
    expect(end.azure.failures).toBe(3);
    expect(world.writes().filter((write) => write.path.endsWith("/managedClusters/secureaks1"))).toHaveLength(1);
    const networkGroup = end.steps.find((each) => each.id === "networkGroup");
    expect(networkGroup).toMatchObject({ state: "done", writes: 1, failures: 1 });
    expect(networkGroup?.detail).toContain("answer");
    const application = end.steps.find((each) => each.id === "application");
    expect(application).toMatchObject({ state: "done", failures: 1 });
    expect(application?.writes).toBeGreaterThanOrEqual(1);
    expect(application?.detail).toBeDefined();
  });
});
