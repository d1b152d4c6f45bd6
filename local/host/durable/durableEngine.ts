import type { Clock } from "../../clock.ts";
import type { Invoker } from "../app/invoker.ts";
import type { Store } from "../store/store.ts";
import { ActivityPool } from "./activityPool.ts";
import { DurableFunctions } from "./durableFunctions.ts";
import { DurableOperations } from "./durableOperations.ts";
import type { DurableRuntime } from "./durableRuntime.ts";
import { EntityBatches } from "./entityBatches.ts";
import { InstanceLifecycle } from "./instanceLifecycle.ts";
import { Mailbox } from "./mailbox.ts";
import { OrchestrationEpisodes } from "./orchestrationEpisodes.ts";
import { ReadyKeys } from "./readyKeys.ts";

export interface DurableEngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly invoker: Invoker;
  readonly maximumConcurrentActivities: number;
  readonly log: (line: string) => void;
}

/** Orchestrations, activities and entities of one host. */
export class DurableEngine {
  readonly runtime: DurableRuntime;
  readonly operations: DurableOperations;
  readonly #activities: ActivityPool;
  readonly #instances: ReadyKeys;
  readonly #entities: ReadyKeys;
  #isHalted = false;

  constructor(options: DurableEngineOptions) {
    const { store, clock, invoker, log } = options;
    this.#instances = new ReadyKeys(clock, async (id) => {
      await episodes.run(id);
      this.#activities.start();
    });
    this.#entities = new ReadyKeys(clock, (id) => entities.run(id));
    const mailbox = new Mailbox(store, clock, { instances: this.#instances, entities: this.#entities });
    this.runtime = {
      store,
      clock,
      mailbox,
      lifecycle: new InstanceLifecycle(store, mailbox),
      functions: new DurableFunctions(invoker.app),
      invoker,
      log,
      isHalted: () => this.#isHalted,
    };
    const episodes = new OrchestrationEpisodes(this.runtime);
    const entities = new EntityBatches(this.runtime);
    this.#activities = new ActivityPool(this.runtime, options.maximumConcurrentActivities);
    this.operations = new DurableOperations(this.runtime);
  }

  /** Goes on with all that an earlier host left unfinished. */
  start(): void {
    this.runtime.mailbox.recover();
    this.#activities.start();
  }

  /** From here on nothing is started and nothing is recorded. */
  halt(): void {
    this.#isHalted = true;
    this.runtime.mailbox.halt();
    this.#instances.halt();
    this.#entities.halt();
  }
}
