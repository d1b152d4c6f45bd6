import { ActivityTable } from "./activityTable.ts";
import { Database } from "./database.ts";
import { EntityTable } from "./entityTable.ts";
import { HistoryTable } from "./historyTable.ts";
import { InboxTable } from "./inboxTable.ts";
import { InstanceTable } from "./instanceTable.ts";
import { ScheduleTable } from "./scheduleTable.ts";

/** All that the host must not lose when it is killed. */
export class Store {
  readonly #database: Database;
  readonly instances: InstanceTable;
  readonly history: HistoryTable;
  readonly inbox: InboxTable;
  readonly activities: ActivityTable;
  readonly entities: EntityTable;
  readonly schedules: ScheduleTable;

  constructor(path: string) {
    this.#database = new Database(path);
    this.instances = new InstanceTable(this.#database);
    this.history = new HistoryTable(this.#database);
    this.inbox = new InboxTable(this.#database);
    this.activities = new ActivityTable(this.#database);
    this.entities = new EntityTable(this.#database);
    this.schedules = new ScheduleTable(this.#database);
  }

  /** Everything in `work` is recorded, or nothing. */
  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  close(): void {
    this.#database.close();
  }
}
