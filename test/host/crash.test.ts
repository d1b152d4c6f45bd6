import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { VirtualClock } from "../../local/clock.ts";
import { eventType, type HistoryEvent } from "../../local/host/durable/historyEvent.ts";
import { Store } from "../../local/host/store/store.ts";
import { FixtureHost, ledger, START_EPOCH_MS } from "./fixtureHost.ts";

describe("a crash of the host", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "local-host-crash-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  afterEach(() => {
    vi.restoreAllMocks();
  });

  const turns = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const beginCountOf = (prefix: string): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const entry of ledger()) {
      if (entry.startsWith(`begin ${prefix}-`)) counts.set(entry, (counts.get(entry) ?? 0) + 1);
    }
    return counts;
  };
  const total = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((sum, count) => sum + count, 0);
  /** Settles when the host has crashed, right after it recorded something for the given time. */
  const crashAtRecord = (fixture: FixtureHost, recordCount: number): Promise<undefined> =>
    new Promise((resolve) => {
      const record = Store.prototype.transaction;
      let count = 0;
      vi.spyOn(Store.prototype, "transaction").mockImplementation(function <T>(this: Store, work: () => T): T {
        const result = record.call(this, work) as T;
        count += 1;
        if (count === recordCount) {
          vi.restoreAllMocks();
          void fixture.host.crash().then(() => resolve(undefined));
        }
        return result;
      });
    });
  /** Reads the state as the crash left it: results that were recorded, delivered or not. */
  const recordedResults = (statePath: string): number => {
    const store = new Store(statePath);
    const events = store.instances
      .list({}, 10)
      .flatMap(({ id }) => [
        ...store.history.list(id).map((text) => JSON.parse(text) as HistoryEvent),
        ...store.inbox.visible(id, Number.MAX_SAFE_INTEGER).map((message) => message.event),
      ]);
    store.close();
    return events.filter((event) => event.EventType === eventType.taskCompleted && event.Result !== "null").length;
  };

  /** Runs "everything", crashes after so many records, and goes on. False: it had ended before. */
  const crashAfter = async (recordCount: number): Promise<boolean> => {
    const id = `crash${recordCount}.`;
    const statePath = join(directory, `${id}sqlite`);
    const clock = new VirtualClock(START_EPOCH_MS);
    const first = await FixtureHost.start({ statePath, clock });
    const crashed = crashAtRecord(first, recordCount);
    await first.begin("everything", undefined, id).catch(() => {});
    const ended = await Promise.race([first.until(id).catch(() => crashed), crashed]);
    if (ended !== undefined) {
      await first.host.stop();
      return false;
    }
    const begun = total(beginCountOf(id));
    const recorded = recordedResults(statePath);
    const second = await FixtureHost.start({ statePath, clock });
    expect(await second.until(id)).toMatchObject({
      runtimeStatus: "Completed",
      output: { doubled: [0, 2, 4, 6, 8], sum: 5, event: "raised", last: [0, 2, 4, 6] },
    });
    const after = beginCountOf(id);
    expect(after.size).toBe(9);
    const repeated = total(after) - after.size;
    expect(repeated, `repeated after ${recordCount} records`).toBeLessThanOrEqual(begun - recorded);
    await second.host.stop();
    return true;
  };

  it("after any record changes nothing of the end, and nothing finished is done again", async () => {
    let recordCount = 1;
    while (await crashAfter(recordCount)) recordCount += 1;
    // 2 starts, 10 activities, 1 raised event, 1 entity batch, and at least the 9 episodes between them.
    expect(recordCount).toBeGreaterThan(20);
  });

  it("keeps a durable timer, and fires it at its own time", async () => {
    const statePath = join(directory, "timer.sqlite");
    const clock = new VirtualClock(START_EPOCH_MS);
    const first = await FixtureHost.start({ statePath, clock });
    await first.begin("sleeper", 600, "timer");
    await clock.advance(100_000);
    await first.host.crash();
    await clock.advance(100_000);
    const second = await FixtureHost.start({ statePath, clock });
    const { output } = await second.until("timer");
    const { from, to } = output as { from: string; to: string };
    expect(Date.parse(to) - Date.parse(from)).toBe(600_000);
    await second.host.stop();
  });

  it("drops what its invocations come to later", async () => {
    const statePath = join(directory, "late.sqlite");
    const clock = new VirtualClock(START_EPOCH_MS);
    const first = await FixtureHost.start({ statePath, clock });
    await first.begin("fanOut", { prefix: "late", count: 1, milliseconds: 40 }, "late");
    const hasBegun = (): boolean => ledger().includes("begin late-0");
    while (!hasBegun()) await turns(1);
    await first.host.crash();
    const second = await FixtureHost.start({ statePath, clock });
    expect((await second.until("late")).output).toEqual([0]);
    expect(ledger().filter((entry) => entry === "begin late-0")).toHaveLength(2);
    await second.host.stop();
  });

  it("frees the state file, which a running host keeps for itself", async () => {
    const statePath = join(directory, "locked.sqlite");
    const first = await FixtureHost.start({ statePath });
    await expect(FixtureHost.start({ statePath })).rejects.toThrow(/Another host holds the state file.*stop that host/);
    await first.host.crash();
    const second = await FixtureHost.start({ statePath });
    await second.host.stop();
  });
});
