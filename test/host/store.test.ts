import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { Store } from "../../local/host/store/store.ts";

describe("Store", () => {
  it("records nothing of a transaction that throws", () => {
    const store = new Store(":memory:");
    const status = { expression: "0 * * * * *", lastEpochMs: null, nextEpochMs: 1 };
    const failing = (): void => {
      store.schedules.put("timer", status);
      throw new Error("in the middle");
    };
    expect(() => store.transaction(failing)).toThrow("in the middle");
    expect(store.schedules.get("timer")).toBeUndefined();
    store.transaction(() => store.schedules.put("timer", status));
    expect(store.schedules.get("timer")).toEqual(status);
    store.close();
  });

  it("refuses a state file of another version, and says what to do", () => {
    const directory = mkdtempSync(join(tmpdir(), "local-host-store-"));
    const path = join(directory, "state.sqlite");
    const foreign = new DatabaseSync(path);
    foreign.exec("PRAGMA user_version = 99");
    foreign.close();
    expect(() => new Store(path)).toThrow(/version 99.*delete the file or name another/);
    rmSync(directory, { recursive: true });
  });
});
