import { describe, expect, it } from "vitest";
import {
  acquire,
  type EnvironmentState,
  emptyEnvironment,
  reasonToStop,
  release,
  requestStop,
  stopOf,
} from "../../src/domain/environmentLock.ts";

const first = { ticketNumber: "CHG1", attempt: 1 };
const second = { ticketNumber: "CHG2", attempt: 1 };
const third = { ticketNumber: "CHG3", attempt: 1 };

function askedBy(...operations: readonly (typeof first)[]): EnvironmentState {
  return operations.reduce((state, operation) => acquire(state, operation)[0], emptyEnvironment);
}

describe("the environment's lock", () => {
  it("is granted to the first who asks, and again to the same one", () => {
    expect(acquire(emptyEnvironment, first)[1]).toEqual({ kind: "granted" });
    expect(acquire(askedBy(first), first)).toEqual([askedBy(first), { kind: "granted" }]);
  });

  it("tells everybody else for whom they wait", () => {
    expect(acquire(askedBy(first), second)[1]).toEqual({ kind: "waiting", behind: first });
  });

  it("goes to those who wait in the order in which they came", () => {
    const free = release(askedBy(first, second, third), first);
    expect(acquire(free, third)[1]).toEqual({ kind: "waiting", behind: second });
    expect(acquire(free, second)[1]).toEqual({ kind: "granted" });
  });

  it("keeps a place in the queue however often it is asked for", () => {
    expect(askedBy(first, second, second, second).queue).toEqual([second]);
  });

  it("is not released by an operation that does not hold it", () => {
    expect(release(askedBy(first, second), second).holder).toEqual(first);
  });

  it("treats a retry of the same ticket as another operation", () => {
    expect(acquire(askedBy(first), { ...first, attempt: 2 })[1]).toEqual({ kind: "waiting", behind: first });
  });

  it("turns away an operation that was cancelled while it waited, and forgets it", () => {
    const stopped = requestStop(askedBy(first, second), second, { kind: "cancelled" });
    const [next, admission] = acquire(stopped, second);
    expect(admission).toEqual({ kind: "cancelled" });
    expect(next).toEqual(askedBy(first));
  });

  it("keeps the first reason of a stop", () => {
    const failed = requestStop(askedBy(first), first, { kind: "failed", stepId: "firewall" });
    expect(stopOf(requestStop(failed, first, { kind: "cancelled" }), first)).toEqual({
      kind: "failed",
      stepId: "firewall",
    });
  });
});

describe("reasonToStop", () => {
  it("lets the holder go on", () => {
    expect(reasonToStop(askedBy(first, second), first)).toBeUndefined();
  });

  it("is the stop that was asked for", () => {
    expect(reasonToStop(requestStop(askedBy(first), first, { kind: "cancelled" }), first)).toEqual({
      kind: "cancelled",
    });
  });

  it("holds back who has lost the environment: to the next, or to nobody", () => {
    expect(reasonToStop(acquire(release(askedBy(first, second), first), second)[0], first)).toEqual({
      kind: "displaced",
    });
    expect(reasonToStop(release(askedBy(first), first), first)).toEqual({ kind: "displaced" });
  });
});
