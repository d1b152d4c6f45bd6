/** What one step would do, from documents alone. It asks for those that it needs and were not read yet. */
import type { StepForecast } from "../domain/forecast.ts";
import { isInProgress, provisioningState } from "../domain/provisioningState.ts";
import { ids } from "../domain/resourceNames.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { apiVersions } from "./apiVersions.ts";
import { commandDefinition, lookupDefinition, resourceDefinition, syncDefinition } from "./catalog.ts";
import { deletionForecast } from "./deletionForecast.ts";
import { type ForecastAnswer, type ForecastQuestion, notShown, told, writeUnderWay } from "./forecastQuestion.ts";
import { madeFromFacts } from "./mustHave.ts";
import { resourceForecast } from "./resourceForecast.ts";
import type { SyncDecision } from "./syncDefinition.ts";

export function stepForecast(question: ForecastQuestion): ForecastAnswer {
  const { step } = question;
  const id = step.definition ?? step.id;
  switch (step.kind) {
    case "resource":
      return resourceForecast(resourceDefinition(id), question);
    case "deletion":
      return deletionForecast(resourceDefinition(id), question);
    case "sync":
      return syncForecast(id, question);
    case "lookup":
      return lookupForecast(id, question);
    case "command":
      return commandForecast(id, question);
    case "verification":
      return { forecast: { would: "run" }, outputs: {} };
  }
}

function lookupForecast(id: string, { spec, read }: ForecastQuestion): ForecastAnswer {
  const definition = lookupDefinition(id);
  const at = { id: definition.path(spec), apiVersion: definition.apiVersion };
  const found = read(at);
  if (found === undefined) return { look: [at] };
  if (found.kind !== "found") return told(notShown(at.id, found.failure));
  const learnt = madeFromFacts(() => definition.outputs(found.body, spec));
  if ("made" in learnt && definition.isAdopted === true)
    return told({ would: "leave", resourceId: at.id, reason: "it is adopted" }, learnt.made);
  if ("made" in learnt) {
    return told({ would: "run", reason: `now it gives ${Object.values(learnt.made).join(", ")}` }, learnt.made);
  }
  const { message } = learnt.missing;
  const advice = "Say it in the ticket itself, then try again.";
  return told({ would: "refuse", failure: { code: "FactMissing", message, resourceId: at.id, advice } });
}

function syncForecast(id: string, { spec, read }: ForecastQuestion): ForecastAnswer {
  const definition = syncDefinition(id);
  const own = { id: definition.id(spec), apiVersion: definition.apiVersion };
  const documents = [own, ...definition.sources(spec)];
  const found = documents.map(read);
  const look = documents.filter((_, index) => found[index] === undefined);
  if (look.length > 0) return { look };
  const resourceId = own.id;
  const failure = found.map((each) => (each?.kind === "refused" ? each.failure : undefined)).find(isThere);
  if (failure !== undefined) return told(notShown(resourceId, failure));
  const [first, ...sources] = found.map((each) => (each?.kind === "found" ? each.body : undefined));
  if (first === undefined && definition.isRemoval === true)
    return told({ would: "unchanged", resourceId, reason: "it is gone itself" });
  if (first === undefined || sources.includes(undefined)) {
    const reason = "it follows what Azure writes into resources that are not there yet";
    return told({ would: "unknown", resourceId, reason });
  }
  const state = provisioningState(first);
  if (isInProgress(state)) return told({ would: "unknown", resourceId, reason: writeUnderWay(state ?? "") });
  return told({ resourceId, ...decided(definition.decide(first, sources, spec)) });
}

function isThere(failure: Failure | undefined): failure is Failure {
  return failure !== undefined;
}

function decided(decision: SyncDecision): StepForecast {
  switch (decision.kind) {
    case "right":
      return { would: "unchanged" };
    case "write":
      return { would: "change", reason: decision.change };
    case "wait":
      return { would: "unknown", reason: decision.waitingFor };
    case "refuse":
      return { would: "refuse", failure: decision.failure };
  }
}

/** Inside a cluster nothing can be looked at without running something there. */
function commandForecast(id: string, { spec, read, before }: ForecastQuestion): ForecastAnswer {
  const isRemoval = commandDefinition(id).isRemoval === true;
  const at = { id: ids.cluster(spec), apiVersion: apiVersions.managedClusters };
  const found = read(at);
  if (found === undefined) return { look: [at] };
  const resourceId = at.id;
  if (found.kind === "refused") return told(notShown(resourceId, found.failure));
  const isGone = found.kind === "missing" || provisioningState(found.body) === "Deleting";
  if (isGone && isRemoval)
    return told({ would: "unchanged", resourceId, reason: "the cluster is gone, and all in it" });
  if (!isGone)
    return told({
      would: "unknown",
      resourceId,
      reason: "only a command in the cluster tells, which a dry run does not run",
    });
  if (before.some((each) => each.would === "create" && each.resourceId === resourceId))
    return told({ would: "run", resourceId, reason: "in the cluster that is made first" });
  const message = `The cluster ${spec.cluster.name} is not there, and no step of this ticket makes it.`;
  const advice = "Send the ticket that makes the cluster again, then try again.";
  return told({ would: "refuse", resourceId, failure: { code: "ClusterGone", message, resourceId, advice } });
}
