/** Reads what is adopted, and keeps what the reading itself says: what is not there, what may not be read, what is being worked on. */
import type { ArmAnswer, ArmClient } from "../azure/armClient.ts";
import { failureOf, treatmentOf } from "../domain/armFailure.ts";
import { isJsonArray, isJsonObject, type JsonObject } from "../domain/json.ts";
import { isInProgress, provisioningState } from "../domain/provisioningState.ts";
import type { Failure } from "../domain/stepOutcome.ts";

export interface AdoptedReader {
  /** The resource; undefined when a finding or a failure says why not. `what` is for sentences: "The firewall afw-hub". */
  resource(what: string, id: string, apiVersion: string): Promise<JsonObject | undefined>;
  /** All members of a list; undefined when it could not be read. That its resource is missing is said at the resource. */
  list(what: string, path: string, apiVersion: string): Promise<readonly JsonObject[] | undefined>;
  readonly findings: readonly string[];
  /** Why to look again later; the first reason counts. */
  readonly notNow: readonly Failure[];
}

/** Pages of a list; far more than a policy's groups or a resource's settings ever fill. */
const PAGES_MAX = 20;

export function adoptedReader(arm: ArmClient): AdoptedReader {
  const findings: string[] = [];
  const notNow: Failure[] = [];
  const bodyOf = (what: string, id: string, answer: ArmAnswer): JsonObject | undefined => {
    if (answer.status === 404) findings.push(`${what} does not exist (${id}).`);
    if (answer.status < 400 || answer.status === 404) return answer.status < 400 ? answer.body : undefined;
    const refusal = { status: answer.status, body: answer.body, correlationId: answer.correlationId, resourceId: id };
    const failure = failureOf(refusal);
    // A right that is missing in somebody else's group is seldom one that is still on its way.
    const isPassing = answer.status !== 403 && treatmentOf(refusal) !== "stop";
    if (isPassing) notNow.push(failure);
    else findings.push(`${what} cannot be read: ${failure.code}: ${failure.message} ${failure.advice}`);
    return undefined;
  };
  return {
    findings,
    notNow,
    async resource(what, id, apiVersion) {
      const body = bodyOf(what, id, await arm.get(id, apiVersion));
      const state = provisioningState(body);
      if (isInProgress(state)) notNow.push(busy(what, id, state ?? ""));
      return body;
    },
    async list(what, path, apiVersion) {
      const members: JsonObject[] = [];
      let answer = await arm.get(path, apiVersion);
      for (let page = 1; page <= PAGES_MAX; page++) {
        const body = answer.status === 404 ? undefined : bodyOf(what, path, answer);
        if (body === undefined) return undefined;
        if (isJsonArray(body.value)) members.push(...body.value.filter(isJsonObject));
        if (typeof body.nextLink !== "string") break;
        answer = await arm.follow(body.nextLink);
      }
      return members;
    },
  };
}

function busy(what: string, resourceId: string, state: string): Failure {
  return {
    code: "AdoptedResourceBusy",
    message: `${what} is ${state}: somebody writes it.`,
    resourceId,
    advice: "Look at its activity log for who writes it, then retry.",
  };
}
