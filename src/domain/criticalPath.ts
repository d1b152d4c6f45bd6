import type { Step, StepGraph } from "./step.ts";

/** The shortest time in which a plan can be carried out, in seconds: its longest chain of needs and lanes. Throws a sentence for a plan that makes no sense. */
export function criticalPathSeconds(plan: StepGraph): number {
  return Math.max(0, ...finishSeconds(plan).values());
}

/** The time a script needs that does one step after the other, in seconds. */
export function sequentialSeconds(plan: StepGraph): number {
  assertPlan(plan);
  return plan.steps.reduce((sum, step) => sum + step.expectedSeconds, 0);
}

/** The steps of the longest chain, in order. */
export function criticalPath(plan: StepGraph): readonly Step[] {
  const finish = finishSeconds(plan);
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  const latest = (ids: readonly string[]): Step | undefined => {
    const [last] = [...ids].sort((left, right) => (finish.get(right) ?? 0) - (finish.get(left) ?? 0));
    return last === undefined ? undefined : byId.get(last);
  };
  const path: Step[] = [];
  for (let step = latest([...byId.keys()]); step !== undefined; step = latest(predecessors(plan, step)))
    path.unshift(step);
  return path;
}

/** Everything a step waits for directly: what it needs, and the step before it in its lane. */
export function predecessors(plan: StepGraph, step: Step): readonly string[] {
  const lane = plan.steps.filter((other) => other.lane === step.lane);
  const before = lane[lane.indexOf(step) - 1];
  return before === undefined || step.needs.includes(before.id) ? step.needs : [before.id, ...step.needs];
}

/** Throws a sentence for double ids, unknown or later needs (which is what a cycle is in an ordered plan) and times that are none. */
export function assertPlan(plan: StepGraph): void {
  const all = new Set(plan.steps.map((step) => step.id));
  const seen = new Set<string>();
  for (const step of plan.steps) {
    if (seen.has(step.id)) throw new Error(`The plan has two steps "${step.id}"; ids must be unique.`);
    if (!(step.expectedSeconds >= 0))
      throw new Error(`Step "${step.id}" expects ${step.expectedSeconds} seconds; give a number that is not negative.`);
    for (const need of predecessors(plan, step)) {
      if (!all.has(need)) throw new Error(`Step "${step.id}" needs "${need}", which is no step of the plan.`);
      if (!seen.has(need))
        throw new Error(
          `Step "${step.id}" needs "${need}", which stands after it: a cycle, or the plan is not in order.`,
        );
    }
    seen.add(step.id);
  }
}

function finishSeconds(plan: StepGraph): ReadonlyMap<string, number> {
  assertPlan(plan);
  const finish = new Map<string, number>();
  for (const step of plan.steps) {
    const start = Math.max(0, ...predecessors(plan, step).map((need) => finish.get(need) ?? 0));
    finish.set(step.id, start + step.expectedSeconds);
  }
  return finish;
}
