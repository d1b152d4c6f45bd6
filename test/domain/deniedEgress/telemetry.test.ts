import { describe, expect, it } from "vitest";
import { diagnosticDrift } from "../../../src/domain/deniedEgress/telemetry.ts";
import { firewallDiagnostics } from "../../../src/resources/diagnosticSetting.ts";
import { seedSpec } from "../seedSpec.ts";
import { atMinute, flow, look } from "./egressWorld.ts";
import { WatchRun } from "./watchRun.ts";

const wanted = firewallDiagnostics.desired(seedSpec(), {});

describe("diagnosticDrift", () => {
  it("is nothing for the setting as it is wanted, with whatever else Azure answers", () => {
    expect(diagnosticDrift(wanted, wanted, firewallDiagnostics)).toEqual([]);
    expect(diagnosticDrift({ ...wanted, location: null, name: "to-lagw" }, wanted, firewallDiagnostics)).toEqual([]);
    expect(diagnosticDrift(undefined, wanted, firewallDiagnostics)).toBe("missing");
  });
});

describe("findings about the log", () => {
  it("opens and closes with silence, once each time", () => {
    const run = new WatchRun({ newestRowAt: atMinute(0) });
    run.pass(0);
    expect(run.pass(61)).toEqual([]);
    const [silent] = run.pass(62);
    expect(silent).toMatchObject({
      event: "opened",
      kind: "telemetry",
      severity: "high",
      title: "shop: the firewall's log is silent",
      revision: 1,
    });
    expect(silent?.text).toContain("has written no row since 2026-11-02 08:00 UTC");
    expect(run.pass(68)).toEqual([]);
    expect(run.pass(75, { newestRowAt: atMinute(70) })).toMatchObject([
      { event: "closed", subject: silent?.subject, revision: 2 },
    ]);
    expect(run.pass(200, { newestRowAt: atMinute(70) })).toMatchObject([
      { event: "opened", subject: silent?.subject.replace(/1$/, "2"), revision: 1 },
    ]);
  });

  it("judges silence by what was read, not by a clock that is ahead", () => {
    const run = new WatchRun({ newestRowAt: atMinute(0) });
    run.pass(30);
    run.add(flow(100));
    expect(run.pass(130, { newestRowAt: atMinute(120) })).toMatchObject([{ kind: "deniedEgress" }]);
  });

  it("has its grace from the first look on, however far back that looks", () => {
    const run = new WatchRun({ newestRowAt: atMinute(-600) });
    for (const minute of [5, 10, 40, 65]) expect(run.pass(minute)).toEqual([]);
    expect(run.pass(70)).toMatchObject([{ event: "opened", title: "shop: the firewall's log is silent" }]);
  });

  it("has its grace before the first row, and no finding for tables that there never were", () => {
    const run = new WatchRun();
    run.hasRows = false;
    expect(run.pass(5, { tables: [] })).toEqual([]);
    expect(run.pass(60, { tables: [] })).toEqual([]);
    expect(run.pass(70, { tables: [] })[0]?.text).toContain("has never written a row");
  });

  it("remembers the newest row that there was, whatever a later answer knows of", () => {
    const run = new WatchRun();
    run.pass(5);
    run.pass(50);
    expect(run.pass(80, { newestRowAt: atMinute(2) })).toEqual([]);
    run.hasRows = false;
    expect(run.pass(85)).toEqual([]);
    expect(run.pass(115)[0]?.text).toContain("has written no row since 2026-11-02 08:50 UTC");
  });

  it("is not over for being unread", () => {
    const run = new WatchRun({ newestRowAt: atMinute(0) });
    run.pass(5);
    expect(run.pass(70)).toHaveLength(1);
    expect(run.fail(75, "throttled")[0]).toEqual([]);
    expect(run.pass(80, { newestRowAt: atMinute(78) }).map(({ event }) => event)).toEqual(["closed"]);
  });

  it("names a table that is gone, a setting that was changed or is gone, and a workspace that is gone", () => {
    const run = new WatchRun();
    run.pass(5);
    expect(run.pass(10, { tables: [] })).toMatchObject([{ title: "shop: a table of the firewall's log is gone" }]);
    run.pass(15);
    const codes = (minute: number) =>
      run
        .pass(minute)
        .filter(({ event }) => event === "opened")
        .map(({ facts }) => facts[0]?.value);
    run.look = { ...look, diagnosticSetting: [{ path: "properties.workspaceId", from: "other", to: "ours" }] };
    expect(codes(20)).toEqual(["DiagnosticSettingChanged"]);
    run.look = { ...look, diagnosticSetting: "missing" };
    expect(codes(25)).toEqual(["DiagnosticSettingMissing"]);
    run.look = { firewall: "fw1" };
    expect(codes(30)).toEqual(["WorkspaceGone"]);
    run.look = look;
    expect(run.pass(35).map(({ event }) => event)).toEqual(["closed"]);
  });

  it("does not take a setting that could not be looked at for right", () => {
    const run = new WatchRun();
    run.look = { ...look, diagnosticSetting: "missing" };
    expect(run.pass(5)).toHaveLength(1);
    run.look = { workspace: "log-fw", firewall: "fw1" };
    expect(run.pass(10)).toEqual([]);
    expect(run.fail(15, "throttled")[0]).toEqual([]);
    run.look = look;
    expect(run.pass(20).map(({ event }) => event)).toEqual(["closed"]);
  });

  it("has one finding for a workspace that is gone, whoever says so", () => {
    const run = new WatchRun();
    run.look = { firewall: "fw1" };
    expect(run.fail(5, "workspaceGone", "look")[0]).toMatchObject([
      { title: "shop: the workspace of the firewall's log is gone" },
    ]);
    expect(run.fail(10, "workspaceGone")[0]).toEqual([]);
    expect(run.fail(15, "workspaceGone", "look")[0]).toEqual([]);
  });

  it("says when rows come late, which is not over while none come, but when they come in time", () => {
    const run = new WatchRun();
    run.lagSeconds = 1_799;
    expect(run.pass(60)).toEqual([]);
    run.lagSeconds = 1_800;
    expect(run.pass(65).map(({ title }) => title)).toEqual(["shop: the firewall's log is late"]);
    run.lagSeconds = undefined;
    expect(run.pass(70)).toEqual([]);
    run.lagSeconds = 240;
    expect(run.pass(75).map(({ event }) => event)).toEqual(["closed"]);
  });

  it("calls a log silent and no longer late when nothing comes at all", () => {
    const run = new WatchRun();
    run.lagSeconds = 3_000;
    run.pass(5);
    run.lagSeconds = undefined;
    run.hasRows = false;
    expect(run.pass(70).map(({ event, title }) => `${event} ${title}`)).toEqual([
      "closed shop: the firewall's log is late",
      "opened shop: the firewall's log is silent",
    ]);
  });

  it("raises a refusal at once, other failures when they go on, and closes both with the first reading", () => {
    const run = new WatchRun();
    run.pass(5);
    expect(run.fail(10, "refused")[0]).toMatchObject([
      { title: "shop: the firewall's log may not be read", severity: "high" },
    ]);
    expect(run.pass(15).map(({ event }) => event)).toEqual(["closed"]);
    const failed = [20, 25, 30, 35].map((minute) => run.fail(minute, "other")[0].map(({ title }) => title));
    expect(failed).toEqual([[], [], ["shop: the firewall's log cannot be read"], []]);
    expect(run.state.telemetry.findings[0]?.sentence).toContain("4 times in a row, since 2026-11-02 08:20 UTC");
    expect(run.pass(40).map(({ event }) => event)).toEqual(["closed"]);
    expect(run.state.counters).toMatchObject({ failedPassCount: 5 });
  });

  it("asks for less at once when it was too much, until a minute is too much", () => {
    const run = new WatchRun();
    expect([100, 100, 100, 100, 100].map((minute) => run.fail(minute, "tooMuch", "look")[1])).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(run.state.cursor).toMatchObject({ spanMinutes: 1, watermark: atMinute(40) });
  });
});
