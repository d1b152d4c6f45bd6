/** The door to environments: what stands, whether its routes are right, and the two things that can be asked for. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import type { EnvironmentList, EnvironmentStatus } from "../contracts/environmentStatus.ts";
import { parseRouteConfirmation } from "../contracts/routeConfirmation.ts";
import { environmentSummary } from "../domain/environmentView.ts";
import { durableInstances } from "../durableInstances.ts";
import { jsonBody } from "./jsonBody.ts";
import { problem } from "./problem.ts";
import { readEnvironment } from "./readEnvironment.ts";
import { readIndex } from "./routeEvents.ts";
import { startRouteSync } from "./startRouteSync.ts";
import type { Written } from "./written.ts";

/** `GET /api/environments` */
export const listEnvironments =
  (subscriptionId: string) =>
  async (_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const instances = durableInstances(context);
    const { environments } = await readIndex(instances, subscriptionId);
    const nowEpochMs = Date.now();
    const views = await Promise.all(environments.map(({ name }) => readEnvironment(instances, name, nowEpochMs)));
    const body = { environments: views.flatMap((view) => (view === undefined ? [] : [environmentSummary(view)])) };
    return { status: 200, jsonBody: body satisfies Written<EnvironmentList> };
  };

/** `GET /api/environments/{name}` */
export async function getEnvironment(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const name = request.params.name ?? "";
  const view = await readEnvironment(durableInstances(context), name, Date.now());
  if (view === undefined) return noSuchEnvironment(name);
  return { status: 200, jsonBody: view satisfies Written<EnvironmentStatus> };
}

/** `POST /api/environments/{name}/routes/sync`: a look within seconds, as after an event. */
export async function syncEnvironmentRoutes(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const name = request.params.name ?? "";
  const instances = durableInstances(context);
  const view = await readEnvironment(instances, name, Date.now());
  if (view === undefined) return noSuchEnvironment(name);
  if (view.gatewayRoutes === undefined) {
    const detail = `No cluster of ${name} is reached by routes: none has kubenet.`;
    return problem({ status: 409, title: "No routes to sync", detail });
  }
  const hint = { environment: name, reason: "request", why: "asked for over HTTP" } as const;
  await startRouteSync(instances, hint, Date.now());
  return accepted(request, name);
}

/** `POST /api/environments/{name}/routes/confirm`: lets exactly the held change through, once. */
export async function confirmEnvironmentRoutes(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const name = request.params.name ?? "";
  const body = await jsonBody(request, "A confirmation");
  if ("refusal" in body) return body.refusal;
  const parsed = parseRouteConfirmation(body.json);
  if (!parsed.ok) {
    const detail = "The confirmation has mistakes; nothing was let through.";
    return problem({ status: 400, title: "Not a confirmation", detail, mistakes: parsed.mistakes });
  }
  const instances = durableInstances(context);
  const view = await readEnvironment(instances, name, Date.now());
  if (view === undefined) return noSuchEnvironment(name);
  const { digest } = parsed.confirmation;
  const held = view.gatewayRoutes?.held?.digest;
  if (held !== digest) return notHeld(name, held);
  const confirmation = { digest, at: new Date().toISOString() };
  await instances.signalEntity({ name: "gatewayRoutes", key: name }, "confirm", confirmation);
  const hint = { environment: name, reason: "confirmation", why: `the change ${digest} was confirmed` } as const;
  await startRouteSync(instances, hint, Date.now());
  return accepted(request, name);
}

function notHeld(name: string, held: string | undefined): HttpResponseInit {
  const detail =
    held === undefined
      ? `Nothing is held back in ${name}: look at its status again.`
      : `Another change is held back in ${name} by now, with the digest ${held}: look at it before it is confirmed.`;
  return problem({ status: 409, title: "This change is not held back", detail });
}

function accepted(request: HttpRequest, name: string): HttpResponseInit {
  const statusUrl = new URL(`/api/environments/${name}`, request.url).href;
  return {
    status: 202,
    headers: { location: statusUrl, "retry-after": "20" },
    jsonBody: { environment: name, statusUrl },
  };
}

export function noSuchEnvironment(name: string): HttpResponseInit {
  const detail = `There is no environment ${JSON.stringify(name)} here.`;
  return problem({ status: 404, title: "No such environment", detail });
}
