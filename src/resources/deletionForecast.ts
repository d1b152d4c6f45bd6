/** What would become of a resource that is to go: decided by what the step itself decides with. */
import type { StepForecast } from "../domain/forecast.ts";
import { isJsonArray, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { type DeletionDecision, decideDeletion } from "./deletionDecision.ts";
import { factInWords } from "./factInWords.ts";
import { type ForecastAnswer, type ForecastQuestion, isUnseen, notShown, told } from "./forecastQuestion.ts";
import { madeFromFacts } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";
import type { Document } from "./syncDefinition.ts";

export function deletionForecast(definition: ResourceDefinition, question: ForecastQuestion): ForecastAnswer {
  const { spec, outputs, before } = question;
  const named = madeFromFacts(() => definition.id(spec, outputs));
  if ("missing" in named) {
    const reason = `its name follows from ${factInWords(named.missing)}, which is not known`;
    return told({ would: "unknown", reason });
  }
  const resourceId = named.made;
  const gone = before.filter(({ would }) => would === "delete").flatMap((step) => step.resourceId ?? []);
  const goesBefore = (id: string): boolean => gone.some((each) => isIn(id, each));
  if (goesBefore(resourceId)) return told({ would: "unchanged", resourceId, reason: "it is gone by then" });
  const decision = decide(definition, question, resourceId, goesBefore);
  if ("failure" in decision) return told(notShown(resourceId, decision.failure));
  if (decision.kind === "look") return { look: [decision.at] };
  const unseen = before.filter(isUnseen);
  if (decision.kind === "leave" && unseen.length > 0) {
    const goesPerhaps = (id: string): boolean =>
      goesBefore(id) || unseen.some((step) => isIn(id, step.resourceId ?? ""));
    const otherwise = decide(definition, question, resourceId, goesPerhaps);
    const reason = `nobody could see what becomes of ${unseen.map(({ title }) => title.replace(/^Delete /, "")).join(", ")}`;
    if ("kind" in otherwise && otherwise.kind === "delete") return told({ would: "unknown", resourceId, reason });
  }
  const own = question.read({ id: resourceId, apiVersion: definition.apiVersion });
  const parts = own?.kind === "found" ? partsOf(own.body, resourceId, goesBefore) : [];
  return told({ resourceId, ...decided(decision, parts) });
}

function decide(
  definition: ResourceDefinition,
  { spec, read }: ForecastQuestion,
  id: string,
  goesBefore: (id: string) => boolean,
): DeletionDecision | { readonly failure: Failure } {
  const refused: Failure[] = [];
  const decision = decideDeletion(definition, {
    id,
    environment: spec.name,
    adopt: spec.adopt,
    goesBefore,
    read: (document: Document): JsonObject | "missing" | undefined => {
      const found = read(document);
      if (found?.kind === "refused") refused.push(found.failure);
      if (found?.kind === "found") return found.body;
      return found?.kind === "missing" ? "missing" : undefined;
    },
  });
  const [failure] = refused;
  return failure === undefined ? decision : { failure };
}

function decided(
  decision: Exclude<DeletionDecision, { readonly kind: "look" }>,
  parts: readonly string[],
): StepForecast {
  switch (decision.kind) {
    case "gone":
      return { would: "unchanged", reason: "it is not there" };
    case "deleting":
      return { would: "delete", reason: "Azure is at it already" };
    case "leave":
      return { would: "leave", reason: decision.reason };
    case "delete":
      return parts.length === 0 ? { would: "delete" } : { would: "delete", reason: `with ${parts.join(", ")}` };
  }
}

/** What lives inside a resource and goes with it, whoever made it, unless a step of its own does that before; others only hang on it. */
function partsOf(existing: JsonObject, resourceId: string, goesBefore: (id: string) => boolean): readonly string[] {
  const collections = ["subnets", "virtualNetworkPeerings", "routes", "ruleCollectionGroups"];
  const parts = collections.flatMap((collection) => {
    const listed = jsonAt(existing, `properties.${collection}`);
    const partIds = (isJsonArray(listed) ? listed : []).flatMap((part) => textAt(part, "id") ?? []);
    const own = partIds.filter((id) => isIn(id, resourceId) && !goesBefore(id));
    return own.map((id) => id.slice(id.lastIndexOf("/") + 1));
  });
  const nodeGroup = textAt(existing, "properties.nodeResourceGroup");
  return [...parts, ...(nodeGroup === undefined ? [] : [`the resource group ${nodeGroup} of its nodes`])];
}
/** Whether something is this resource or a part of it. */
function isIn(id: string, resourceId: string): boolean {
  const [inner, outer] = [id.toLowerCase(), resourceId.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}/`);
}
