/** What would become of a resource that is to be there: decided by what the steps themselves decide with. */
import type { StepForecast } from "../domain/forecast.ts";
import { factInWords } from "./factInWords.ts";
import {
  type ForecastAnswer,
  type ForecastQuestion,
  isUnseen,
  notShown,
  told,
  writeUnderWay,
} from "./forecastQuestion.ts";
import { type FactMissing, madeFromFacts } from "./mustHave.ts";
import { decideResource, type ResourceDecision } from "./resourceDecision.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

export function resourceForecast(definition: ResourceDefinition, question: ForecastQuestion): ForecastAnswer {
  const { spec, outputs, read } = question;
  const named = madeFromFacts(() => definition.id(spec, outputs));
  if ("missing" in named) return told(unnamed(named.missing, question));
  const resourceId = named.made;
  const at = { id: resourceId, apiVersion: definition.apiVersion };
  const found = read(at);
  if (found === undefined) return { look: [at] };
  if (found.kind === "refused") return told(notShown(resourceId, found.failure));
  if (found.kind === "missing") return told({ would: "create", resourceId });
  const desired = madeFromFacts(() => definition.desired(spec, outputs));
  const learnt = madeFromFacts(() => definition.outputs?.(found.body, spec) ?? {});
  const known = "made" in learnt ? learnt.made : {};
  if ("missing" in desired) {
    const reason = `what it is to hold follows from ${factInWords(desired.missing)}, which is not known yet`;
    return told({ would: "unknown", resourceId, reason }, known);
  }
  const decision = decideResource(definition, { id: resourceId, existing: found.body, desired: desired.made, spec });
  // A refusal says all that there is to say.
  const warnings = decision.kind === "refuse" ? [] : (definition.warnings?.(found.body, spec) ?? []);
  const forecast = { resourceId, ...decided(decision), ...(warnings.length === 0 ? {} : { warnings }) };
  return told(forecast, known);
}

function decided(decision: ResourceDecision): StepForecast {
  switch (decision.kind) {
    case "create":
      return { would: "create" };
    case "right":
      return { would: "unchanged" };
    case "wait":
      return { would: "unknown", reason: writeUnderWay(decision.state) };
    case "refuse":
      return { would: "refuse", failure: decision.failure };
    case "write":
      return decision.differences.length > 0
        ? { would: "change", differences: decision.differences }
        : { would: "change", reason: decision.change };
  }
}

/** An id that is made from what is not there yet is that of something new, unless nobody could see whether it is there. */
function unnamed(missing: FactMissing, { before }: ForecastQuestion): StepForecast {
  const fact = factInWords(missing);
  const unseen = before.find(isUnseen);
  if (unseen !== undefined)
    return { would: "unknown", reason: `its name follows from ${fact}; ${unseen.title} could not be read` };
  return { would: "create", reason: `its name follows from ${fact}, which is not known yet` };
}
