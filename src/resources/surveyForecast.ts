import type { FirstLook } from "../domain/operationPlan.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import type { DocumentRead } from "./documentRead.ts";
import { obstaclesIn } from "./obstacles.ts";
import { groupReads, resourceReads, type Survey, type SurveyRead, tableReads } from "./survey.ts";
import type { Document } from "./syncDefinition.ts";

export type SurveyForecast =
  /** These must be read first. */
  { readonly look: readonly Document[] } | { readonly obstacles: readonly Failure[] };

/** What the look before the first write would find in the way, from documents alone; a look that Azure refused is in the way itself. */
export function surveyForecast(
  { spec, steps, isNew }: FirstLook,
  read: (document: Document) => DocumentRead | undefined,
): SurveyForecast {
  const groups = surveyed(groupReads(spec), read);
  if (!("survey" in groups)) return groups;
  const resources = surveyed(resourceReads(spec, steps, groups.survey), read);
  if (!("survey" in resources)) return resources;
  const tables = surveyed(tableReads(spec, resources.survey), read);
  if (!("survey" in tables)) return tables;
  const survey = { ...groups.survey, ...resources.survey, ...tables.survey };
  return { obstacles: obstaclesIn(survey, spec, isNew) };
}

function surveyed(
  reads: readonly SurveyRead[],
  read: (document: Document) => DocumentRead | undefined,
): { readonly survey: Survey } | SurveyForecast {
  const found = reads.map((each) => ({ each, document: read(each) }));
  const look = found.flatMap(({ each, document }) => (document === undefined ? [each] : []));
  if (look.length > 0) return { look };
  const obstacles = found.flatMap(({ document }) => (document?.kind === "refused" ? [document.failure] : []));
  if (obstacles.length > 0) return { obstacles };
  const entries = found.flatMap(({ each, document }) =>
    document?.kind === "found" ? [[each.name, document.body] as const] : [],
  );
  return { survey: Object.fromEntries(entries) };
}
