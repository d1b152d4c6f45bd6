/** The composition root: reads the settings, makes the clients, registers every function. The only place that wires. */
import { app, type HttpHandler, type InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import type { Activities, ActivityHandlers } from "./activities/activityTypes.ts";
import { advanceStep } from "./activities/advanceStep.ts";
import { backtestEgress } from "./activities/backtestEgress.ts";
import { type AlertSinks, deliverAlert, findSinks, startDeliveries } from "./activities/deliverAlert.ts";
import { findObstacles } from "./activities/findObstacles.ts";
import { forecastWork } from "./activities/forecastWork.ts";
import { lookAtBackends } from "./activities/lookAtBackends.ts";
import { announceStep, isLaneRunning, isOperationRunning, wakeOperation } from "./activities/operationSignals.ts";
import { isInstanceRunning, watchBackends } from "./activities/routeSyncSignals.ts";
import { lookAtAdopted, surveyAdoption } from "./activities/surveyAdoption.ts";
import { syncRoutes } from "./activities/syncRoutes.ts";
import { watchEgress } from "./activities/watchEgress.ts";
import { eventTopic } from "./alerts/eventTopic.ts";
import { armClient } from "./azure/armClient.ts";
import { azureClients } from "./azure/azureClients.ts";
import { countCalls } from "./azure/callCounter.ts";
import { ingressProbe } from "./azure/ingressProbe.ts";
import { logsClient } from "./azure/logsClient.ts";
import { loadConfig } from "./config.ts";
import type { EgressSettings } from "./domain/deniedEgress/egressSettings.ts";
import { type EventReceiver, ROUTE_EVENTS_FUNCTION } from "./domain/eventReceiver.ts";
import { durableInstances } from "./durableInstances.ts";
import { alertOutbox } from "./entities/alertOutbox.ts";
import { egressCases } from "./entities/egressCases.ts";
import { environment } from "./entities/environment.ts";
import { environmentIndex } from "./entities/environmentIndex.ts";
import { gatewayRoutes } from "./entities/gatewayRoutes.ts";
import { groupClaims } from "./entities/groupClaims.ts";
import { getAlertOutbox } from "./functions/alertOutbox.ts";
import { getBacktest, startBacktest } from "./functions/backtest.ts";
import { submitDryRun } from "./functions/dryRuns.ts";
import {
  acknowledgeEgressCase,
  closeEgressCase,
  getEgressCase,
  listEgressCases,
  suppressEgressCase,
} from "./functions/egressCases.ts";
import {
  confirmEnvironmentRoutes,
  getEnvironment,
  listEnvironments,
  syncEnvironmentRoutes,
} from "./functions/environments.ts";
import { getMetrics } from "./functions/metrics.ts";
import { routeEvents } from "./functions/routeEvents.ts";
import { sweepAlerts } from "./functions/sweepAlerts.ts";
import { sweepEgress } from "./functions/sweepEgress.ts";
import { sweepRoutes } from "./functions/sweepRoutes.ts";
import { cancelTicket, getTicket, retryTicket, submitTicket } from "./functions/tickets.ts";
import { alertDelivery } from "./orchestrators/alertDelivery.ts";
import { backendWatch } from "./orchestrators/backendWatch.ts";
import { egressBacktest } from "./orchestrators/egressBacktest.ts";
import { egressCaseAction } from "./orchestrators/egressCaseAction.ts";
import { egressWatch } from "./orchestrators/egressWatch.ts";
import { lane } from "./orchestrators/lane.ts";
import { operation } from "./orchestrators/operation.ts";
import { routeSync } from "./orchestrators/routeSync.ts";

/** Deliveries go on by themselves; this is for those that somebody has ended. */
const ALERT_SWEEP_SCHEDULE = "0 */5 * * * *";

const config = loadConfig(process.env);
const clients = azureClients(config);
const arm = armClient(clients);
const alertSinks = sinksOf(config.alerts.topicEndpoint);
const logs = logsClient(clients);
const egressSettings: EgressSettings = {
  quietHours: config.egressQuietHours,
  silenceMinutes: config.egressSilenceMinutes,
  openAfterHits: config.egressOpenAfterHits,
};
/** Itself, as what Event Grid delivers to. */
const receiver: EventReceiver = config;

door("submitTicket", "POST", "tickets", submitTicket(config.subscriptionId));
door(
  "submitDryRun",
  "POST",
  "dryRuns",
  submitDryRun({
    subscriptionId: config.subscriptionId,
    forecast: (work, firstLook) => forecastWork({ arm, receiver }, work, firstLook),
    survey: (input) => countCalls(() => lookAtAdopted(arm, input)),
  }),
);
door("getTicket", "GET", "tickets/{number}", getTicket);
door("cancelTicket", "POST", "tickets/{number}/cancel", cancelTicket);
door("retryTicket", "POST", "tickets/{number}/retry", retryTicket);

door("listEnvironments", "GET", "environments", listEnvironments(config.subscriptionId));
door("getEnvironment", "GET", "environments/{name}", getEnvironment);
door("syncEnvironmentRoutes", "POST", "environments/{name}/routes/sync", syncEnvironmentRoutes);
door("confirmEnvironmentRoutes", "POST", "environments/{name}/routes/confirm", confirmEnvironmentRoutes);
door("getAlertOutbox", "GET", "environments/{name}/alerts", getAlertOutbox);
door("listEgressCases", "GET", "egress/cases", listEgressCases(config.subscriptionId));
door("getEgressCase", "GET", "egress/cases/{id}", getEgressCase);
door("acknowledgeEgressCase", "POST", "egress/cases/{id}/acknowledge", acknowledgeEgressCase);
door("suppressEgressCase", "POST", "egress/cases/{id}/suppress", suppressEgressCase);
door("closeEgressCase", "POST", "egress/cases/{id}/close", closeEgressCase);
door("startBacktest", "POST", "egress/backtest", startBacktest(egressSettings));
door("getBacktest", "GET", "egress/backtests/{id}", getBacktest);
door("getMetrics", "GET", "metrics", getMetrics(config.subscriptionId));

app.eventGrid(ROUTE_EVENTS_FUNCTION, withDurableClient(routeEvents(config.subscriptionId)));
app.timer("sweepRoutes", {
  schedule: config.routeSweepSchedule,
  ...withDurableClient(sweepRoutes(config.subscriptionId)),
});
app.timer("sweepEgress", {
  schedule: config.egressWatchSchedule,
  ...withDurableClient(sweepEgress(config.subscriptionId, egressSettings)),
});

if (Object.keys(alertSinks).length > 0) {
  app.timer("sweepAlerts", {
    schedule: ALERT_SWEEP_SCHEDULE,
    ...withDurableClient(sweepAlerts(config.subscriptionId)),
  });
}

df.app.orchestration("alertDelivery", alertDelivery);
df.app.orchestration("operation", operation);
df.app.orchestration("lane", lane);
df.app.orchestration("routeSync", routeSync);
df.app.orchestration("backendWatch", backendWatch);
df.app.orchestration("egressWatch", egressWatch);
df.app.orchestration("egressCaseAction", egressCaseAction);
df.app.orchestration("egressBacktest", egressBacktest);
df.app.entity("alertOutbox", alertOutbox);
df.app.entity("egressCases", egressCases);
df.app.entity("environment", environment);
df.app.entity("environmentIndex", environmentIndex);
df.app.entity("gatewayRoutes", gatewayRoutes);
df.app.entity("groupClaims", groupClaims);

registerActivities({
  advanceStep: advanceStep({
    arm,
    probeIngress: ingressProbe(config.ingressProbeProxy),
    receiver,
  }),
  findObstacles: findObstacles({ arm, receiver }),
  surveyAdoption: surveyAdoption({ arm }),
  announceStep,
  wakeOperation,
  isOperationRunning,
  isLaneRunning,
  isInstanceRunning,
  syncRoutes: syncRoutes(arm),
  lookAtBackends: lookAtBackends(arm),
  watchBackends,
  findSinks: findSinks(alertSinks),
  deliverAlert: deliverAlert(alertSinks),
  startDeliveries,
  watchEgress: watchEgress({ arm, logs }),
  backtestEgress: backtestEgress({ arm, logs }),
});

function sinksOf(endpoint: string | undefined): AlertSinks {
  const { itsm, webhook, card } = config.alerts;
  const { credential } = clients;
  return {
    ...(itsm === undefined ? {} : { itsm }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(card === undefined ? {} : { card }),
    ...(endpoint === undefined ? {} : { topic: eventTopic({ endpoint, credential, caPem: config.armCaPem }) }),
  };
}

/** An HTTP function: whoever calls it needs a key. */
function door(name: string, method: "GET" | "POST", route: string, handler: HttpHandler): void {
  app.http(name, { route, methods: [method], authLevel: "function", ...withDurableClient(handler) });
}

function withDurableClient<Handler>(handler: Handler) {
  return { extraInputs: [df.input.durableClient()], handler };
}

function registerActivities(handlers: ActivityHandlers): void {
  for (const [name, handler] of Object.entries(handlers)) {
    df.app.activity(name, {
      extraInputs: [df.input.durableClient()],
      handler: (input: Parameters<Activities[keyof Activities]>[0], context: InvocationContext) =>
        (handler as (input: unknown, context: unknown) => Promise<unknown>)(input, {
          log: (entry: Readonly<Record<string, unknown>>) => context.log(JSON.stringify(entry)),
          instances: durableInstances(context),
        }),
    });
  }
}
