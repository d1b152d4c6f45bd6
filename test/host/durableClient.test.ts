import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FixtureHost, type InstanceStatus, ledger, START_EPOCH_MS } from "./fixtureHost.ts";

describe("the durable client", () => {
  let fixture: FixtureHost;
  beforeAll(async () => {
    fixture = await FixtureHost.start();
  });
  afterAll(() => fixture.host.stop());

  const start = (id: string, name = "waitForGo", input: unknown = 1) =>
    fixture.client("startNew", name, { instanceId: id, input });

  it("starts an instance under the id that it asks for", async () => {
    expect(await start("asked")).toEqual({ value: "asked" });
    expect(await fixture.client("getStatus", "asked")).toMatchObject({
      value: {
        name: "waitForGo",
        instanceId: "asked",
        input: 1,
        output: null,
        createdTime: "2026-01-01T00:00:00.000Z",
      },
    });
  });

  it("refuses a second instance of an id while the first runs, and replaces it when it has ended", async () => {
    await start("twice");
    expect((await start("twice")).error).toMatch(/409.*already exists/);
    await fixture.client("terminate", "twice", "enough");
    await fixture.settle();
    expect(await start("twice", "nothing")).toEqual({ value: "twice" });
    expect(await fixture.until("twice")).toMatchObject({ name: "nothing", runtimeStatus: "Completed" });
  });

  it("is told the known orchestrators when it starts one that is not there", async () => {
    expect((await start("x", "isNotThere")).error).toMatch(/400.*'isNotThere' doesn't exist.*'fanOut'/);
  });

  it.each(["@entity", "x".repeat(101), "a%2Fb", "a%5Cb", "a%23b"])("is refused the instance id %s", async (id) => {
    expect((await start(id)).error).toMatch(/400.*(must not|must not exceed)/i);
  });

  it("terminates an instance with its reason, and its activities' results are dropped", async () => {
    await start("ended", "fanOut", { prefix: "ended", count: 2, milliseconds: 300 });
    await fixture.client("terminate", "ended", "enough");
    expect(await fixture.until("ended")).toMatchObject({ runtimeStatus: "Terminated", output: "enough" });
    expect(await fixture.client("terminate", "ended", "again")).toEqual({ value: null });
    expect((await fixture.management("instances/ended/terminate", { method: "POST" })).status).toBe(410);
  });

  it("terminates an instance whose waiting activities then never start", async () => {
    await fixture.settle();
    const sideBySide = 8;
    await start("stopped", "fanOut", { prefix: "stopped", count: sideBySide + 4, milliseconds: 300 });
    const begun = (): number => ledger().filter((entry) => entry.startsWith("begin stopped-")).length;
    while (begun() === 0) await new Promise((resolve) => setImmediate(resolve));
    await fixture.client("terminate", "stopped", "enough");
    expect((await fixture.until("stopped")).runtimeStatus).toBe("Terminated");
    await fixture.settle();
    expect(begun()).toBe(sideBySide);
  });

  it("says so when there is no such instance", async () => {
    expect((await fixture.client("terminate", "nobody", "x")).error).toBe("No instance with ID 'nobody' found.");
    expect((await fixture.client("getStatus", "nobody")).error).toMatch(/404/);
    expect((await fixture.client("raiseEvent", "nobody", "go", 1)).error).toBe("No instance with ID 'nobody' found.");
    expect(await fixture.client("purgeInstanceHistory", "nobody")).toEqual({ value: { instancesDeleted: 0 } });
  });

  it("keeps the mail of a suspended instance until it is resumed", async () => {
    await start("paused");
    await fixture.settle();
    await fixture.client("suspend", "paused", "hold on");
    await fixture.settle();
    await fixture.client("raiseEvent", "paused", "go", "later");
    await fixture.settle();
    expect((await fixture.status("paused")).runtimeStatus).toBe("Suspended");
    expect((await fixture.client("suspend", "paused", "x")).error).toMatch(/500/);
    await fixture.client("resume", "paused", "go on");
    expect(await fixture.until("paused")).toMatchObject({ runtimeStatus: "Completed", output: "later" });
  });

  it("purges an instance with its history", async () => {
    await fixture.run("nothing", undefined, "purged");
    expect(await fixture.client("purgeInstanceHistory", "purged")).toEqual({ value: { instancesDeleted: 1 } });
    expect((await fixture.management("instances/purged")).status).toBe(404);
  });

  it("lists instances over several pages, and purges the ended ones among them", async () => {
    await fixture.clock.advance(60_000);
    const ids = Array.from({ length: 230 }, (_, index) => `page-${index}`);
    for (const id of ids) await fixture.begin("nothing", undefined, id);
    await fixture.begin("waitForGo", undefined, "still-running");
    await fixture.until("page-229");
    await fixture.settle();
    const filter = { createdTimeFrom: new Date(START_EPOCH_MS + 60_000).toISOString() };
    const listed = (await fixture.client("getStatusBy", filter)).value as InstanceStatus[];
    expect(listed.map((instance) => instance.instanceId).sort()).toEqual([...ids, "still-running"].sort());
    const ended = (await fixture.client("getStatusBy", { ...filter, runtimeStatus: ["Completed"] })).value;
    expect(ended).toHaveLength(230);
    const purged = await fixture.client("purgeInstanceHistoryBy", filter);
    expect(purged).toEqual({ value: { instancesDeleted: 230 } });
  });

  it("shows the history with names and results when it is asked for", async () => {
    await fixture.run("fanOut", { prefix: "shown", count: 2 }, "shown");
    const { historyEvents } = await fixture.status("shown", "?showHistory=true&showHistoryOutput=true");
    expect(historyEvents?.map((event) => [event.EventType, event.FunctionName, event.Result])).toEqual([
      ["ExecutionStarted", "fanOut", undefined],
      ["TaskCompleted", "double", 0],
      ["TaskCompleted", "double", 2],
      ["ExecutionCompleted", undefined, [0, 2]],
    ]);
  });

  it("makes a check-status response that leads to the instance", async () => {
    const response = await fixture.fetch("/api/accepted", { method: "POST" });
    const links = (await response.json()) as { id: string; statusQueryGetUri: string };
    expect(response.status).toBe(202);
    await fixture.until(links.id);
    expect(await (await fetch(links.statusQueryGetUri)).json()).toMatchObject({
      runtimeStatus: "Completed",
      output: [0],
    });
  });

  it.each([
    ["POST", "instances/asked/rewind?reason=x"],
    ["POST", "instances/asked/restart"],
    ["POST", "orchestrators/nothing?timeout=10"],
    ["GET", "entities"],
  ])("answers 501 with what to do instead to %s %s", async (method, path) => {
    const response = await fixture.management(path, { method });
    expect(response.status).toBe(501);
    expect(await response.text()).toMatch(/not implemented by the local host; \w+/);
  });

  it("refuses another task hub, other content than JSON, and paths that are not there", async () => {
    expect((await fixture.management("instances/asked?taskHub=Other")).status).toBe(400);
    const text = { method: "POST", headers: { "content-type": "text/plain" }, body: "x" };
    expect((await fixture.management("instances/asked/raiseEvent/go", text)).status).toBe(400);
    const broken = { method: "POST", headers: { "content-type": "application/json" }, body: "{" };
    expect((await fixture.management("instances/asked/raiseEvent/go", broken)).status).toBe(400);
    expect((await fixture.management("instances/asked/dance", { method: "POST" })).status).toBe(404);
    expect((await fixture.management("elsewhere")).status).toBe(404);
  });
});
