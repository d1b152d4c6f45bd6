import type { OrchestrationContext } from "durable-functions";
import { describe, expect, it } from "vitest";
import { alertDelivery } from "../../src/orchestrators/alertDelivery.ts";
import { sampleAlert } from "../domain/alerts/sampleAlert.ts";

const NOW = new Date("2026-11-02T08:00:00.000Z");

/** The orchestration by hand: what it asks the runtime for comes back as what it yields. */
function started() {
  const context = {
    df: {
      instanceId: "alerts.prod.itsm.1",
      currentUtcDateTime: NOW,
      getInput: () => ({ environment: "prod", sink: "itsm", instanceId: "alerts.prod.itsm.1" }),
      callEntity: (_: unknown, operation: string, input: unknown) => ({ operation, input }),
      callActivityWithRetry: (activity: string) => ({ activity }),
      createTimer: (dueAt: Date) => ({ seconds: (dueAt.getTime() - NOW.getTime()) / 1000 }),
    },
  };
  return alertDelivery(context as unknown as OrchestrationContext) as Generator<unknown, null, unknown>;
}

describe("alertDelivery", () => {
  it("sleeps for a minute at most, so that an alert which comes meanwhile is not kept waiting for an hour", () => {
    const slept = [45, 3600].map((seconds) => {
      const delivery = started();
      delivery.next();
      return [delivery.next({ kind: "wait", seconds }).value, delivery.next().value];
    });
    expect(slept).toMatchObject([
      [{ seconds: 45 }, { operation: "due" }],
      [{ seconds: 60 }, { operation: "due" }],
    ]);
  });

  it("takes a mistake of the app for a failure of the sink, and loses nothing by it", () => {
    const delivery = started();
    delivery.next();
    expect(delivery.next({ kind: "send", alert: sampleAlert() }).value).toEqual({ activity: "deliverAlert" });
    expect(delivery.throw(new Error("undefined is no function")).value).toMatchObject({
      operation: "report",
      input: {
        alertId: sampleAlert().id,
        delivery: { kind: "again", why: expect.stringContaining("undefined is no") },
      },
    });
    expect(delivery.next().value).toMatchObject({ operation: "due" });
  });
});
