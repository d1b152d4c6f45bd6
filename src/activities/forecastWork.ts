import type { ArmClient } from "../azure/armClient.ts";
import { countCalls } from "../azure/callCounter.ts";
import { type EventReceiver, receiverFacts, receiverObstacles } from "../domain/eventReceiver.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { FirstLook, Work } from "../domain/operationPlan.ts";
import type { DocumentRead } from "../resources/documentRead.ts";
import { planForecast } from "../resources/planForecast.ts";
import { type SurveyForecast, surveyForecast } from "../resources/surveyForecast.ts";
import type { Document } from "../resources/syncDefinition.ts";
import { type ReadingDoors, readDocuments } from "./readDocuments.ts";

/** What is read may lead to more to read: from an identity to its roles, from a resource to its parent. More rounds make no sense. */
const ROUNDS_MAX = 10;

export interface ForecastDoors {
  readonly arm: ArmClient;
  readonly receiver: EventReceiver;
}

/** Reads what stands in Azure and says what the work would meet and make of it. Nothing is written, and no command is run. */
export async function forecastWork(
  { arm, receiver }: ForecastDoors,
  asked: Work,
  firstLook: FirstLook | undefined,
): Promise<Forecast> {
  const work = { ...asked, known: { ...asked.known, ...receiverFacts(receiver) } };
  const startedMs = performance.now();
  const doors: ReadingDoors = {
    arm,
    elapsedSeconds: () => (performance.now() - startedMs) / 1000,
    pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
  const { result, calls } = await countCalls(() => foreseen(doors, work, firstLook));
  const obstacles = [...receiverObstacles(receiver, firstLook?.steps ?? []), ...result.obstacles];
  return { ...result, obstacles, calls };
}

async function foreseen(
  doors: ReadingDoors,
  work: Work,
  firstLook: FirstLook | undefined,
): Promise<Omit<Forecast, "calls">> {
  const known = new Map<string, DocumentRead>();
  const read = (document: Document): DocumentRead | undefined => known.get(keyOf(document));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const plan = planForecast(work, read);
    const survey: SurveyForecast = firstLook === undefined ? { obstacles: [] } : surveyForecast(firstLook, read);
    if ("steps" in plan && "obstacles" in survey) return { steps: plan.steps, obstacles: survey.obstacles };
    const look = [plan, survey].flatMap((each) => ("look" in each ? each.look : []));
    const wanted = [...new Map(look.map((document) => [keyOf(document), document])).values()];
    const results = await readDocuments(doors, wanted);
    for (const [index, document] of wanted.entries()) {
      const found = results[index];
      if (found !== undefined) known.set(keyOf(document), found);
    }
  }
  throw new Error(
    `A dry run still wants to read more after ${ROUNDS_MAX} rounds: the plan's steps ask for each other.`,
  );
}

/** ARM compares ids without case. */
function keyOf({ id }: Document): string {
  return id.toLowerCase();
}
