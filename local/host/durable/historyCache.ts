import type { HistoryTable } from "../store/historyTable.ts";
import type { Instance } from "../store/instanceTable.ts";
import type { HistoryEvent } from "./historyEvent.ts";

/** Histories kept in memory; about a quarter of a megabyte for one of 1,000 events. */
const CACHED_INSTANCE_COUNT = 200;

export interface LoadedHistory {
  readonly executionId: string;
  /** The same events as JSON, so that a trigger is put together without serializing them again. */
  readonly texts: string[];
  readonly events: HistoryEvent[];
}

/** The histories of the instances that ran last, so that an episode reads only what is new. */
export class HistoryCache {
  readonly #table: HistoryTable;
  readonly #loaded = new Map<string, LoadedHistory>();

  constructor(table: HistoryTable) {
    this.#table = table;
  }

  load(instance: Instance): LoadedHistory {
    let history = this.#loaded.get(instance.id);
    if (history?.executionId !== instance.executionId) {
      const texts = this.#table.list(instance.id);
      const events = texts.map((text) => JSON.parse(text) as HistoryEvent);
      history = { executionId: instance.executionId, texts, events };
    }
    this.#loaded.delete(instance.id);
    this.#loaded.set(instance.id, history);
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
