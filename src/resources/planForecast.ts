import { outputsFor, type ScopedOutputs, scoped } from "../domain/clusterScope.ts";
import { predecessors } from "../domain/criticalPath.ts";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { ForecastStep } from "../domain/forecast.ts";
import type { Work } from "../domain/operationPlan.ts";
import type { Step } from "../domain/step.ts";
import type { DocumentRead } from "./documentRead.ts";
import { stepForecast } from "./stepForecast.ts";
import type { Document } from "./syncDefinition.ts";

export type PlanForecast =
  /** These must be read first; with what they hold, ask again. */
  { readonly look: readonly Document[] } | { readonly steps: readonly ForecastStep[] };

/** What each step would do, gone through in the plan's order so that each knows what those before it would leave. */
export function planForecast(work: Work, read: (document: Document) => DocumentRead | undefined): PlanForecast {
  const look: Document[] = [];
  const told = new Map<string, ForecastStep>();
  const ancestors = ancestorsOf(work);
  let known: ScopedOutputs = work.known;
  for (const step of work.plan.steps) {
    const { id, title, cluster, lane, kind } = step;
    const answer = stepForecast({
      step,
      spec: specFor(work, step),
      outputs: outputsFor(known, cluster),
      read,
      before: [...(ancestors.get(id) ?? [])].flatMap((before) => told.get(before) ?? []),
    });
    if ("look" in answer) look.push(...answer.look);
    else {
      known = { ...known, ...scoped(answer.outputs, cluster) };
      told.set(id, { id, title, ...(cluster === undefined ? {} : { cluster }), lane, kind, ...answer.forecast });
    }
  }
  return look.length > 0 ? { look } : { steps: leftByAll([...told.values()]) };
}

/** A group that serves for several is met by several steps: that which is the last to go says what becomes of it. */
function leftByAll(steps: readonly ForecastStep[]): readonly ForecastStep[] {
  const idOf = ({ resourceId }: ForecastStep): string | undefined => resourceId?.toLowerCase();
  const deleted = new Set(steps.filter(({ would }) => would === "delete").map(idOf));
  return steps.map((step) =>
    step.would === "leave" && deleted.has(idOf(step))
      ? { ...step, would: "unchanged", reason: "another step deletes it" }
      : step,
  );
}

function specFor({ views, spec }: Work, { id, cluster }: Step): EnvironmentSpec {
  const view = cluster === undefined ? spec : views[cluster];
  if (view === undefined) throw new Error(`The plan has no view of the cluster ${cluster}, which step ${id} is about.`);
  return view;
}

/** All steps that a step waits for, directly or not. */
function ancestorsOf({ plan }: Work): ReadonlyMap<string, ReadonlySet<string>> {
  const ancestors = new Map<string, ReadonlySet<string>>();
  for (const step of plan.steps) {
    const direct = predecessors(plan, step);
    ancestors.set(step.id, new Set(direct.flatMap((id) => [id, ...(ancestors.get(id) ?? [])])));
  }
  return ancestors;
}
