import { describe, expect, it } from "vitest";
import { giveUpAfterSeconds, nextLookSeconds, nextTrySeconds, patienceSeconds } from "../../src/domain/pace.ts";

describe("nextLookSeconds", () => {
  const look = (expectedSeconds: number, elapsedSeconds: number, retryAfterSeconds?: number) =>
    nextLookSeconds({ expectedSeconds, elapsedSeconds, retryAfterSeconds });

  it("aims at the expected end of a short operation", () => {
    expect(look(4, 0)).toBe(4);
    expect(look(4, 1.5)).toBe(2.5);
  });

  it("looks at a long operation at least every half minute, so that an early end is noticed", () => {
    expect(look(330, 0)).toBe(30);
    expect(look(330, 310)).toBe(20);
  });

  it("looks more often, but not more than once a second, when the operation is late", () => {
    expect(look(330, 331)).toBe(10);
    expect(look(4, 5)).toBe(1);
  });

  it("looks less and less often at one that is far too late, and notices its end within an eighth of the delay", () => {
    const looks: number[] = [];
    for (let at = 3; at < 240; at += look(3, at)) looks.push(at);
    expect(looks.length).toBeLessThan(45);
    for (const [index, at] of looks.entries()) {
      const next = looks[index + 1] ?? at;
      expect(next - at).toBeLessThan(Math.max(1, (at - 3) / 8) + 0.001);
    }
    expect(look(3, 3000)).toBe(20);
  });

  it("never looks sooner than Azure's Retry-After", () => {
    expect(look(4, 0, 15)).toBe(15);
  });

  it("finds an operation that takes as long as expected at its very end", () => {
    for (const expectedSeconds of [1, 4, 29, 30, 31, 95, 330, 360]) {
      let elapsedSeconds = 0;
      while (elapsedSeconds < expectedSeconds) elapsedSeconds += look(expectedSeconds, elapsedSeconds);
      expect(elapsedSeconds, `expected ${expectedSeconds} s`).toBeLessThanOrEqual(expectedSeconds + 1);
    }
  });
});

describe("nextTrySeconds", () => {
  it("obeys Retry-After", () => {
    expect(nextTrySeconds(5, 17)).toBe(17);
    expect(nextTrySeconds(500, 600)).toBe(600);
  });

  it("does not spend a step's moves within minutes when Azure asks for no pause at all", () => {
    expect(nextTrySeconds(1, 0)).toBe(1);
    const waits = Array.from({ length: 1000 }, (_, tries) => nextTrySeconds(tries + 1, 0));
    expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(2 * 3600);
  });

  it("grows, up to a minute, when Azure names no time", () => {
    expect(nextTrySeconds(1, undefined)).toBe(10);
    expect(nextTrySeconds(6, undefined)).toBe(20);
    expect(nextTrySeconds(100, undefined)).toBe(60);
  });
});

describe("patienceSeconds", () => {
  const failure = (code: string, status?: number) => ({
    code,
    message: "",
    advice: "",
    ...(status === undefined ? {} : { status }),
  });

  it("waits longer for directory and role propagation than for the app's own missing rights", () => {
    expect(patienceSeconds(failure("PrincipalNotFound", 400))).toBeGreaterThan(
      patienceSeconds(failure("AuthorizationFailed", 403)),
    );
  });

  it("waits longest for conflicts and throttling, which others end", () => {
    expect(patienceSeconds(failure("AnotherOperationInProgress", 409))).toBe(7200);
    expect(patienceSeconds(failure("NoAnswer"))).toBe(1800);
  });
});

describe("giveUpAfterSeconds", () => {
  it("gives everything an hour, and what is slow by nature twelve times its time", () => {
    expect(giveUpAfterSeconds(2)).toBe(3600);
    expect(giveUpAfterSeconds(360)).toBe(4320);
  });
});
