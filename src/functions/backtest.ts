/** The door to backtests: what the watch of denied egress would have said about a past period. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { type EgressBacktestAnswer, parseBacktestRequest } from "../contracts/egressBacktest.ts";
import type { EgressSettings } from "../domain/deniedEgress/egressSettings.ts";
import { type DurableInstance, durableInstances } from "../durableInstances.ts";
import type {
  EgressBacktestInput,
  EgressBacktestOutput,
  EgressBacktestStatus,
} from "../orchestrators/egressBacktest.ts";
import { noSuchEnvironment } from "./environments.ts";
import { textDigest } from "./fingerprint.ts";
import { jsonBody } from "./jsonBody.ts";
import { problem } from "./problem.ts";
import { readEnvironment } from "./readEnvironment.ts";
import type { Written } from "./written.ts";

/** Enough of a digest to tell backtests apart. */
const ID_CHARACTERS = 16;

/** `POST /api/egress/backtest`: two weeks are hundreds of queries, so it is begun here and its end is asked for. */
export const startBacktest =
  (settings: EgressSettings) =>
  async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const body = await jsonBody(request, "A backtest");
    if ("refusal" in body) return body.refusal;
    const nowEpochMs = Date.now();
    const parsed = parseBacktestRequest(body.json, settings, nowEpochMs);
    if (!parsed.ok) {
      const detail = "The request has mistakes; nothing was read.";
      return problem({ status: 400, title: "Not a backtest", detail, mistakes: parsed.mistakes });
    }
    const input: EgressBacktestInput = parsed.request;
    const instances = durableInstances(context);
    const { environment } = input;
    if ((await readEnvironment(instances, environment, nowEpochMs)) === undefined)
      return noSuchEnvironment(environment);
    // The same question is the same backtest while it runs; afterwards it is asked anew, since rows may have come late.
    const id = textDigest(JSON.stringify(input)).slice(0, ID_CHARACTERS);
    const known = await instances.find(instanceIdOf(id));
    if (known?.isEnded !== false) await instances.start("egressBacktest", instanceIdOf(id), input);
    const statusUrl = new URL(`/api/egress/backtests/${id}`, request.url).href;
    return { status: 202, headers: { location: statusUrl, "retry-after": "10" }, jsonBody: { id, statusUrl } };
  };

/** `GET /api/egress/backtests/{id}` */
export async function getBacktest(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const id = request.params.id ?? "";
  const instance = /^[0-9a-f]{16}$/.test(id) ? await durableInstances(context).find(instanceIdOf(id)) : undefined;
  if (instance === undefined) {
    const detail = `There is no backtest ${JSON.stringify(id)} here.`;
    return problem({ status: 404, title: "No such backtest", detail });
  }
  return { status: 200, jsonBody: answerOf(id, instance) satisfies Written<EgressBacktestAnswer> };
}

function answerOf(
  id: string,
  { input, output, customStatus, isEnded }: DurableInstance,
): Written<EgressBacktestAnswer> {
  const asked = { id, ...(input as EgressBacktestInput) };
  if (!isEnded) {
    const progress = customStatus as EgressBacktestStatus | null | undefined;
    return { ...asked, state: "running", ...(progress ? { progress } : {}) };
  }
  const result = output as EgressBacktestOutput | null | undefined;
  if (typeof result !== "object" || result === null) return { ...asked, state: "failed", failure: ended };
  if ("failure" in result) return { ...asked, state: "failed", failure: result.failure };
  return { ...asked, state: "succeeded", report: result.report };
}

const ended = {
  code: "Ended",
  message: "The backtest was ended from outside, or by a fault of Portcullis itself.",
  advice: "Ask for it again; its log says more.",
} as const;

function instanceIdOf(id: string): string {
  return `backtest.${id}`;
}
