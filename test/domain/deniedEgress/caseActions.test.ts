import { describe, expect, it } from "vitest";
import { acted } from "../../../src/domain/deniedEgress/caseActions.ts";
import { atMinute, flow } from "./egressWorld.ts";
import { DAY, events, oneCase, QUAY } from "./oneCase.ts";

describe("acted", () => {
  it("acknowledges: only what gets worse is told from then on", () => {
    const { run, act, now } = oneCase();
    expect(act({ kind: "acknowledge", at: atMinute(6), note: "looking" })).toEqual({ kind: "done", alerts: [] });
    expect(now()).toMatchObject({
      state: "acknowledged",
      history: [{}, { what: "acknowledged", by: "on-call", note: "looking" }],
    });
    const told: string[] = [];
    for (let minute = 10; minute < DAY; minute += 5) {
      run.add(flow(minute - 3));
      told.push(...run.pass(minute).map(({ text }) => text.split(".")[0] ?? ""));
    }
    expect(told).toEqual([
      "It has become worse: medium → high, images cannot be pulled from there, and it has gone on for 1 hour",
    ]);
    expect(act({ kind: "acknowledge", at: atMinute(DAY) })).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("by on-call"),
    });
  });

  it("suppresses: it is counted and not told, and told when it ends and goes on", () => {
    const { run, act, now } = oneCase();
    act({ kind: "suppress", at: atMinute(6), until: atMinute(3 * DAY), note: "known to the team" });
    for (let minute = 10; minute < 3 * DAY; minute += 60) expect(run.add(flow(minute - 3)).pass(minute)).toEqual([]);
    expect(now()).toMatchObject({
      state: "suppressed",
      count: 3 + 3 * 72,
      suppression: { by: "on-call", reason: "known to the team", countSince: 3 * 72 },
    });
    expect(events(run.pass(3 * DAY))).toEqual([`updated: ${QUAY}`]);
    expect(now()).toMatchObject({ state: "open" });
    expect(now()?.suppression).toBeUndefined();
  });

  it("tells at once of what came while it was suppressed, and nothing when nothing came", () => {
    for (const comes of [true, false]) {
      const { run, act, now } = oneCase();
      act({ kind: "suppress", at: atMinute(6), until: atMinute(30), note: "a deployment" });
      if (comes) run.add(flow(22));
      expect(run.pass(25)).toEqual([]);
      expect(run.pass(29)).toEqual([]);
      expect(events(run.pass(30))).toEqual(comes ? [`updated: ${QUAY}`] : []);
      expect(now()?.state).toBe("open");
    }
  });

  it("keeps a suppressed case open however quiet it is, so that its return is suppressed as well", () => {
    const { run, act, now } = oneCase();
    act({ kind: "suppress", at: atMinute(6), until: atMinute(10 * DAY), note: "every Monday" });
    expect([run.pass(7 * DAY), run.add(flow(7 * DAY + 1)).pass(7 * DAY + 5), now()?.count]).toEqual([[], [], 6]);
  });

  it("closes by hand and tells so; what comes afterwards opens anew", () => {
    const { run, opened, act } = oneCase();
    const outcome = act({ kind: "close", at: atMinute(6), note: "rule added" });
    expect(outcome).toMatchObject({
      kind: "done",
      alerts: [{ event: "closed", subject: opened.subject, revision: 2 }],
    });
    // What is over needs no rule.
    expect([opened, ...(outcome.kind === "done" ? outcome.alerts : [])].map(({ rule }) => rule !== undefined)).toEqual([
      true,
      false,
    ]);
    expect(outcome.kind === "done" ? outcome.alerts[0]?.text : "").toMatch(
      /^Closed by hand by on-call \(rule added\)\./,
    );
    expect(act({ kind: "close", at: atMinute(7) }).kind).toBe("refused");
    expect(run.pass(10)).toEqual([]);
    expect(
      run
        .add(flow(9))
        .pass(15)
        .map(({ event }) => event),
    ).toEqual(["opened"]);
  });

  it("acknowledges what is suppressed, which it is no more, and stays so beyond the date", () => {
    const { run, act, now } = oneCase();
    act({ kind: "suppress", at: atMinute(6), until: atMinute(30), note: "known" });
    act({ kind: "acknowledge", at: atMinute(7) });
    expect(now()).not.toHaveProperty("suppression");
    run.pass(40);
    expect(now()).toMatchObject({ state: "acknowledged", revision: 3 });
  });

  it("closes what is suppressed, which it is no more", () => {
    const { act, now } = oneCase();
    act({ kind: "suppress", at: atMinute(6), until: atMinute(DAY), note: "known" });
    expect(act({ kind: "close", at: atMinute(7) })).toMatchObject({ kind: "done", alerts: [{ event: "closed" }] });
    expect(now()).not.toHaveProperty("suppression");
  });

  it("refuses what makes no sense, and says why", () => {
    const { act, run } = oneCase();
    const suppress = { kind: "suppress", at: atMinute(6), note: "known" } as const;
    const refusals = [
      act({ ...suppress }),
      act({ ...suppress, until: "tomorrow" }),
      act({ ...suppress, until: atMinute(6) }),
      act({ ...suppress, until: atMinute(90 * DAY + 7) }),
      act({ ...suppress, until: atMinute(60), note: " " }),
    ];
    expect(refusals.map(({ kind }) => kind)).toEqual(refusals.map(() => "refused"));
    expect(act({ ...suppress, until: atMinute(90 * DAY + 6) }).kind).toBe("done");
    expect(acted(run.state.book, { ...suppress, id: "shop-000000000000-1", by: "x" })[1].kind).toBe("unknown");
  });
});
