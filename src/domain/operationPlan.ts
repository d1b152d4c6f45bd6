import { decommissionPlan } from "./decommissionPlan.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { provisionPlan } from "./provisionPlan.ts";
import type { Outputs, Plan } from "./step.ts";

/** What a ticket can ask for. */
export const actions = ["provision", "decommission"] as const;

export type Action = (typeof actions)[number];

/** The plan that carries out an action on an environment, from what is known of it. */
export function operationPlan(action: Action, spec: EnvironmentSpec, outputs: Outputs): Plan {
  switch (action) {
    case "provision":
      return provisionPlan(spec);
    case "decommission":
      return decommissionPlan(spec, outputs);
  }
}
