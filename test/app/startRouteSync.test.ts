import { describe, expect, it } from "vitest";
import type { DurableInstance } from "../../src/durableInstances.ts";
import { startRouteSync } from "../../src/functions/startRouteSync.ts";

const hint = { environment: "seed", reason: "event", why: "a test" } as const;
const now = Date.UTC(2026, 10, 2, 8, 0, 7);
const DAY_MS = 24 * 3600_000;

/** Instances in memory, as the durable runtime keeps them; `racing` starts the same one just before. */
function instances(racing?: (start: (input: unknown) => void) => void) {
  const known = new Map<string, DurableInstance>();
  let startCount = 0;
  const put = (id: string, input: unknown, isEnded = false): void => {
    known.set(id, { input, customStatus: null, output: null, runtimeStatus: "Running", isEnded });
  };
  return {
    startCount: () => startCount,
    endAll: () => {
      for (const [id, { input }] of known) put(id, input, true);
    },
    find: async (id: string) => known.get(id),
    start: async (_: string, id: string, input: unknown) => {
      racing?.((others) => put(id, others ?? input));
      if (known.get(id)?.isEnded === false) throw new Error("500");
      startCount += 1;
      put(id, input);
    },
  };
}

describe("startRouteSync", () => {
  it("starts one look for a bucket, running or ended, and another a day later in its place", async () => {
    const durable = instances();
    await startRouteSync(durable, hint, now);
    await startRouteSync(durable, hint, now + 5_000);
    durable.endAll();
    await startRouteSync(durable, hint, now + 6_000);
    expect(durable.startCount()).toBe(1);
    await startRouteSync(durable, hint, now + DAY_MS);
    expect(durable.startCount()).toBe(2);
  });

  it("is content when another hint has started the same look meanwhile", async () => {
    const durable = instances((start) => start(undefined));
    await startRouteSync(durable, hint, now);
    expect(durable.startCount()).toBe(0);
  });

  it("throws when the look could not be started at all, so that the event comes again", async () => {
    const durable = instances((start) => start({ dueAt: "2026-11-01T08:00:17.000Z" }));
    await expect(startRouteSync(durable, hint, now)).rejects.toThrow("500");
  });
});
