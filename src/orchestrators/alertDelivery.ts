import type { OrchestrationContext } from "durable-functions";
import type { DeliveryMove } from "../activities/deliverAlert.ts";
import type { DeliveryStart } from "../domain/alerts/alertOutboxState.ts";
import type { Delivery } from "../domain/alerts/sink.ts";
import { callActivity, callAlertOutbox, nowIso, type Steps, sleepSeconds } from "./calls.ts";

/** An instance goes on with an empty history after so many rounds: every replay goes through all of it. */
const ROUNDS_A_HISTORY = 20;

/** A pause is slept in parts, so that an alert that comes meanwhile is not kept waiting for all of it. */
const SLEEP_SECONDS_MAX = 60;

/** Hands the alerts of one environment to one sink, one after the other, until none is left. Only one instance at a time does. */
export function* alertDelivery(context: OrchestrationContext): Steps<null> {
  const { environment, sink } = context.df.getInput<DeliveryStart>();
  const { instanceId } = context.df;
  for (let round = 0; round < ROUNDS_A_HISTORY; round++) {
    const due = yield* callAlertOutbox(context, environment, "due", { sink, instanceId, at: nowIso(context) });
    if (due.kind === "done") return null;
    if (due.kind === "wait") {
      yield* sleepSeconds(context, Math.min(due.seconds, SLEEP_SECONDS_MAX));
      continue;
    }
    const { alert, reference } = due;
    const move = { sink, alert, ...(reference === undefined ? {} : { reference }) };
    const delivery = yield* deliver(context, move);
    const report = { sink, alertId: alert.id, delivery, at: nowIso(context) };
    yield* callAlertOutbox(context, environment, "report", report);
  }
  context.df.continueAsNew(context.df.getInput<DeliveryStart>());
  return null;
}

/** A mistake of the app itself is no reason to lose an alert: it is shown like a failure of the sink, and tried again. */
function* deliver(context: OrchestrationContext, move: DeliveryMove): Steps<Delivery> {
  try {
    return yield* callActivity(context, "deliverAlert", move);
  } catch (error) {
    return { kind: "again", why: `The app made a mistake: ${error instanceof Error ? error.message : String(error)}` };
  }
}
