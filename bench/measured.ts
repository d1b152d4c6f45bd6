import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface Measured<Result> {
  readonly result: Result;
  readonly milliseconds: number;
  /** What the work has made and still holds when it ends. */
  readonly heldBytes: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Runs the work once, and tells its time and what it holds at its end. */
export function measured<Result>(work: () => Result): Measured<Result> {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const startedAt = performance.now();
  const result = work();
  const milliseconds = performance.now() - startedAt;
  collectGarbage();
  return { result, milliseconds, heldBytes: Math.max(0, process.memoryUsage().heapUsed - before) };
}
