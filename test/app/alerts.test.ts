import { afterEach, describe, expect, it } from "vitest";
import { sampleTicket } from "../harness/tickets.ts";
import { type AlertLab, openAlertLab } from "./alertLab.ts";

let lab: AlertLab;
afterEach(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

const HOUR_SECONDS = 3600;
/** Six sweeps; a node without a route is overdue after thirteen minutes. */
const HALF_HOUR_SECONDS = 1800;
const TABLE = "/api/now/table/incident";

/** What came at the webhook, as "event of idempotency key". */
function hooked(): readonly string[] {
  return lab.desk.alerts.map(({ alert, idempotencyKey }) => `${alert.event} ${idempotencyKey}`);
}

describe("a finding about the gateway's routes", () => {
  it("is one incident, one signed alert and one message when it opens, and the same is closed when it is over", async () => {
    lab = await openAlertLab();
    await lab.breakRoute();
    const [incident, ...others] = lab.desk.incidents;
    expect(others).toEqual([]);
    expect(incident?.row).toMatchObject({
      short_description: "secureaks1: a node has no route, the gateway answers 502 for its pods",
      state: "1",
      priority: "2",
      category: "network",
      subcategory: "routing",
      cmdb_ci: "secureaks1",
      correlation_id: expect.stringMatching(/^finding-kubenet-routes-[0-9a-f]{12}$/),
    });
    expect(incident?.row.description).toContain("AKS may have lost the write");
    const subject = incident?.row.correlation_id;
    expect(hooked()).toEqual([`opened ${subject}:1`]);
    expect(lab.desk.alerts[0]?.alert).toMatchObject({ version: 1, kind: "gatewayRoutes", severity: "high", subject });
    expect(JSON.stringify(lab.desk.messages)).toContain("a node has no route");
    const published = { type: "Portcullis.GatewayRoutes.FindingOpened", id: `${subject}:1`, specversion: "1.0" };
    expect(lab.world.azure.publishedAlerts()).toMatchObject([{ ...published, data: { severity: "high" } }]);
    // Sweeps that find the same say nothing.
    await lab.seconds(HALF_HOUR_SECONDS);
    expect(lab.desk.requests.filter(({ method }) => method !== "GET")).toHaveLength(3);
    await lab.mendRoute();
    expect(lab.desk.incidents).toHaveLength(1);
    const [closed] = lab.desk.incidents;
    expect(closed?.row).toMatchObject({ state: "6", close_code: "Solution provided" });
    expect(closed?.row.close_notes).toMatch(/^This is over: The node /);
    expect(closed?.journal).toHaveLength(1);
    expect(hooked()).toEqual([`opened ${subject}:1`, `closed ${subject}:2`]);
    expect(lab.desk.messages).toHaveLength(2);
    expect(lab.world.azure.publishedAlerts().map(({ id }) => id)).toEqual([`${subject}:1`, `${subject}:2`]);
    const { alerts, sinks } = await lab.outbox();
    expect(alerts).toEqual([]);
    expect(Object.values(sinks).map(({ running, deliveredCount }) => ({ running, deliveredCount }))).toEqual(
      Array(4).fill({ running: undefined, deliveredCount: 2 }),
    );
  });
});

describe("a node pool that scales", () => {
  it("is no reason to wake anybody", async () => {
    lab = await openAlertLab();
    await lab.scale(5);
    await lab.seconds(HALF_HOUR_SECONDS);
    await lab.scale(2);
    await lab.seconds(HALF_HOUR_SECONDS);
    expect(await lab.routes(lab.gatewayTable)).toHaveLength(2);
    expect(lab.desk.requests).toEqual([]);
  });
});

describe("a delivery that somebody has terminated", () => {
  it("is begun again by the timer", async () => {
    lab = await openAlertLab();
    lab.fail([{ path: TABLE, answer: { status: 503 } }]);
    await lab.breakRoute();
    const running = (await lab.outbox()).sinks.itsm?.running;
    const terminated = await lab.world.post(`/runtime/webhooks/durabletask/instances/${running}/terminate?reason=x`);
    expect(terminated.status).toBe(202);
    lab.fail([]);
    await lab.seconds(330);
    expect(lab.desk.incidents).toHaveLength(1);
    expect((await lab.outbox()).alerts).toEqual([]);
  });
});

describe("an environment that is taken down", () => {
  it("leaves no incident open, though a sink is down until long after", async () => {
    lab = await openAlertLab();
    await lab.breakRoute();
    expect(lab.desk.incidents.map(({ row }) => row.state)).toEqual(["1"]);
    lab.fail([{ path: TABLE, answer: { status: 503 } }]);
    const decommission = sampleTicket("decommission.json", "CHG0002", { name: "kubenet" });
    expect((await lab.world.submit(decommission)).status).toBe(202);
    expect(await lab.world.ended("CHG0002")).toMatchObject({ state: "succeeded" });
    await lab.seconds(HOUR_SECONDS);
    expect(hooked().map((each) => each.split(" ")[0])).toEqual(["opened", "closed"]);
    lab.fail([]);
    await lab.seconds(HOUR_SECONDS + 60);
    expect(lab.desk.incidents.map(({ row }) => row.state)).toEqual(["6"]);
  });
});

describe("a sink that is down", () => {
  it("for six hours loses nothing, gets it in order, makes one incident, and holds up no other", async () => {
    lab = await openAlertLab();
    lab.fail([{ path: TABLE, answer: { status: 503 } }]);
    await lab.breakRoute();
    expect(hooked()).toHaveLength(1);
    await lab.mendRoute();
    expect(hooked()).toHaveLength(2);
    expect(lab.desk.messages).toHaveLength(2);
    await lab.seconds(6 * HOUR_SECONDS);
    const { alerts, sinks } = await lab.outbox();
    expect(alerts.map(({ alert, attemptCounts }) => [alert.event, Object.keys(attemptCounts)])).toEqual([
      ["opened", ["itsm"]],
      ["closed", ["itsm"]],
    ]);
    expect(sinks.itsm?.lastFailure?.why).toBe("It answered 503.");
    // 30 s, 60 s … one hour: about six in the first hour, and one in each of the next.
    const attempts = lab.desk.requests.filter(({ path }) => path.startsWith(TABLE));
    expect(attempts.length).toBeGreaterThan(8);
    expect(attempts.length).toBeLessThan(20);
    lab.fail([]);
    await lab.seconds(HOUR_SECONDS + 60);
    expect(lab.desk.incidents.map(({ row }) => row.state)).toEqual(["6"]);
    expect((await lab.outbox()).alerts).toEqual([]);
    expect(hooked()).toHaveLength(2);
  });

  it("is waited for as it asks, and what was lost on the way comes again under the same key, in one incident", async () => {
    lab = await openAlertLab();
    lab.fail([
      { path: "/hooks/alerts", answer: { status: 429, headers: { "retry-after": "900" } }, times: 1 },
      { path: "/hooks/alerts", answer: "loseAnswer", times: 1 },
      { path: "/hooks/chat", answer: "reset", times: 1 },
      { method: "POST", path: TABLE, answer: "loseAnswer", times: 1 },
      { method: "PATCH", path: TABLE, answer: "loseAnswer", times: 1 },
    ]);
    await lab.breakRoute();
    await lab.seconds(HALF_HOUR_SECONDS);
    const [first, second, third, ...more] = lab.desk.requests.filter(({ path }) => path === "/hooks/alerts");
    expect(more).toEqual([]);
    expect((second?.atEpochMs ?? 0) - (first?.atEpochMs ?? 0)).toBeGreaterThanOrEqual(900_000);
    expect(new Set([first, second, third].map((each) => each?.idempotencyKey)).size).toBe(1);
    expect(new Set(hooked()).size).toBe(1);
    expect(lab.desk.messages).toHaveLength(1);
    await lab.mendRoute();
    await lab.seconds(600);
    expect(lab.desk.incidents.map(({ row, journal }) => [row.state, journal.length])).toEqual([["6", 1]]);
  });

  it("that refuses an alert for good is not asked again, and says so in the status and as a metric", async () => {
    lab = await openAlertLab();
    lab.fail([{ path: "/hooks/alerts", answer: { status: 400, body: "too long" }, times: 1 }]);
    await lab.breakRoute();
    await lab.seconds(HALF_HOUR_SECONDS);
    const url = `${lab.world.url()}/api/environments/kubenet/alerts`;
    const status = (await (await fetch(url)).json()) as { sinks: readonly Record<string, unknown>[] };
    expect(status.sinks.find(({ sink }) => sink === "webhook")).toMatchObject({
      waitingCount: 0,
      refusedCount: 1,
      refused: [{ why: "It answered 400: too long", title: expect.stringContaining("a node has no route") }],
    });
    const metrics = await (await fetch(`${lab.world.url()}/api/metrics`)).text();
    expect(metrics).toContain('portcullis_alerts_refused_total{environment="kubenet",sink="webhook"} 1');
    await lab.mendRoute();
    expect(hooked().map((each) => each.split(" ")[0])).toEqual(["closed"]);
  });
});

describe("a host that is killed", () => {
  it.each(["/hooks/alerts", TABLE])(
    "between the answer of %s and its record repeats itself under the same key at most",
    async (path) => {
      lab = await openAlertLab();
      const writes = () => lab.desk.requests.filter((each) => each.method === "POST" && each.path === path);
      lab.loseAksWrites();
      await lab.scale(3);
      await lab.seconds(700);
      await lab.until(() => writes().length > 0);
      await lab.world.crashAndRestart();
      await lab.seconds(1200);
      expect(lab.desk.incidents).toHaveLength(1);
      expect(lab.desk.requests.filter((each) => each.method === "POST" && each.path === TABLE)).toHaveLength(1);
      const openings = hooked().filter((each) => each.startsWith("opened"));
      expect(openings).toHaveLength(path === TABLE ? 1 : 2);
      expect(new Set(openings).size).toBe(1);
      expect((await lab.outbox()).alerts).toEqual([]);
    },
  );
});
