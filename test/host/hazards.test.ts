import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FixtureHost } from "./fixtureHost.ts";

describe("what does not work on Azure or here", () => {
  let fixture: FixtureHost;
  beforeAll(async () => {
    fixture = await FixtureHost.start();
  });
  afterAll(() => fixture.host.stop());

  const failures: readonly (readonly [string, RegExp])[] = [
    ["reusedInAny", /put a task that it had used already \(double\).*waves of Task\.all/],
    ["reusedInAll", /put a task that it had used already \(double\)/],
    ["reusedEvent", /put a task that it had used already \(go\)/],
    [
      "nonDeterministic",
      /Non-Deterministic workflow.*history has activity echo.*now did activity returnNothing.*Decide only by/,
    ],
    ["unknownActivity", /'isNotThere' doesn't exist.*known activity functions: 'double', /],
    ["callsHttp", /used callHttp, which the local host does not implement; make the call in an activity/],
    ["locks", /lock requires a Durable Functions extension that supports OOProc schema V4/],
    ["caughtAllWithRetry", /caught the failure of a Task\.all in which a task with retry is still open/],
    ["retryTimeout", /retryTimeoutInMilliseconds is over.*bound the retries by maxNumberOfAttempts/],
  ];
  it.each(failures)("fails %s with a sentence that says what to do", async (name, sentence) => {
    const status = await fixture.run(name);
    expect(status.runtimeStatus).toBe("Failed");
    expect(status.output).toMatch(sentence);
  });

  it("fails an instance whose event is raised in another case than it is waited for", async () => {
    await fixture.begin("otherCase");
    await fixture.raise("otherCase", "GO", 1);
    const status = await fixture.until("otherCase");
    expect(status).toMatchObject({
      runtimeStatus: "Failed",
      output: expect.stringContaining("names are case-sensitive"),
    });
  });

  it("takes a custom status of exactly 16 KB in UTF-16 and refuses one character more", async () => {
    const quotes = 2;
    const largest = (16 * 1024) / 2 - quotes;
    const fits = await fixture.run("customStatus", largest, "fits");
    expect(fits).toMatchObject({ runtimeStatus: "Completed", customStatus: "x".repeat(largest) });
    const tooLarge = await fixture.run("customStatus", largest + 1, "tooLarge");
    expect(tooLarge.runtimeStatus).toBe("Failed");
    expect(tooLarge.output).toContain("must not exceed 16 KB");
  });
});
