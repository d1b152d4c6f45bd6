import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock.ts";
import { startHost } from "../../local/host/host.ts";
import { parseSchedule } from "../../local/host/timers/schedule.ts";
import { FIXTURE_APP, FixtureHost, ledger, START_EPOCH_MS } from "./fixtureHost.ts";

const MINUTE_MS = 60_000;
const everyFiveMinutes = { FIXTURE_SCHEDULE: "0 */5 * * * *" };

describe("timer functions", () => {
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0)) await step();
  });
  const start = async (options: Parameters<typeof FixtureHost.start>[0]): Promise<FixtureHost> => {
    const fixture = await FixtureHost.start(options);
    cleanUp.push(() => fixture.host.crash());
    return fixture;
  };
  const stateFile = (): string => {
    const directory = mkdtempSync(join(tmpdir(), "local-host-timers-"));
    cleanUp.push(() => rmSync(directory, { recursive: true }));
    return join(directory, "host.sqlite");
  };

  it("run on their schedule, to the second", async () => {
    const fixture = await start({ settings: everyFiveMinutes });
    const before = ledger().length;
    await fixture.clock.advance(11 * MINUTE_MS);
    expect(ledger().slice(before)).toEqual([
      "timer at 2026-01-01T00:05:00.000Z past due false last 0001-01-01T00:00:00",
      "timer at 2026-01-01T00:10:00.000Z past due false last 2026-01-01T00:05:00.000Z",
    ]);
  });

  it("are fired by hand without a change of their schedule", async () => {
    const fixture = await start({ settings: everyFiveMinutes });
    await fixture.clock.advance(MINUTE_MS);
    const before = ledger().length;
    expect((await fixture.fetch("/admin/functions/EVERYFIVEMINUTES", { method: "POST", body: "{}" })).status).toBe(202);
    await fixture.clock.advance(4 * MINUTE_MS);
    expect(ledger().slice(before)).toEqual([
      "timer at 2026-01-01T00:01:00.000Z past due false last 0001-01-01T00:00:00",
      "timer at 2026-01-01T00:05:00.000Z past due false last 0001-01-01T00:00:00",
    ]);
  });

  it("make up once for what was missed while no host ran", async () => {
    const statePath = stateFile();
    const first = await start({ statePath, settings: everyFiveMinutes });
    await first.clock.advance(6 * MINUTE_MS);
    await first.host.crash();
    const before = ledger().length;
    const clock = new VirtualClock(START_EPOCH_MS + 33 * MINUTE_MS);
    const second = await start({ statePath, clock, settings: everyFiveMinutes });
    await second.clock.advance(3 * MINUTE_MS);
    expect(ledger().slice(before)).toEqual([
      "timer at 2026-01-01T00:33:00.000Z past due true last 2026-01-01T00:05:00.000Z",
      "timer at 2026-01-01T00:35:00.000Z past due false last 2026-01-01T00:33:00.000Z",
    ]);
  });

  it("stop the host from starting when their setting is missing or wrong", async () => {
    const options = { appDirectory: FIXTURE_APP, statePath: ":memory:", clock: new VirtualClock(0) };
    await expect(startHost(options)).rejects.toThrow("the setting %FIXTURE_SCHEDULE%, which is not set");
    await expect(startHost({ ...options, settings: { FIXTURE_SCHEDULE: "often" } })).rejects.toThrow("'often'");
  });

  it("cannot be fired by hand when they are something else", async () => {
    const fixture = await start({});
    const fire = (name: string): Promise<Response> => fixture.fetch(`/admin/functions/${name}`, { method: "POST" });
    expect((await fire("hello")).status).toBe(400);
    expect(await (await fire("fanOut")).text()).toContain("start it with the durable client");
    expect((await fire("nobody")).status).toBe(404);
  });
});

describe("parseSchedule", () => {
  const after = Date.parse("2026-01-01T00:00:00Z"); // a Thursday
  it.each([
    ["0 */5 * * * *", "2026-01-01T00:05:00.000Z"],
    ["*/5 * * * *", "2026-01-01T00:05:00.000Z"],
    ["30 15 8-18/2 * * 1-5", "2026-01-01T08:15:30.000Z"],
    ["0 0 0 * * Mon", "2026-01-05T00:00:00.000Z"],
    ["0 0 0 1 Feb *", "2026-02-01T00:00:00.000Z"],
    ["0 0 0 13 * Fri", "2026-02-13T00:00:00.000Z"],
    ["01:30:00", "2026-01-01T01:30:00.000Z"],
    ["1.00:00:00", "2026-01-02T00:00:00.000Z"],
  ])("gives the first time of %s", (expression, next) => {
    expect(new Date(parseSchedule(expression).next(after)).toISOString()).toBe(next);
  });

  it.each(["", "* * *", "61 * * * * *", "0 0 0 L * *", "@daily", "00:00:00", "0 0 0 ? * *"])(
    "refuses '%s', which Azure would refuse",
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow("was not recognized as a valid cron expression or timespan");
    },
  );
});
