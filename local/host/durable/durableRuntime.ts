import type { Clock } from "../../clock.ts";
import type { Invoker } from "../app/invoker.ts";
import type { Store } from "../store/store.ts";
import type { DurableFunctions } from "./durableFunctions.ts";
import type { InstanceLifecycle } from "./instanceLifecycle.ts";
import type { Mailbox } from "./mailbox.ts";

/** What the parts of the durable engine share. */
export interface DurableRuntime {
  readonly store: Store;
  readonly clock: Clock;
  readonly mailbox: Mailbox;
  readonly lifecycle: InstanceLifecycle;
  readonly functions: DurableFunctions;
  readonly invoker: Invoker;
  readonly log: (line: string) => void;
  /** True once the host was stopped or crashed: what an invocation comes to after that is dropped, as if it had died. */
  isHalted(): boolean;
}
