/**
 * The steps that move the production host from one cluster (blue) to another (green), and those that move it back:
 *
 *   green answers under its own host → green's ingress names the production host, which its controller still keeps off
 *     → blue's controller keeps off it: what leads there stays as it is, and keeps serving
 *     → green's controller takes it: one write of the gateway turns it round
 *     → proof, with a look every second from before the first of these → blue's ingress names it no more
 *
 * At no time do two controllers take the host for theirs.
 */
import { clusterHostProof } from "./addClusterPlan.ts";
import { ofCluster, scopedId } from "./clusterScope.ts";
import { assertPlan } from "./criticalPath.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import type { expectedSeconds } from "./expectedDurations.ts";
import { inOrder, step } from "./planSteps.ts";
import type { Plan, Step, StepKind } from "./step.ts";

/** The two clusters as they shall be afterwards. */
export interface Colours {
  /** Has the traffic afterwards. */
  readonly to: EnvironmentSpec;
  readonly from: EnvironmentSpec;
}

export function switchTrafficPlan({ to, from }: Colours): Plan {
  const green = colour(to);
  const blue = colour(from);
  const [ready, named, kept, taken, proven] = [
    green("verifyClusterHost", clusterHostProof(to).title, "verification", "verifyAnswering", "workload", []),
    green(
      "application",
      `The ingress of ${to.cluster.name} names the production host`,
      "command",
      "applicationUpdate",
      "workload",
      [],
    ),
    blue(
      "ingressController",
      `The controller of ${from.cluster.name} keeps off the production host`,
      "command",
      "ingressControllerUpdate",
      "workload",
      [scopedId(to.cluster.name, "application")],
    ),
    green(
      "ingressController",
      `The controller of ${to.cluster.name} takes the production host`,
      "command",
      "ingressControllerUpdate",
      "workload",
      [scopedId(from.cluster.name, "ingressController")],
    ),
    green(
      "watchProduction",
      `Proof: the production host has moved to ${to.cluster.name}`,
      "verification",
      "watchProduction",
      "proof of ingress",
      [scopedId(to.cluster.name, "application")],
    ),
  ];
  const given = blue(
    "application",
    `The ingress of ${from.cluster.name} names the production host no more`,
    "command",
    "applicationUpdate",
    "workload",
    [proven.id, taken.id],
  );
  return planOf([ready, named, kept, taken, proven, given, answers(to, [given.id])]);
}

/** Puts everything to where it was, whatever of the switch has happened. Ids and lanes are other ones than the switch's. */
export function moveBackPlan({ to, from }: Colours): Plan {
  const green = colour(from);
  const blue = colour(to);
  const title = (text: string): string => `Back: ${text}`;
  const steps = [
    green(
      "ingressController",
      title(`the controller of ${from.cluster.name} keeps off the production host`),
      "command",
      "ingressControllerUpdate",
      "workload",
      [],
    ),
    blue(
      "application",
      title(`the ingress of ${to.cluster.name} names the production host`),
      "command",
      "applicationUpdate",
      "workload",
      [],
    ),
    blue(
      "ingressController",
      title(`the controller of ${to.cluster.name} takes the production host`),
      "command",
      "ingressControllerUpdate",
      "workload",
      [scopedId(from.cluster.name, "ingressController")],
    ),
    blue(
      "watchProduction",
      title(`proof that the production host is with ${to.cluster.name}`),
      "verification",
      "watchProduction",
      "proof of ingress",
      // Asked from the start on: how long users got no answer is told, too.
      [],
    ),
    green(
      "application",
      title(`the ingress of ${from.cluster.name} names the production host no more`),
      "command",
      "applicationUpdate",
      "workload",
      [],
    ),
    answers(to, [scopedId(to.cluster.name, "ingressController"), scopedId(from.cluster.name, "application")]),
  ];
  return planOf(steps.map(backwards));
}

const BACK = "back";

/** Whether a step is one of those that put a switch back. */
export function isMoveBack(stepId: string): boolean {
  return stepId.startsWith(`${BACK}.`);
}

function backwards(each: Step): Step {
  return {
    ...each,
    id: `${BACK}.${each.id}`,
    lane: `${BACK} ${each.lane}`,
    needs: each.needs.map((need) => `${BACK}.${need}`),
  };
}

function answers(view: EnvironmentSpec, needs: readonly string[]): Step {
  const title = "Proof: the production host answers through the gateway";
  return colour(view)("verifyIngress", title, "verification", "verifyAnswering", "proof of ingress", needs);
}

function colour(view: EnvironmentSpec) {
  return (
    id: string,
    title: string,
    kind: StepKind,
    duration: keyof typeof expectedSeconds,
    lane: string,
    needs: readonly string[],
  ): Step => {
    const own = step({ id, title, lane, kind, duration, needs });
    const [scopedStep = own] = ofCluster(view.cluster.name, [own]);
    return scopedStep;
  };
}

function planOf(steps: readonly Step[]): Plan {
  const plan: Plan = { steps: inOrder(steps), warnings: [] };
  assertPlan(plan);
  return plan;
}
