import { describe, expect, it } from "vitest";
import {
  afterTooMuch,
  afterWindow,
  begun,
  nextWindow,
  unreadLog,
  type WatchCursor,
} from "../../../src/domain/deniedEgress/window.ts";
import { atMinute } from "./egressWorld.ts";

/** Read up to a minute. */
const readTo = (minute: number): WatchCursor => ({
  ...unreadLog,
  origin: atMinute(0),
  watermark: atMinute(minute),
  sequence: 7,
});

describe("nextWindow", () => {
  it("begins where the last one ended, leaves two minutes to settle and reads ten once more", () => {
    expect(nextWindow(readTo(60), { at: atMinute(67.5) })).toEqual({
      sequence: 8,
      from: atMinute(60),
      to: atMinute(65),
      overlapFrom: atMinute(50),
      isCut: false,
    });
  });

  it("takes half an hour at most, and says that there is more", () => {
    expect(nextWindow(readTo(60), { at: atMinute(300) })).toMatchObject({ to: atMinute(90), isCut: true });
    expect(nextWindow(readTo(60), { at: atMinute(92) })).toMatchObject({ to: atMinute(90), isCut: false });
  });

  it("is not there when nothing has settled, when the clock stands still or was put back", () => {
    for (const minute of [62.9, 62, 60, 10]) expect(nextWindow(readTo(60), { at: atMinute(minute) })).toBeUndefined();
    expect(nextWindow(readTo(60), { at: atMinute(63) })).toMatchObject({ to: atMinute(61) });
  });

  it("begins with the environment's building, and an hour ago at most", () => {
    const first = nextWindow(unreadLog, { at: atMinute(30.5), builtAt: atMinute(10.7) });
    expect(first).toMatchObject({ from: atMinute(10), overlapFrom: atMinute(10), to: atMinute(28) });
    expect(nextWindow(unreadLog, { at: atMinute(300), builtAt: atMinute(10) })).toMatchObject({ from: atMinute(240) });
    expect(nextWindow(unreadLog, { at: atMinute(300) })).toMatchObject({
      from: atMinute(240),
      overlapFrom: atMinute(240),
    });
  });

  it("keeps its first beginning however late the first window succeeds", () => {
    const first = nextWindow(unreadLog, { at: atMinute(60) });
    const cursor = first === undefined ? unreadLog : begun(unreadLog, first);
    expect(nextWindow(cursor, { at: atMinute(500) })).toMatchObject({
      from: first?.from,
      overlapFrom: first?.from,
      sequence: 2,
    });
  });

  it("never reads again what was before the first beginning", () => {
    expect(nextWindow(readTo(4), { at: atMinute(10) })).toMatchObject({ from: atMinute(4), overlapFrom: atMinute(0) });
  });
});

describe("afterTooMuch and afterWindow", () => {
  it("halve what is asked for down to a minute, and double it again", () => {
    let cursor = readTo(0);
    const spans: number[] = [];
    for (let round = 0; round < 6; round++) {
      const window = nextWindow(cursor, { at: atMinute(300) });
      if (window !== undefined) cursor = afterTooMuch(cursor, window);
      spans.push(cursor.spanMinutes);
    }
    expect(spans).toEqual([15, 7, 3, 1, 1, 1]);
    for (let round = 0; round < 6; round++) {
      const window = nextWindow(cursor, { at: atMinute(300) });
      if (window !== undefined) cursor = afterWindow(cursor, window, undefined);
    }
    expect(cursor).toMatchObject({ spanMinutes: 30, watermark: atMinute(1 + 2 + 4 + 8 + 16 + 30) });
  });

  it("move no further than the log's own clock, and never back", () => {
    const window = nextWindow(readTo(60), { at: atMinute(90) });
    if (window === undefined) throw new Error("There is something to read.");
    expect(window.to).toBe(atMinute(88));
    expect(afterWindow(readTo(60), window, atMinute(70.2)).watermark).toBe(atMinute(68));
    expect(afterWindow(readTo(60), window, atMinute(20)).watermark).toBe(atMinute(60));
    expect(afterWindow(readTo(60), window, atMinute(900)).watermark).toBe(atMinute(88));
  });
});
