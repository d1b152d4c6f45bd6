import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { alertMetrics } from "../contracts/alertMetrics.ts";
import { egressMetrics } from "../contracts/egressMetrics.ts";
import { OPEN_METRICS_TYPE, openMetrics } from "../contracts/openMetrics.ts";
import { routeMetrics } from "../contracts/routeMetrics.ts";
import { NO_ENVIRONMENT } from "../domain/routeSchedule.ts";
import type { RouteSyncState } from "../domain/routeSyncState.ts";
import { durableInstances } from "../durableInstances.ts";
import { readAlertOutbox } from "./alertOutbox.ts";
import { readEnvironment } from "./readEnvironment.ts";
import { readIndex } from "./routeEvents.ts";

/** `GET /api/metrics`: for a scraper that understands OpenMetrics. */
export const getMetrics =
  (subscriptionId: string) =>
  async (_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const instances = durableInstances(context);
    const { environments } = await readIndex(instances, subscriptionId);
    const nowEpochMs = Date.now();
    const [views, elsewhere, outboxes] = await Promise.all([
      Promise.all(environments.map(({ name }) => readEnvironment(instances, name, nowEpochMs))),
      instances.entityState({ name: "gatewayRoutes", key: NO_ENVIRONMENT }),
      Promise.all(environments.map(({ name }) => readAlertOutbox(instances, name))),
    ]);
    const known = views.filter((view) => view !== undefined);
    const { counters } = (elsewhere as RouteSyncState | undefined) ?? {};
    return {
      status: 200,
      headers: { "content-type": OPEN_METRICS_TYPE },
      body: openMetrics([...routeMetrics(known, counters), ...egressMetrics(known), ...alertMetrics(outboxes)]),
    };
  };
