import type { StepStatus, TicketStatus } from "../../src/contracts/ticketStatus.ts";

const group = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups";

export function sampleStep(step: Partial<StepStatus> & Pick<StepStatus, "id">): StepStatus {
  return {
    title: `Step ${step.id}`,
    lane: "hub",
    kind: "resource",
    state: "waiting",
    seconds: 0,
    expectedSeconds: 10,
    reads: 0,
    writes: 0,
    failures: 0,
    ...step,
  };
}

/** An operation under way, 6 min 40 s in: two steps done, two running, three waiting. */
export function sampleStatus(changes: Partial<TicketStatus> = {}): TicketStatus {
  return {
    ticket: { number: "RITM0000001", system: "servicenow", requestedBy: "platform team" },
    action: "provision",
    environment: "blog",
    state: "running",
    attempt: 1,
    summary: "Building blog in westeurope: 2 of 7 steps are done.",
    createdAt: "2026-11-02T10:00:00.000Z",
    startedAt: "2026-11-02T10:00:00.000Z",
    progressPercent: 47.4,
    elapsedSeconds: 400,
    expectedSeconds: 850,
    expectedEndAt: "2026-11-02T10:14:10.000Z",
    warnings: [],
    steps: [
      sampleStep({
        id: "hubNetwork",
        title: "Hub network dzhubvnet",
        state: "done",
        seconds: 5,
        expectedSeconds: 5,
        writes: 1,
        startedAt: "2026-11-02T10:00:02.000Z",
        finishedAt: "2026-11-02T10:00:07.000Z",
        resourceId: `${group}/dzhub/providers/Microsoft.Network/virtualNetworks/dzhubvnet`,
      }),
      sampleStep({
        id: "firewallPublicIp",
        title: "Public IP dzfw-pip",
        lane: "firewall",
        state: "done",
        seconds: 14,
        failures: 2,
        writes: 1,
        startedAt: "2026-11-02T10:00:02.000Z",
        finishedAt: "2026-11-02T10:00:16.000Z",
        resourceId: `${group}/dzhub/providers/Microsoft.Network/publicIPAddresses/dzfw-pip`,
      }),
      sampleStep({
        id: "firewall",
        title: "Azure Firewall dzfw",
        lane: "firewall",
        state: "running",
        seconds: 192,
        expectedSeconds: 330,
        waitingFor: "Azure: Updating",
        startedAt: "2026-11-02T10:03:28.000Z",
        writes: 1,
      }),
      sampleStep({
        id: "gateway",
        title: "Application gateway dzgw",
        lane: "gateway",
        state: "running",
        seconds: 700,
        expectedSeconds: 360,
        waitingFor: "Azure: Updating",
        startedAt: "2026-11-02T10:00:20.000Z",
        writes: 1,
      }),
      sampleStep({
        id: "defaultRoute",
        title: "Default route to the firewall",
        lane: "firewall",
        waitingFor: "Azure Firewall dzfw",
      }),
      sampleStep({
        id: "cluster",
        title: "Cluster dzk8s",
        lane: "cluster",
        expectedSeconds: 330,
        waitingFor: "the default route",
      }),
      sampleStep({
        id: "verifyIngress",
        title: "Ingress answers",
        lane: "proof",
        kind: "verification",
        waitingFor: "the application",
      }),
    ],
    outputs: {},
    verification: [],
    azure: { reads: 57, writes: 4, failures: 2 },
    criticalPathSeconds: 840,
    sequentialSeconds: 2400,
    ...changes,
  };
}

/** The same operation at its good end. */
export function succeededStatus(changes: Partial<TicketStatus> = {}): TicketStatus {
  const running = sampleStatus();
  return {
    ...running,
    state: "succeeded",
    summary: "The environment blog is built and verified.",
    progressPercent: 100,
    elapsedSeconds: 861,
    finishedAt: "2026-11-02T10:14:21.000Z",
    makespanSeconds: 861,
    steps: running.steps.map((step) => ({
      ...step,
      state: "done",
      seconds: step.expectedSeconds,
      startedAt: step.startedAt ?? "2026-11-02T10:07:00.000Z",
      finishedAt: step.finishedAt ?? "2026-11-02T10:14:00.000Z",
    })),
    outputs: {
      ingressHost: "20.31.0.9.nip.io",
      gatewayPublicIpAddress: "20.31.0.9",
      firewallPublicIpAddress: "20.31.0.7",
      firewallPrivateIpAddress: "10.0.0.4",
    },
    verification: [
      { id: "verifyIngress", ok: true, detail: "GET http://20.31.0.9.nip.io/ping answered 200 through the gateway." },
      { id: "verifyEgressDenied", ok: true, detail: "www.example.com was refused by the firewall." },
    ],
    ...changes,
  };
}
