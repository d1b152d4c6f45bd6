/** The door to cases of denied egress: which there are, what is known of one, and what somebody may do with it. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { type EgressCaseAnswer, type EgressCaseList, parseCaseQuery } from "../contracts/egressCase.ts";
import { parseRemark, parseSuppression } from "../contracts/egressCaseAction.ts";
import { acted, type CaseAction } from "../domain/deniedEgress/caseActions.ts";
import { caseById, casesView } from "../domain/deniedEgress/caseView.ts";
import type { EgressWatchState } from "../domain/deniedEgress/egressWatchState.ts";
import { msBetween } from "../domain/deniedEgress/instant.ts";
import { isRepeated } from "../domain/deniedEgress/repeatedAction.ts";
import type { Mistake } from "../domain/mistake.ts";
import { type DurableInstances, durableInstances } from "../durableInstances.ts";
import type { EgressCaseActionInput } from "../orchestrators/egressCaseAction.ts";
import { noSuchEnvironment } from "./environments.ts";
import { textDigest } from "./fingerprint.ts";
import { jsonBody } from "./jsonBody.ts";
import { problem } from "./problem.ts";
import { isEnvironmentName } from "./readEnvironment.ts";
import { readIndex } from "./routeEvents.ts";
import { startOnce } from "./startOnce.ts";
import type { Written } from "./written.ts";

/** `GET /api/egress/cases` */
export const listEgressCases =
  (subscriptionId: string) =>
  async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const parsed = parseCaseQuery(Object.fromEntries(request.query));
    if (!parsed.ok) {
      const detail = "The query has mistakes.";
      return problem({ status: 400, title: "Not a query for cases", detail, mistakes: parsed.mistakes });
    }
    const { environment, filter, limit, skip } = parsed.query;
    const instances = durableInstances(context);
    const { environments } = await readIndex(instances, subscriptionId);
    const names = environments
      .map(({ name }) => name)
      .filter((name) => environment === undefined || name === environment.toLowerCase());
    if (environment !== undefined && names.length === 0) return noSuchEnvironment(environment);
    const states = await Promise.all(names.map((name) => readWatch(instances, name)));
    const all = states
      .flatMap((state) => (state === undefined ? [] : casesView(state, filter)))
      .sort((left, right) => msBetween(left.lastAt, right.lastAt) || (left.id < right.id ? -1 : 1));
    const end = skip + limit;
    const body = {
      cases: all.slice(skip, end),
      totalCount: all.length,
      ...(end < all.length ? { nextUrl: skippedTo(request.url, end) } : {}),
    };
    return { status: 200, jsonBody: body satisfies Written<EgressCaseList> };
  };

function skippedTo(url: string, skip: number): string {
  const next = new URL(url);
  next.searchParams.set("skip", String(skip));
  return next.href;
}

/** `GET /api/egress/cases/{id}` */
export async function getEgressCase(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const id = request.params.id ?? "";
  const state = await watchOfCase(durableInstances(context), id);
  const found = state === undefined ? undefined : caseById(state, id);
  if (found === undefined) return noSuchCase(id);
  return { status: 200, jsonBody: found satisfies Written<EgressCaseAnswer> };
}

/** `POST /api/egress/cases/{id}/acknowledge`: somebody looks after it; only what is worse is told from now on. */
export function acknowledgeEgressCase(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  return act(request, context, {
    kind: "acknowledge",
    what: "An acknowledgement",
    parse: (body) => parseRemark("an acknowledgement", body),
  });
}

/** `POST /api/egress/cases/{id}/suppress`: nobody wants to hear of it until then. */
export function suppressEgressCase(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  return act(request, context, {
    kind: "suppress",
    what: "A suppression",
    parse: (body) => {
      const parsed = parseSuppression(body, Date.now());
      if (!parsed.ok) return parsed;
      const { by, reason, until } = parsed.action;
      return { ok: true, action: { by, note: reason, until } };
    },
  });
}

/** `POST /api/egress/cases/{id}/close`: what comes back opens another case. */
export function closeEgressCase(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  return act(request, context, {
    kind: "close",
    what: "A closing",
    parse: (body) => parseRemark("a closing", body),
  });
}

interface Doing {
  readonly kind: CaseAction["kind"];
  /** What is sent, in words. */
  readonly what: string;
  parse(body: unknown):
    | {
        readonly ok: true;
        readonly action: { readonly by: string; readonly note?: string | undefined; readonly until?: string };
      }
    | { readonly ok: false; readonly mistakes: readonly Mistake[] };
}

/** What cannot be done is refused here, in words; what can is done by an orchestration, so that nobody it is told to is left out. */
async function act(
  request: HttpRequest,
  context: InvocationContext,
  { kind, what, parse }: Doing,
): Promise<HttpResponseInit> {
  const id = request.params.id ?? "";
  const body = await jsonBody(request, what);
  if ("refusal" in body) return body.refusal;
  const parsed = parse(body.json);
  if (!parsed.ok) {
    const detail = `${what} has mistakes; nothing was changed.`;
    return problem({ status: 400, title: `Not ${what.toLowerCase()}`, detail, mistakes: parsed.mistakes });
  }
  const { by, note, until } = parsed.action;
  const action = { kind, id, by, ...(note === undefined ? {} : { note }), ...(until === undefined ? {} : { until }) };
  const instances = durableInstances(context);
  const state = await watchOfCase(instances, id);
  if (state === undefined) return noSuchCase(id);
  const found = caseById(state, id);
  if (found !== undefined && isRepeated(found, action)) return accepted(request, id);
  const [, outcome] = acted(state.book, { ...action, at: new Date().toISOString() });
  if (outcome.kind === "unknown") return problem({ status: 404, title: "No such case", detail: outcome.why });
  if (outcome.kind === "refused") return problem({ status: 409, title: "Not possible now", detail: outcome.why });
  await startAction(instances, { environment: environmentOf(id), action });
  return accepted(request, id);
}

function accepted(request: HttpRequest, id: string): HttpResponseInit {
  const statusUrl = new URL(`/api/egress/cases/${id}`, request.url).href;
  return { status: 202, headers: { location: statusUrl, "retry-after": "1" }, jsonBody: { case: id, statusUrl } };
}

/** The same request is the same instance: sent twice at once, it is done once. */
async function startAction(
  instances: Pick<DurableInstances, "find" | "start">,
  input: EgressCaseActionInput,
): Promise<void> {
  const instanceId = `egressAction.${textDigest(JSON.stringify(input))}`;
  await startOnce(instances, {
    orchestrator: "egressCaseAction",
    instanceId,
    input,
    isThis: ({ isEnded }) => !isEnded,
  });
}

const caseId = /^(?<environment>.+)-[0-9a-f]{12}-\d+$/;

function environmentOf(id: string): string {
  return caseId.exec(id)?.groups?.environment ?? "";
}

async function watchOfCase(
  instances: Pick<DurableInstances, "entityState">,
  id: string,
): Promise<EgressWatchState | undefined> {
  const environment = environmentOf(id);
  return isEnvironmentName(environment) ? readWatch(instances, environment) : undefined;
}

async function readWatch(
  instances: Pick<DurableInstances, "entityState">,
  environment: string,
): Promise<EgressWatchState | undefined> {
  return (await instances.entityState({ name: "egressCases", key: environment })) as EgressWatchState | undefined;
}

function noSuchCase(id: string): HttpResponseInit {
  const detail = `There is no case ${JSON.stringify(id)}: it never was, or it was closed so long ago that it is not kept any more.`;
  return problem({ status: 404, title: "No such case", detail });
}
