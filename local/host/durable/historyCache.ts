import type { HistoryTable } from "../store/historyTable.ts";
import type { HistoryEvent } from "./historyEvent.ts";

/** Histories kept in memory; about a quarter of a megabyte for one of 1,000 events. */
const CACHED_INSTANCE_COUNT = 200;

export interface LoadedHistory {
  /** The same events as JSON, so that a trigger is put together without serializing them again. */
  readonly texts: string[];
  readonly events: HistoryEvent[];
}

/** The histories of the instances that ran last, so that an episode reads only what is new. Forget one when it begins anew. */
export class HistoryCache {
  readonly #table: HistoryTable;
  readonly #loaded = new Map<string, LoadedHistory>();

  constructor(table: HistoryTable) {
    this.#table = table;
  }

  load(instanceId: string): LoadedHistory {
    let history = this.#loaded.get(instanceId);
    if (history === undefined) {
      const texts = this.#table.list(instanceId);
      const events = texts.map((text) => JSON.parse(text) as HistoryEvent);
      history = { texts, events };
    }
    this.#loaded.delete(instanceId);
    this.#loaded.set(instanceId, history);
    this.#dropOldest();
    return history;
  }

  forget(instanceId: string): void {
    this.#loaded.delete(instanceId);
  }

  #dropOldest(): void {
    if (this.#loaded.size <= CACHED_INSTANCE_COUNT) return;
    for (const oldest of this.#loaded.keys()) {
      this.#loaded.delete(oldest);
      return;
    }
  }
}
