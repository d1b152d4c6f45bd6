import { criticalPathSeconds } from "./criticalPath.ts";
import type { Forecast, ForecastStep, Would } from "./forecast.ts";
import { wouldWords } from "./forecast.ts";
import type { Order } from "./operationPlan.ts";
import type { Plan } from "./step.ts";
import type { CallCounts, Failure } from "./stepOutcome.ts";

/** Something that would end the ticket, or that keeps anybody from saying so. */
export type Obstacle = Failure & { readonly stepId?: string };

export interface DryRunReport {
  readonly action: Order["action"];
  readonly environment: string;
  /** False when there is an obstacle. Azure's policies, locks and quotas show only when it is asked to write. */
  readonly isPossible: boolean;
  /** In words, one sentence. */
  readonly summary: string;
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
  /** How long it would take, in seconds: the longest chain of what would be done. */
  readonly expectedSeconds: number;
  readonly counts: Readonly<Record<Would, number>>;
  readonly steps: readonly Omit<ForecastStep, "warnings">[];
  /** What the dry run itself asked of Azure. */
  readonly azure: CallCounts;
}

export interface DryRunFacts {
  readonly action: Order["action"];
  readonly environment: string;
  readonly plan: Plan;
  readonly forecast: Forecast;
  /** What stands in the way outside of Azure. */
  readonly obstacles: readonly Failure[];
  /** What is to be said beside the plan's own warnings. */
  readonly warnings: readonly string[];
}

export function dryRunReport(facts: DryRunFacts): DryRunReport {
  const { action, environment, plan, forecast } = facts;
  const { steps } = forecast;
  const met = obstaclesOf(steps);
  const atItsStep = (obstacle: Failure): Obstacle => met.find((other) => isSame(other, obstacle)) ?? obstacle;
  const obstacles = distinct([...facts.obstacles, ...forecast.obstacles.map(atItsStep), ...met]);
  const counts = Object.fromEntries(
    wouldWords.map((would) => [would, steps.filter((step) => step.would === would).length]),
  ) as Record<Would, number>;
  return {
    action,
    environment,
    isPossible: obstacles.length === 0,
    summary: `${action} of ${environment} ${verdict(obstacles.length)}${steps.length === 0 ? "" : `: ${countsInWords(counts)}`}. Nothing was written.`,
    obstacles,
    warnings: [...facts.warnings, ...plan.warnings, ...steps.flatMap(({ warnings = [] }) => warnings)],
    expectedSeconds: obstacles.length === 0 ? expectedSeconds(plan, steps) : 0,
    counts,
    steps: steps.map(({ warnings: _, ...step }) => step),
    azure: forecast.calls,
  };
}

function obstaclesOf(steps: readonly ForecastStep[]): readonly Obstacle[] {
  return steps.flatMap(({ id, failure }) => (failure === undefined ? [] : [{ ...failure, stepId: id }]));
}

/** What several meet is said once, and of a resource that is another's, what is in it goes without saying. */
function distinct(obstacles: readonly Obstacle[]): readonly Obstacle[] {
  return obstacles.filter(
    (obstacle, index) =>
      !obstacles.some((other, position) =>
        isSame(other, obstacle) ? position < index : other.code === obstacle.code && isWithin(obstacle, other),
      ),
  );
}

function isSame(left: Obstacle, right: Obstacle): boolean {
  return left.code === right.code && idOf(left) === idOf(right) && left.message === right.message;
}

function isWithin(inner: Obstacle, outer: Obstacle): boolean {
  return outer.code === "ResourceOfAnotherEnvironment" && idOf(inner).startsWith(`${idOf(outer)}/`);
}

function idOf({ resourceId }: Obstacle): string {
  return resourceId?.toLowerCase() ?? "";
}

function verdict(obstacleCount: number): string {
  if (obstacleCount === 0) return "can be carried out";
  return `meets ${obstacleCount} obstacle${obstacleCount === 1 ? "" : "s"}`;
}

/** What is said of each; that of which there is none is not said. */
const inWords: readonly (readonly [Would, string])[] = [
  ["create", "to create"],
  ["change", "to change"],
  ["delete", "to delete"],
  ["leave", "to leave"],
  ["unchanged", "unchanged"],
  ["unknown", "known only then"],
  ["run", "to run"],
  ["refuse", "refused"],
];

function countsInWords(counts: Readonly<Record<Would, number>>): string {
  return inWords.flatMap(([would, words]) => (counts[would] === 0 ? [] : [`${counts[would]} ${words}`])).join(", ");
}

/** What is right already, or stays, costs a look. */
function expectedSeconds(plan: Plan, steps: readonly ForecastStep[]): number {
  const still = new Set(steps.flatMap(({ id, would }) => (would === "unchanged" || would === "leave" ? [id] : [])));
  return criticalPathSeconds({
    steps: plan.steps.map((step) => (still.has(step.id) ? { ...step, expectedSeconds: 0 } : step)),
  });
}
