/** The composition root: reads the settings, makes the clients, registers every function. The only place that wires. */
import { app, type InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import type { Activities, ActivityHandlers } from "./activities/activityTypes.ts";
import { advanceStep } from "./activities/advanceStep.ts";
import { type AlertSinks, deliverAlert, findSinks, startDeliveries } from "./activities/deliverAlert.ts";
import { findObstacles } from "./activities/findObstacles.ts";
import { forecastWork } from "./activities/forecastWork.ts";
import { lookAtBackends } from "./activities/lookAtBackends.ts";
import { announceStep, isLaneRunning, isOperationRunning, wakeOperation } from "./activities/operationSignals.ts";
import { isInstanceRunning, watchBackends } from "./activities/routeSyncSignals.ts";
import { lookAtAdopted, surveyAdoption } from "./activities/surveyAdoption.ts";
import { syncRoutes } from "./activities/syncRoutes.ts";
import { eventTopic } from "./alerts/eventTopic.ts";
import { armClient } from "./azure/armClient.ts";
import { azureClients } from "./azure/azureClients.ts";
import { countCalls } from "./azure/callCounter.ts";
import { ingressProbe } from "./azure/ingressProbe.ts";
import { loadConfig } from "./config.ts";
import { type EventReceiver, ROUTE_EVENTS_FUNCTION } from "./domain/eventReceiver.ts";
import { durableInstances } from "./durableInstances.ts";
import { alertOutbox } from "./entities/alertOutbox.ts";
import { environment } from "./entities/environment.ts";
import { environmentIndex } from "./entities/environmentIndex.ts";
import { gatewayRoutes } from "./entities/gatewayRoutes.ts";
import { groupClaims } from "./entities/groupClaims.ts";
import { getAlertOutbox } from "./functions/alertOutbox.ts";
import { submitDryRun } from "./functions/dryRuns.ts";
import {
  confirmEnvironmentRoutes,
  getEnvironment,
  listEnvironments,
  syncEnvironmentRoutes,
} from "./functions/environments.ts";
import { getMetrics } from "./functions/metrics.ts";
import { routeEvents } from "./functions/routeEvents.ts";
import { sweepAlerts } from "./functions/sweepAlerts.ts";
import { sweepRoutes } from "./functions/sweepRoutes.ts";
import { cancelTicket, getTicket, retryTicket, submitTicket } from "./functions/tickets.ts";
import { alertDelivery } from "./orchestrators/alertDelivery.ts";
import { backendWatch } from "./orchestrators/backendWatch.ts";
import { lane } from "./orchestrators/lane.ts";
import { operation } from "./orchestrators/operation.ts";
import { routeSync } from "./orchestrators/routeSync.ts";

/** Deliveries go on by themselves; this is for those that somebody has ended. */
const ALERT_SWEEP_SCHEDULE = "0 */5 * * * *";

const config = loadConfig(process.env);
const clients = azureClients(config);
const arm = armClient(clients);
const alertSinks = sinksOf(config.alerts.topicEndpoint);
/** Itself, as what Event Grid delivers to. */
const receiver: EventReceiver = config;

app.http("submitTicket", {
  route: "tickets",
  methods: ["POST"],
  authLevel: "function",
  ...withDurableClient(submitTicket(config.subscriptionId)),
});
app.http("submitDryRun", {
  route: "dryRuns",
  methods: ["POST"],
  authLevel: "function",
  ...withDurableClient(
    submitDryRun({
      subscriptionId: config.subscriptionId,
      forecast: (work, firstLook) => forecastWork({ arm, receiver }, work, firstLook),
      survey: (input) => countCalls(() => lookAtAdopted(arm, input)),
    }),
  ),
});
app.http("getTicket", {
  route: "tickets/{number}",
  methods: ["GET"],
  authLevel: "function",
  ...withDurableClient(getTicket),
});
app.http("cancelTicket", {
  route: "tickets/{number}/cancel",
  methods: ["POST"],
  authLevel: "function",
  ...withDurableClient(cancelTicket),
});
app.http("retryTicket", {
  route: "tickets/{number}/retry",
  methods: ["POST"],
  authLevel: "function",
  ...withDurableClient(retryTicket),
});

app.http("listEnvironments", {
  route: "environments",
  methods: ["GET"],
  authLevel: "function",
  ...withDurableClient(listEnvironments(config.subscriptionId)),
});
app.http("getEnvironment", {
  route: "environments/{name}",
  methods: ["GET"],
  authLevel: "function",
  ...withDurableClient(getEnvironment),
});
app.http("syncEnvironmentRoutes", {
  route: "environments/{name}/routes/sync",
  methods: ["POST"],
  authLevel: "function",
  ...withDurableClient(syncEnvironmentRoutes),
});
app.http("confirmEnvironmentRoutes", {
  route: "environments/{name}/routes/confirm",
  methods: ["POST"],
  authLevel: "function",
  ...withDurableClient(confirmEnvironmentRoutes),
});
app.http("getAlertOutbox", {
  route: "environments/{name}/alerts",
  methods: ["GET"],
  authLevel: "function",
  ...withDurableClient(getAlertOutbox),
});
app.http("getMetrics", {
  route: "metrics",
  methods: ["GET"],
  authLevel: "function",
  ...withDurableClient(getMetrics(config.subscriptionId)),
});

app.eventGrid(ROUTE_EVENTS_FUNCTION, withDurableClient(routeEvents(config.subscriptionId)));
app.timer("sweepRoutes", {
  schedule: config.routeSweepSchedule,
  ...withDurableClient(sweepRoutes(config.subscriptionId)),
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
df.app.entity("alertOutbox", alertOutbox);
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
