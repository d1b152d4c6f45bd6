import type { OrchestrationContext } from "durable-functions";
import type { Alert } from "../domain/alerts/alert.ts";
import { callActivity, callAlertOutbox, type Steps } from "./calls.ts";

/**
 * Puts alerts of an environment into its outbox and has them delivered. When it returns they are kept: whatever happens to
 * the caller, a sink or the host, they arrive. Raising the same alerts again changes nothing.
 */
export function* raiseAlerts(
  context: OrchestrationContext,
  environment: string,
  alerts: readonly Alert[],
): Steps<void> {
  if (alerts.length === 0) return;
  const sinks = yield* callActivity(context, "findSinks", null);
  if (sinks.length === 0) return;
  const { start } = yield* callAlertOutbox(context, environment, "add", { environment, alerts, sinks });
  if (start.length > 0) yield* callActivity(context, "startDeliveries", start);
}
