import { type ArmClient, NoAnswerError } from "../azure/armClient.ts";
import { countCalls } from "../azure/callCounter.ts";
import { type EventReceiver, receiverObstacles } from "../domain/eventReceiver.ts";
import type { JsonObject } from "../domain/json.ts";
import type { FirstLook } from "../domain/operationPlan.ts";
import type { StepOutcome } from "../domain/stepOutcome.ts";
import { obstaclesIn } from "../resources/obstacles.ts";
import { groupReads, resourceReads, type Survey, type SurveyRead, tableReads } from "../resources/survey.ts";
import type { ActivityHandlers, Obstacles } from "./activityTypes.ts";
import { noAnswerOutcome, refusedOutcome } from "./refusal.ts";

/** Reads that are under way at once. */
const READS_AT_ONCE = 6;

export interface ObstacleDoors {
  readonly arm: ArmClient;
  readonly receiver: EventReceiver;
}

/** Looks at all that a ticket would write or stand beside, and says what is in the way. Reads only. */
export const findObstacles =
  ({ arm, receiver }: ObstacleDoors): ActivityHandlers["findObstacles"] =>
  async (input, context) => {
    const { result: report, calls } = await countCalls(() => surveyed(arm, input));
    const obstacles =
      report.kind === "seen" ? [...receiverObstacles(receiver, input.steps), ...report.obstacles] : [report.failure];
    context.log({
      event: "surveyed",
      environment: input.spec.name,
      kind: report.kind,
      codes: obstacles.map(({ code }) => code),
    });
    return report.kind === "seen" ? { kind: "seen", obstacles, calls } : { ...report, calls };
  };

async function surveyed(arm: ArmClient, { spec, steps, isNew }: FirstLook): Promise<Obstacles> {
  try {
    const groups = await read(arm, groupReads(spec));
    const resources = await read(arm, resourceReads(spec, steps, groups));
    const tables = await read(arm, tableReads(spec, resources));
    return { kind: "seen", obstacles: obstaclesIn({ ...groups, ...resources, ...tables }, spec, isNew) };
  } catch (error) {
    if (error instanceof RefusedRead) return reportOf(error.outcome, error);
    if (error instanceof NoAnswerError) return reportOf(noAnswerOutcome(error, undefined), error);
    throw error;
  }
}

/** What a refused read means: look again, or the refusal is itself in the way. */
function reportOf(outcome: StepOutcome, error: Error): Obstacles {
  if (outcome.kind === "rejected") return { kind: "seen", obstacles: [outcome.failure] };
  if (outcome.kind !== "busy") throw error;
  const { failure, retryAfterSeconds } = outcome;
  return { kind: "busy", failure, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

class RefusedRead extends Error {
  readonly outcome: StepOutcome;

  constructor(outcome: StepOutcome) {
    super("Azure refused a read.");
    this.outcome = outcome;
  }
}

async function read(arm: ArmClient, reads: readonly SurveyRead[]): Promise<Survey> {
  const found: Record<string, JsonObject> = {};
  for (let from = 0; from < reads.length; from += READS_AT_ONCE) {
    await Promise.all(
      reads.slice(from, from + READS_AT_ONCE).map(async ({ name, id, apiVersion }) => {
        const answer = await arm.get(id, apiVersion);
        if (answer.status === 404) return;
        if (answer.status >= 400) throw new RefusedRead(refusedOutcome(answer, id, undefined));
        if (answer.body !== undefined) found[name] = answer.body;
      }),
    );
  }
  return found;
}
