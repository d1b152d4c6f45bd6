/** Asks the gateway whether its backend servers are healthy, one move at a time: Azure takes the question, and answers later. */
import { type ArmAnswer, type ArmClient, NoAnswerError } from "../azure/armClient.ts";
import { failureOf } from "../domain/armFailure.ts";
import { apiVersions } from "../resources/apiVersions.ts";
import { unwellServers } from "../resources/ingressFindings.ts";
import type { ActivityHandlers } from "./activityTypes.ts";

export interface BackendsMove {
  readonly gatewayId: string;
  /** Where the answer to a question asked before can be read. */
  readonly resultUrl?: string;
}

export type BackendsOutcome =
  | { readonly kind: "asked"; readonly resultUrl: string; readonly lookAfterSeconds: number }
  | { readonly kind: "seen"; readonly serverCount: number; readonly unwell: readonly string[] }
  /** Azure has refused the question, or did not answer; it is asked again. */
  | { readonly kind: "unknown"; readonly why: string };

/** Between two looks at the answer, when Azure names no time. */
const LOOK_SECONDS = 2;
/** More unwell servers than this are counted, not named: the answer goes through durable history. */
const NAMED_SERVERS = 5;

export const lookAtBackends =
  (arm: ArmClient): ActivityHandlers["lookAtBackends"] =>
  async (move, context) => {
    const outcome = await look(arm, move);
    context.log({ event: "backendsSeen", gatewayId: move.gatewayId, ...outcome });
    return outcome;
  };

async function look(arm: ArmClient, { gatewayId, resultUrl }: BackendsMove): Promise<BackendsOutcome> {
  try {
    const answer =
      resultUrl === undefined
        ? await arm.post(`${gatewayId}/backendhealth`, apiVersions.network, {})
        : await arm.follow(resultUrl);
    return outcomeOf(answer, gatewayId, resultUrl);
  } catch (error) {
    if (error instanceof NoAnswerError) return { kind: "unknown", why: error.message };
    throw error;
  }
}

function outcomeOf(answer: ArmAnswer, gatewayId: string, resultUrl: string | undefined): BackendsOutcome {
  if (answer.status >= 400) {
    const { code, message } = failureOf({ ...answer, resourceId: gatewayId });
    return { kind: "unknown", why: `${code}: ${message}` };
  }
  const next = answer.location ?? resultUrl;
  if (answer.status === 202 && next !== undefined)
    return { kind: "asked", resultUrl: next, lookAfterSeconds: answer.retryAfterSeconds ?? LOOK_SECONDS };
  const { serverCount, unwell } = unwellServers(answer.body ?? {});
  const more = unwell.length - NAMED_SERVERS;
  const named = unwell.slice(0, NAMED_SERVERS);
  return { kind: "seen", serverCount, unwell: more > 0 ? [...named, `${more} more`] : named };
}
