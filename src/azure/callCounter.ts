import { AsyncLocalStorage } from "node:async_hooks";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { CallCounts } from "../domain/stepOutcome.ts";

/** Counts the ARM calls of one invocation, whichever SDK client makes them. */
interface Counter {
  reads: number;
  writes: number;
  failures: number;
}

const current = new AsyncLocalStorage<Counter>();

/** Runs the work and returns its result beside the calls that it made. */
export async function countCalls<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly calls: CallCounts }> {
  const counter: Counter = { reads: 0, writes: 0, failures: 0 };
  const result = await current.run(counter, work);
  return { result, calls: counter };
}

/** Says that the invocation changed something by a POST (a command in the cluster): counted as a write. */
export function countAsWrite(): void {
  const counter = current.getStore();
  if (counter !== undefined) counter.writes += 1;
}

/** PUT, PATCH and DELETE are writes, everything else is a read; a POST that changes something says so by `countAsWrite`. */
export const countingPolicy: PipelinePolicy = {
  name: "portcullisCallCounter",
  async sendRequest(request, next) {
    const counter = current.getStore();
    if (counter === undefined) return next(request);
    const isWrite = ["PUT", "PATCH", "DELETE"].includes(request.method);
    if (isWrite) counter.writes += 1;
    else counter.reads += 1;
    try {
      const response = await next(request);
      const isMissing = response.status === 404 && request.method === "GET";
      if (response.status >= 400 && !isMissing) counter.failures += 1;
      return response;
    } catch (error) {
      counter.failures += 1;
      throw error;
    }
  },
};
