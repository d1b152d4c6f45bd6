/** How the steps of a plan are written down and put in order. */
import { expectedSeconds } from "./expectedDurations.ts";
import type { Step } from "./step.ts";

/** A step as a plan writes it down. */
export interface WrittenStep extends Pick<Step, "id" | "title" | "lane" | "kind" | "needs"> {
  readonly duration: keyof typeof expectedSeconds;
}

/** A step that makes one ARM resource right. */
export function resource(written: Omit<WrittenStep, "kind">): Step {
  return step({ ...written, kind: "resource" });
}

/** A step of any kind. */
export function step({ duration, ...written }: WrittenStep): Step {
  return { ...written, expectedSeconds: expectedSeconds[duration] };
}

/** The steps so that each stands after all it waits for; steps of a lane keep their order. */
export function inOrder(steps: readonly Step[]): readonly Step[] {
  const ordered: Step[] = [];
  const placed = new Set<string>();
  const waiting = [...steps];
  while (waiting.length > 0) {
    const index = waiting.findIndex(
      (candidate, position) =>
        candidate.needs.every((need) => placed.has(need)) &&
        !waiting.slice(0, position).some((earlier) => earlier.lane === candidate.lane),
    );
    const [next] = waiting.splice(index, index < 0 ? 0 : 1);
    if (next === undefined)
      throw new Error(`The steps ${waiting.map(({ id }) => id).join(", ")} wait for each other or for unknown ones.`);
    placed.add(next.id);
    ordered.push(next);
  }
  return ordered;
}
