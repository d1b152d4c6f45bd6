import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FixtureHost } from "./fixtureHost.ts";

describe("entities", () => {
  let fixture: FixtureHost;
  beforeAll(async () => {
    fixture = await FixtureHost.start();
  });
  afterAll(() => fixture.host.stop());

  const read = (key: string) => fixture.client("readEntityState", ["counter", key]);
  const signal = (key: string, operation: string, input?: unknown) =>
    fixture.client("signalEntity", ["counter", key], operation, input);

  it("are signalled, called and read by an orchestration, in order", async () => {
    const { output } = await fixture.run("entityUser", "mine");
    // "[object Object]" is what durable-functions makes of an entity's error on Azure, too.
    expect(output).toEqual({ sum: 7, error: "[object Object]", value: 7 });
    expect(fixture.lines).toContainEqual(expect.stringContaining("'counter' failed in operation 'burn'"));
  });

  it("do not exist before they are used", async () => {
    expect(await read("nobody")).toEqual({ value: { entityExists: false } });
  });

  it("apply signals one after another", async () => {
    await Promise.all(Array.from({ length: 25 }, () => signal("many", "add", 1)));
    await fixture.settle();
    expect(await read("many")).toEqual({ value: { entityExists: true, entityState: 25 } });
  });

  it("run one batch at a time, also when an operation takes long", async () => {
    for (let count = 0; count < 6; count++) await signal("slow", "addSlowly", 1);
    await fixture.settle();
    expect(await read("slow")).toEqual({ value: { entityExists: true, entityState: 6 } });
  });

  it("signal each other", async () => {
    await signal("from", "forward", { to: "target", by: 3 });
    await fixture.settle();
    expect(await read("target")).toEqual({ value: { entityExists: true, entityState: 3 } });
  });

  it("go away when they delete themselves", async () => {
    await signal("short", "add", 1);
    await signal("short", "delete");
    await fixture.settle();
    expect(await read("short")).toEqual({ value: { entityExists: false } });
  });

  it("have names without case and keys with case", async () => {
    await fixture.client("signalEntity", ["COUNTER", "Key"], "add", 4);
    await fixture.settle();
    expect(await read("Key")).toEqual({ value: { entityExists: true, entityState: 4 } });
    expect(await read("key")).toEqual({ value: { entityExists: false } });
  });

  it("are refused with the known names when there is no such function", async () => {
    const { error } = await fixture.client("signalEntity", ["nowhere", "x"], "add", 1);
    expect(error).toMatch(/status code: 400.*'nowhere' doesn't exist.*'counter'/);
  });
});
