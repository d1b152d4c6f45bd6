/** The door for dry runs: the same ticket, the same check, and instead of an operation what it would do. Nothing is kept. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import type { Ticket } from "../contracts/ticket.ts";
import { type AdoptionSurvey, type SurveyInput, surveyOf } from "../domain/adoptionSurvey.ts";
import { type DryRunFacts, dryRunReport } from "../domain/dryRunReport.ts";
import { type EnvironmentState, standingFor } from "../domain/environmentLock.ts";
import type { Forecast } from "../domain/forecast.ts";
import {
  claimGroups,
  type GroupClaimsState,
  groupClaimOf,
  groupHeldFailure,
  noGroupClaims,
} from "../domain/groupClaims.ts";
import { noCalls, sumCalls } from "../domain/laneProgress.ts";
import type { OperationKey } from "../domain/operation.ts";
import { type FirstLook, firstLookOf, type Undertaking, undertakingOf, type Work } from "../domain/operationPlan.ts";
import { orderMistakes } from "../domain/orderMistakes.ts";
import type { CallCounts, Failure } from "../domain/stepOutcome.ts";
import { type DurableInstances, durableInstances } from "../durableInstances.ts";
import type { OperationInput } from "../orchestrators/operation.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { environmentState, inputOf, mistaken, NUMBER_TAKEN, orderOf, sentTicket } from "./sentTicket.ts";

export interface DryRunDoors {
  readonly subscriptionId: string;
  forecast(work: Work, firstLook: FirstLook | undefined): Promise<Forecast>;
  /** What looking at adopted resources comes to, and the ARM calls it took. */
  survey(input: SurveyInput): Promise<{ readonly result: AdoptionSurvey; readonly calls: CallCounts }>;
}

/** `POST /api/dryRuns`. A path of its own: misspelt, it is no ticket that is carried out. */
export const submitDryRun =
  ({ subscriptionId, forecast, survey }: DryRunDoors) =>
  async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const sent = await sentTicket(request);
    if ("refusal" in sent) return sent.refusal;
    const { ticket } = sent;
    const instances = durableInstances(context);
    const asked = orderOf(ticket, subscriptionId);
    const environment = ticket.environment.name;
    const state = await environmentState(instances, environment);
    const standing = standingFor(state, asked.action);
    const mistakes = orderMistakes(asked, environment, standing);
    if (mistakes.length > 0) return mistaken(mistakes, "changed");
    const adopted = asked.action === "provision" ? surveyOf(asked.spec, standing) : undefined;
    const looked = adopted === undefined ? undefined : await survey(adopted);
    const order =
      asked.action === "provision" && looked?.result.kind === "found" ? { ...asked, spec: looked.result.spec } : asked;
    const undertaking = undertakingOf(order, standing);
    const around = await surroundings(instances, { ticket, state, undertaking });
    const calls = looked?.calls ?? noCalls;
    const facts = { action: order.action, environment, plan: undertaking.plan, ...around };
    // What cannot be adopted hides what the rest would become.
    if (looked !== undefined && looked.result.kind !== "found") {
      const nothing = { steps: [], obstacles: [looked.result.failure], calls };
      return { status: 200, jsonBody: dryRunReport({ ...facts, forecast: nothing }) };
    }
    const foreseen = await forecast(undertaking, firstLookOf(order, standing, undertaking));
    const whole = { ...foreseen, calls: sumCalls(calls, foreseen.calls) };
    return { status: 200, jsonBody: dryRunReport({ ...facts, forecast: whole }) };
  };

interface Situation {
  readonly ticket: Ticket;
  readonly state: EnvironmentState | undefined;
  readonly undertaking: Undertaking;
}

/** What other tickets mean for this one. */
async function surroundings(
  instances: DurableInstances,
  { ticket, state, undertaking }: Situation,
): Promise<Pick<DryRunFacts, "obstacles" | "warnings">> {
  const { number } = ticket.ticket;
  const earlier = await inputOf(instances, number);
  const isTaken = earlier !== undefined && earlier.fingerprint !== fingerprintOf(ticket);
  const isRepeated = earlier !== undefined && !isTaken;
  const holder = await runningHolder(instances, state?.holder);
  const held = await heldGroup(instances, undertaking, { ticketNumber: number, attempt: earlier?.attempt ?? 1 });
  return {
    obstacles: [...(isTaken ? [numberTaken(number)] : []), ...held],
    warnings: [
      ...(isRepeated
        ? [`Ticket ${number} was accepted before: sent again, it begins nothing and shows its state.`]
        : []),
      ...(holder === undefined || holder === number ? [] : [waits(holder, state?.queue.length ?? 0)]),
    ],
  };
}

/** The ticket that works on the environment; one that was terminated from outside does not, although it never let go. */
async function runningHolder(
  instances: DurableInstances,
  holder: OperationKey | undefined,
): Promise<string | undefined> {
  return holder !== undefined && (await isRunning(instances, holder)) ? holder.ticketNumber : undefined;
}

async function isRunning(instances: DurableInstances, { ticketNumber, attempt }: OperationKey): Promise<boolean> {
  const instance = await instances.find(ticketNumber);
  return instance !== undefined && !instance.isEnded && (instance.input as OperationInput).attempt === attempt;
}

function waits(holder: string, queuedCount: number): string {
  const others = queuedCount === 0 ? "" : ` ${queuedCount} more wait${queuedCount === 1 ? "s" : ""} before it.`;
  return `Ticket ${holder} works on this environment now: this ticket would wait for it, and find what it leaves.${others}`;
}

/** What a claim of the environment's groups would meet; nothing is claimed. */
async function heldGroup(
  instances: DurableInstances,
  { spec }: Undertaking,
  key: OperationKey,
): Promise<readonly Failure[]> {
  const entity = { name: "groupClaims", key: spec.subscriptionId };
  const state = ((await instances.entityState(entity)) as GroupClaimsState | undefined) ?? noGroupClaims;
  const [, answer] = claimGroups(state, groupClaimOf(spec, key));
  if (answer.kind === "granted" || !(await isRunning(instances, answer.by.operation))) return [];
  return [groupHeldFailure(answer)];
}

function numberTaken(number: string): Failure {
  return {
    code: "NumberTaken",
    message: `Ticket ${number} ${NUMBER_TAKEN}`,
    advice: "Give the ticket another number.",
  };
}
