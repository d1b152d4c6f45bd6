/** A dry run says what the real run then does: each test asks first, looks that nothing has changed, and carries out. */
import { afterEach, describe, expect, it } from "vitest";
import { type DryRunAnswer, dryRunAnswer } from "../../src/contracts/dryRunAnswer.ts";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import type { Would } from "../../src/domain/forecast.ts";
import { armRequest } from "../harness/armRequest.ts";
import { sampleTicket } from "../harness/clusterTickets.ts";
import { groupsOf, seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

const standing = [seedTicket("CHG0001")];

/** What is durable in the host: instances with their state, and what the entities remember. */
async function durableState(): Promise<unknown> {
  const read = async (path: string) => (await fetch(`${world.url()}/runtime/webhooks/durabletask/${path}`)).text();
  const { subscriptionId } = world.azure;
  return Promise.all(["instances", "entities/environment/seed", `entities/groupClaims/${subscriptionId}`].map(read));
}

/** Asks, and looks that nothing but reads came to Azure and that the app remembers nothing of it. */
async function dryRun(ticket: unknown): Promise<DryRunAnswer> {
  const before = await durableState();
  const start = world.azure.requests.length;
  const answer = await world.post("/api/dryRuns", ticket);
  expect(answer.status).toBe(200);
  const json: unknown = await answer.json();
  const asked = world.azure.requests.slice(start);
  expect([...new Set(asked.map(({ method }) => method))]).toEqual(["GET"]);
  expect(await durableState()).toEqual(before);
  const report = dryRunAnswer.parse(json);
  expect(report).toEqual(json);
  expect(report.azure).toMatchObject({ reads: asked.length, writes: 0 });
  expect(Object.values(report.counts).reduce((sum, count) => sum + count)).toBe(report.steps.length);
  return report;
}

async function carriedOut(ticket: { readonly ticket: { readonly number?: unknown } }): Promise<TicketStatus> {
  expect((await world.submit(ticket)).status).toBe(202);
  return world.ended(String(ticket.ticket.number));
}

const stepsThat = ({ steps }: DryRunAnswer, ...would: readonly Would[]) =>
  steps.filter((step) => would.includes(step.would));
const idsOf = (steps: readonly { readonly id: string }[]): readonly string[] => steps.map(({ id }) => id);
const stepNamed = ({ steps }: DryRunAnswer, id: string) => steps.find((step) => step.id === id);

/** Steps of the real run that wrote something to ARM. */
const written = ({ steps }: TicketStatus) =>
  steps.filter(({ kind, state }) => state === "done" && ["resource", "sync", "deletion"].includes(kind));

/** The resource ids of what the dry run had named are those of the real run. */
function expectSameResources(foreseen: DryRunAnswer, end: TicketStatus): void {
  for (const { id, resourceId } of foreseen.steps.filter(({ kind }) => kind !== "command")) {
    if (resourceId !== undefined) expect(end.steps.find((step) => step.id === id)?.resourceId, id).toBe(resourceId);
  }
}

/** What was to be deleted is what Azure was asked to delete, by its id. */
function expectSameDeletions(foreseen: DryRunAnswer): void {
  const deleted = world.writes().flatMap(({ method, path }) => (method === "DELETE" ? [path.toLowerCase()] : []));
  const wanted = stepsThat(foreseen, "delete").map(({ resourceId }) => resourceId?.toLowerCase());
  expect(wanted.sort()).toEqual(deleted.sort());
}

describe("a dry run of a provision", () => {
  it("names all as new in an empty Azure, and takes no number out of use; the real run creates just that", async () => {
    world = await openWorld();
    const foreseen = await dryRun(seedTicket("CHG0001", { location: "northeurope" }));
    expect(foreseen).toMatchObject({ action: "provision", environment: "seed", isPossible: true, obstacles: [] });
    expect((await fetch(`${world.url()}/api/tickets/CHG0001`)).status).toBe(404);
    const own = await dryRun(seedTicket("CHG0001"));
    const end = await carriedOut(seedTicket("CHG0001"));
    expect(idsOf(stepsThat(own, "create"))).toEqual(idsOf(written(end)));
    expect(stepsThat(own, "create").map(({ kind }) => kind)).not.toContain("command");
    expect(idsOf(stepsThat(own, "run"))).toEqual(idsOf(end.steps.filter(({ kind }) => kind !== "resource")));
    expect(own.expectedSeconds).toBe(end.criticalPathSeconds);
    expectSameResources(own, end);
    expect(stepNamed(own, "agicGroupReader")).toMatchObject({ would: "create" });
    expect(stepNamed(own, "agicGroupReader")).not.toHaveProperty("resourceId");
  });

  it("finds all right where it stands, and exactly what was changed by hand, with the field and the values", async () => {
    world = await openStandingWorld(standing);
    const built = await world.status("CHG0001");
    const right = await dryRun(seedTicket("CHG0002"));
    expect(stepsThat(right, "create", "change", "delete", "leave", "refuse")).toEqual([]);
    expect(stepsThat(right, "unchanged").every(({ kind }) => kind === "resource")).toBe(true);
    expect(right.counts.unchanged).toBe(built.steps.filter(({ kind }) => kind === "resource").length);
    expect(stepsThat(right, "unknown").every(({ kind }) => kind === "command")).toBe(true);
    expect(right.expectedSeconds).toBeLessThan(300);

    const idOf = (id: string) => built.steps.find((step) => step.id === id)?.resourceId ?? "";
    const { body: waf } = await world.asOperator("GET", idOf("wafPolicy"));
    const detected = { ...waf.properties, policySettings: { ...waf.properties.policySettings, mode: "Detection" } };
    await world.asOperator("PUT", idOf("wafPolicy"), { ...waf, properties: detected });
    await world.asOperator("DELETE", idOf("firewallDiagnostics"));
    const foreseen = await dryRun(seedTicket("CHG0002"));
    expect(
      stepsThat(foreseen, "create", "change").map(({ id, would, differences }) => [id, would, differences]),
    ).toEqual([
      ["firewallDiagnostics", "create", undefined],
      ["wafPolicy", "change", [{ path: "properties.policySettings.mode", from: "Detection", to: "Prevention" }]],
    ]);
    expect(foreseen.counts.unchanged).toBe(right.counts.unchanged - 2);
    const end = await carriedOut(seedTicket("CHG0002"));
    expect(idsOf(written(end))).toEqual(idsOf(stepsThat(foreseen, "create", "change")));
  });

  it("says what hangs on what is not there yet: the route to a firewall that somebody deleted", async () => {
    world = await openStandingWorld(standing);
    await world.asOperator("DELETE", (await world.status("CHG0001")).outputs.firewallId ?? "");
    await world.clock.advance(3600_000);
    const foreseen = await dryRun(seedTicket("CHG0002"));
    expect(stepNamed(foreseen, "firewall")?.would).toBe("create");
    expect(stepNamed(foreseen, "defaultRoute")).toMatchObject({
      would: "unknown",
      reason: "what it is to hold follows from the firewall's private address, which is not known yet",
    });
    expect(foreseen.isPossible).toBe(true);
  });

  it("says what belongs to another environment, what stays otherwise than asked for, and where a write is under way", async () => {
    world = await openStandingWorld(standing);
    const groups = { network: "securevnets", gateway: "secureappgw", cluster: "securek8s" };
    const other = await dryRun(seedTicket("CHG0002", { name: "other", groups }));
    expect(other.isPossible).toBe(false);
    expect([...new Set(other.obstacles.map(({ code }) => code))]).toEqual(["ResourceOfAnotherEnvironment"]);
    expect(idsOf(stepsThat(other, "refuse"))).toContain("firewall");

    const size = await dryRun(seedTicket("CHG0002", { cluster: { vmSize: "Standard_D8s_v5" } }));
    expect(size.isPossible).toBe(true);
    expect(size.warnings).toEqual([expect.stringContaining("and the ticket asks for Standard_D8s_v5")]);

    const { gatewayId = "" } = (await world.status("CHG0001")).outputs;
    const { body } = await world.asOperator("GET", gatewayId);
    await armRequest(world.azure, "PUT", gatewayId, { ...body, tags: { ...body.tags, owner: "someone" } });
    expect(stepNamed(await dryRun(seedTicket("CHG0002")), "gateway")).toMatchObject({
      would: "unknown",
      reason: expect.stringContaining("somebody's write is under way (Azure: Updating)"),
    });
  });
});

describe("a dry run of what takes down", () => {
  it("lists what a decommission then deletes and leaves, things of others among it, and all is gone then", async () => {
    world = await openStandingWorld(standing);
    const built = await world.status("CHG0001");
    const group = `/subscriptions/${world.azure.subscriptionId}/resourceGroups/securevnets`;
    const foreign = `${group}/providers/Microsoft.Network/routeTables/somebody-elses`;
    await world.asOperator("PUT", foreign, { location: "westeurope", properties: {} });
    const nobodys = built.steps.find(({ id }) => id === "gatewayPublicIp")?.resourceId ?? "";
    await world.asOperator("PATCH", nobodys, { tags: { "portcullis-environment": "seed" } });

    const foreseen = await dryRun(sampleTicket("decommission", "CHG0002"));
    expect(foreseen.isPossible).toBe(true);
    expect(stepsThat(foreseen, "leave").map(({ id, reason }) => [id, reason])).toEqual([
      ["gatewayPublicIp", "it was not created by the environment seed"],
      ["gatewayGroup", "it holds dzk8sappgw1-pip"],
      ["networkGroup", "it holds somebody-elses"],
    ]);
    expect(stepNamed(foreseen, "spokeNetwork")?.reason).toBe("with gw-1-subnet, aks-1-subnet, aks-2-subnet");
    expect(stepNamed(foreseen, "cluster")?.reason).toContain("of its nodes");
    const end = await carriedOut(sampleTicket("decommission", "CHG0002"));
    expect(idsOf(stepsThat(foreseen, "delete"))).toEqual(idsOf(written(end)));
    expect(stepsThat(foreseen, "leave").map(({ id, reason }) => [id, `left: ${reason}`])).toEqual(
      end.steps.flatMap(({ id, detail }) => (detail?.startsWith("left: ") ? [[id, detail]] : [])),
    );
    expectSameResources(foreseen, end);
    expectSameDeletions(foreseen);
  });

  it("knows that one group for all goes at its last mention, and pod routes with their table", async () => {
    const groups = { network: "one", gateway: "one", cluster: "ONE" };
    world = await openStandingWorld([seedTicket("CHG0001", { groups, cluster: { networkPlugin: "kubenet" } })]);
    const foreseen = await dryRun(sampleTicket("decommission", "CHG0002"));
    const end = await carriedOut(sampleTicket("decommission", "CHG0002"));
    expect(end.failure).toBeUndefined();
    expectSameDeletions(foreseen);
    expect(stepsThat(foreseen, "leave")).toEqual([]);
    expect(stepNamed(foreseen, "clusterGroup")).toMatchObject({
      would: "unchanged",
      reason: "another step deletes it",
    });
    expect(stepNamed(foreseen, "gatewayRouteTable")?.reason).toMatch(/^with secureaks1_[^ ]+, secureaks1_[^ ]+$/);
  });

  it("lists what addCluster then makes, and what retireCluster then takes away again, pod routes and all", async () => {
    world = await openStandingWorld(standing);
    const cluster = { cluster: { name: "secureaks2", networkPlugin: "kubenet" } };
    for (const ticket of [
      sampleTicket("addCluster", "CHG0002", cluster),
      sampleTicket("retireCluster", "CHG0003", { cluster: { name: "secureaks2" } }),
    ]) {
      const foreseen = await dryRun(ticket);
      expect(foreseen).toMatchObject({ action: ticket.action, isPossible: true });
      const end = await carriedOut(ticket);
      expect(end.failure).toBeUndefined();
      // Pod routes follow what AKS writes once the nodes are there.
      const sure = written(end).filter(({ id }) => id !== "secureaks2.gatewayRoutes");
      expect(idsOf(stepsThat(foreseen, "create", "change", "delete"))).toEqual(idsOf(sure));
      expectSameResources(foreseen, end);
      const changed = written(end).filter(({ kind, id }) => kind === "sync" && !id.endsWith(".gatewayRoutes"));
      for (const { id, detail } of changed) expect(detail, id).toBe(stepNamed(foreseen, id)?.reason);
      expect(changed).toHaveLength(ticket.action === "retireCluster" ? 2 : 0);
    }
    const again = await dryRun(sampleTicket("retireCluster", "CHG0004", { cluster: { name: "secureaks2" } }));
    expect(stepsThat(again, "create", "change", "delete", "leave", "refuse", "unknown").map(({ id }) => id)).toEqual([
      "secureaks1.ingressController",
    ]);
  });
});

describe("a dry run when Azure refuses a look", () => {
  it("says in Azure's words what it could not see, and what hangs on that, and does not call it possible", async () => {
    const fault = (path: string, status: number, code: string, headers = {}) => ({
      match: { method: "GET", path, principal: "app" },
      when: "begin",
      answer: { status, code, message: `About ${code}.`, headers },
      times: 1000,
    });
    world = await openStandingWorld(standing);
    world.azure.setFaults([
      fault("/virtualNetworks/hubnet$", 429, "TooManyRequests", { "retry-after": "120" }),
      fault("/azureFirewalls/[^/]+$", 403, "AuthorizationFailed"),
      fault("/userAssignedIdentities/secureaks1-id$", 503, "ServiceUnavailable", { "retry-after": "60" }),
    ]);
    const foreseen = await dryRun(seedTicket("CHG0002"));
    expect(foreseen.isPossible).toBe(false);
    expect(foreseen.obstacles.map(({ code, stepId, message }) => [stepId, code, message])).toEqual([
      ["hubNetwork", "TooManyRequests", "About TooManyRequests."],
      ["firewall", "AuthorizationFailed", "About AuthorizationFailed."],
      ["clusterIdentity", "ServiceUnavailable", "About ServiceUnavailable."],
    ]);
    expect(foreseen.obstacles[1]?.advice).toContain("Grant the app's identity");
    expect(stepNamed(foreseen, "clusterSubnetContributor")).toMatchObject({
      would: "unknown",
      reason: expect.stringContaining("Managed identity secureaks1-id could not be read"),
    });
    expect(stepNamed(foreseen, "spokeNetwork")?.would).toBe("unchanged");
    expect(foreseen.azure.failures).toBe(3);

    const perhaps = await dryRun(sampleTicket("decommission", "CHG0003"));
    expect(stepNamed(perhaps, "networkGroup")).toMatchObject({
      would: "unknown",
      reason: expect.stringContaining("nobody could see what becomes of "),
    });
    expect(perhaps.counts.leave).toBe(0);

    world.azure.setFaults([fault("/resourceGroups/securevnets/resources$", 403, "AuthorizationFailed")]);
    const down = await dryRun(sampleTicket("decommission", "CHG0003"));
    expect(stepNamed(down, "networkGroup")).toMatchObject({
      would: "unknown",
      failure: { code: "AuthorizationFailed" },
    });
    expect(stepsThat(down, "unknown").map(({ id }) => id)).toEqual(["networkGroup"]);
  });
});

describe("POST /api/dryRuns", () => {
  it("refuses what the door for tickets refuses, in the same words, and knows no other method", async () => {
    world = await openWorld();
    const same = async (body: unknown, headers = {}): Promise<number> => {
      const answers = [
        await world.post("/api/tickets", body, headers),
        await world.post("/api/dryRuns", body, headers),
      ];
      const [ticket, dry] = await Promise.all(answers.map((answer) => answer.text()));
      expect(dry).toBe(ticket);
      expect(answers[1]?.status).toBe(answers[0]?.status);
      return answers[1]?.status ?? 0;
    };
    expect(await same(seedTicket("CHG0001", { location: "atlantis", vnet: {} }))).toBe(400);
    expect(await same(sampleTicket("decommission", "CHG0001"))).toBe(400);
    expect(await same("{")).toBe(400);
    expect(await same("{}", { "content-type": "text/plain" })).toBe(415);
    expect(await same(" ".repeat(300 * 1024))).toBe(413);
    expect((await fetch(`${world.url()}/api/dryRuns`)).status).toBe(404);
    expect(world.azure.requests).toEqual([]);
  });

  it("says who works on the environment and in its groups, and what became of the number, and waits for nobody", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", ({ steps }) =>
      steps.some(({ id, state }) => id === "firewall" && state === "running"),
    );
    await world.submit(seedTicket("CHG0002", { tags: { owner: "x" } }));
    await world.until("CHG0002", ({ waitingFor }) => waitingFor === "CHG0001");
    const behind = await dryRun(seedTicket("CHG0003"));
    expect(behind.warnings).toEqual([
      "Ticket CHG0001 works on this environment now: this ticket would wait for it, and find what it leaves. 1 more waits before it.",
    ]);
    expect((await dryRun(seedTicket("CHG0001"))).warnings).toEqual([
      "Ticket CHG0001 was accepted before: sent again, it begins nothing and shows its state.",
    ]);
    const taken = await dryRun(seedTicket("CHG0001", { location: "northeurope" }));
    expect(taken.obstacles.map(({ code }) => code)).toContain("NumberTaken");
    const groups = { ...groupsOf("other"), network: "SECUREVNETS" };
    const beside = await dryRun(seedTicket("CHG0004", { name: "other", groups }));
    expect(beside.obstacles[0]).toMatchObject({ code: "GroupOfAnotherEnvironment" });
    expect(beside.isPossible).toBe(false);
  });
});
