import { describe, expect, it } from "vitest";
import {
  beginRead,
  displaceRead,
  endRead,
  forgetEnvironment,
} from "../../../src/domain/deniedEgress/egressWatchState.ts";
import type { LogHealth } from "../../../src/domain/deniedEgress/telemetry.ts";
import { atMinute, flow } from "./egressWorld.ts";
import { oneCase } from "./oneCase.ts";
import { WatchRun } from "./watchRun.ts";

describe("the turn", () => {
  it("is one instance's at a time, gives the same window when asked again, and is taken only from the dead", () => {
    const { state } = new WatchRun();
    const [begun, first] = beginRead(state, { instanceId: "a", at: atMinute(5) });
    expect(first).toMatchObject({ kind: "go", window: { sequence: 1 } });
    expect(beginRead(begun, { instanceId: "a", at: atMinute(9) })[1]).toEqual(first);
    expect(beginRead(begun, { instanceId: "b", at: atMinute(9) })).toEqual([begun, { kind: "busy", with: "a" }]);
    expect(displaceRead(begun, { instanceId: "b", dead: "c", at: atMinute(9) })[1]).toEqual({
      kind: "busy",
      with: "a",
    });
    const [taken, second] = displaceRead(begun, { instanceId: "b", dead: "a", at: atMinute(9) });
    expect(second).toMatchObject({
      kind: "go",
      window: { sequence: 2, from: first.kind === "go" ? first.window.from : "" },
    });
    expect(endRead(taken, { instanceId: "a" })).toBe(taken);
    expect(endRead(taken, { instanceId: "b" }).running).toBeUndefined();
  });

  it("is not taken when there is nothing to read", () => {
    const run = new WatchRun();
    run.pass(5);
    const [state, answer] = beginRead(run.state, { instanceId: "a", at: atMinute(5) });
    expect([answer, state.running]).toEqual([{ kind: "idle" }, undefined]);
  });
});

describe("a turn in which nothing is left to read", () => {
  it("is over, so that the next instance need not find out who has it", () => {
    const { state } = new WatchRun();
    const a = { instanceId: "a", at: atMinute(5) };
    const [begun] = beginRead(state, a);
    const { pending: _, ...counted } = begun;
    const read = { ...counted, cursor: { ...begun.cursor, watermark: atMinute(3) } };
    const failing: NonNullable<LogHealth["failing"]> = {
      count: 1,
      since: atMinute(4),
      kind: "throttled",
      failure: { code: "ThrottledError", message: "Later.", advice: "Wait." },
      retryAt: atMinute(9),
    };
    for (const each of [read, { ...counted, health: { ...counted.health, failing } }]) {
      const [next, answer] = beginRead(each, a);
      expect([each.running?.instanceId, answer.kind, next.running]).toEqual(["a", "idle", undefined]);
    }
  });
});

describe("forgetEnvironment", () => {
  it("closes what is open, and gives no id twice when the environment comes back", () => {
    const { run, opened } = oneCase();
    const [state, alerts] = forgetEnvironment(run.state, { environment: "shop", at: atMinute(10) });
    expect(alerts.map(({ event, subject }) => `${event} ${subject}`)).toEqual([`closed ${opened.subject}`]);
    run.state = state;
    expect(
      run
        .add(flow(12))
        .pass(20)
        .map(({ subject }) => subject),
    ).toEqual([opened.subject.replace(/1$/, "2")]);
  });

  it("tells of no end of what nobody was told of, and uses no window's number twice", () => {
    const run = new WatchRun().add(flow(1));
    run.settings = { ...run.settings, openAfterHits: 10 };
    expect(run.pass(5)).toEqual([]);
    const [once, alerts] = forgetEnvironment(run.state, { environment: "shop", at: atMinute(10) });
    expect(alerts).toEqual([]);
    expect(once.cursor.sequence).toBe(run.state.cursor.sequence);
    const [twice] = forgetEnvironment(once, { environment: "shop", at: atMinute(11) });
    expect(twice.book.occurrenceFloor).toBe(1);
  });
});
