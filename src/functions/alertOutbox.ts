import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import type { AlertOutboxStatus } from "../contracts/alertOutboxStatus.ts";
import type { AlertOutboxState } from "../domain/alerts/alertOutboxState.ts";
import { type AlertOutboxView, alertOutboxView } from "../domain/alerts/alertOutboxView.ts";
import { type DurableInstances, durableInstances } from "../durableInstances.ts";
import { noSuchEnvironment } from "./environments.ts";
import { readEnvironment } from "./readEnvironment.ts";
import type { Written } from "./written.ts";

/** `GET /api/environments/{name}/alerts`: what waits for which sink, and why. */
export async function getAlertOutbox(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const name = request.params.name ?? "";
  const instances = durableInstances(context);
  if ((await readEnvironment(instances, name, Date.now())) === undefined) return noSuchEnvironment(name);
  const view = await readAlertOutbox(instances, name);
  return { status: 200, jsonBody: view satisfies Written<AlertOutboxStatus> };
}

export async function readAlertOutbox(
  instances: Pick<DurableInstances, "entityState">,
  name: string,
): Promise<AlertOutboxView> {
  const state = await instances.entityState({ name: "alertOutbox", key: name });
  return alertOutboxView(name, state as AlertOutboxState | undefined);
}
