/**
 * The steps that take one cluster down. Role assignments go before the identities they are for, which would leave them
 * behind as "identity not found"; whether a resource is deleted or left is decided at each one by its creation tag.
 */
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { step } from "./planSteps.ts";
import { provisionPlan } from "./provisionPlan.ts";
import type { Outputs, Step } from "./step.ts";

export type DeletionDuration = "longDeletion" | "shortDeletion" | "groupDeletion" | "attachedRuleCollectionGroup";

/** Writes the deletion of what a plan makes under this id; nothing where the plan does not make it. */
export type Deletion = (
  id: string,
  lane: string,
  duration: DeletionDuration,
  needs?: readonly string[],
) => readonly Step[];

/** Kubenet has all that any plug-in has, and what stands there may come from an earlier ticket than the last. */
export function everyStep(view: EnvironmentSpec): readonly Step[] {
  return provisionPlan({ ...view, cluster: { ...view.cluster, networkPlugin: "kubenet" } }).steps;
}

/** Deletions of what these steps make. What they only look at is adopted: it is left, and a step of its own says so. */
export function deletionsOf(made: readonly Pick<Step, "id" | "title" | "kind">[]): Deletion {
  const known = new Map(made.map((each) => [each.id, each]));
  return (id, lane, duration, needs = []) => {
    const made = known.get(id);
    if (made === undefined) return [];
    const written = { id, lane, kind: "deletion", needs } as const;
    return made.kind === "lookup"
      ? [step({ ...written, title: `Leave ${made.title}`, duration: "adopted" })]
      : [step({ ...written, title: `Delete ${made.title}`, duration })];
  };
}

/** The cluster's route table off its subnet, which stays. */
export function subnetRelease({ cluster }: EnvironmentSpec, lane: string): Step {
  return step({
    id: "clusterSubnetRelease",
    title: `${cluster.routeTableName} off the subnet ${cluster.subnet}`,
    lane,
    kind: "sync",
    duration: "syncRemoval",
    needs: ["cluster"],
  });
}

/** The cluster, what watches it, and what it acts as. Role assignments are found by the principals that the outputs name. */
export function clusterDeletions(deletion: Deletion, outputs: Outputs): readonly Step[] {
  const roles =
    outputs.clusterIdentityPrincipalId === undefined
      ? []
      : ["clusterSubnetContributor", "clusterRouteTableContributor"];
  return [
    ...deletion("dataCollectionAssociation", "cluster", "shortDeletion"),
    // A controller whose pods vanish would write the gateway, which then could not be deleted for as long.
    ...deletion("cluster", "cluster", "longDeletion", ["agicGatewayContributor"]),
    ...roles.flatMap((role) => deletion(role, "cluster", "shortDeletion")),
    ...deletion("clusterIdentity", "cluster", "shortDeletion"),
    ...deletion("dataCollectionRule", "monitoring", "shortDeletion", ["dataCollectionAssociation"]),
    ...deletion("clusterWorkspace", "monitoring", "shortDeletion", ["cluster"]),
    ...ingressDeletions(deletion, outputs),
  ];
}

function ingressDeletions(deletion: Deletion, { agicIdentityPrincipalId }: Outputs): readonly Step[] {
  const lane = "ingress identity";
  const identity = deletion("agicIdentity", lane, "shortDeletion", ["cluster"]);
  if (agicIdentityPrincipalId === undefined) return identity;
  const roles = ["agicSubnetContributor", "agicRouteTableReader", "agicGroupReader"];
  return [
    ...deletion("agicGatewayContributor", lane, "shortDeletion", ["ingressControllerRemoval"]),
    ...roles.flatMap((role) => deletion(role, lane, "shortDeletion", ["cluster"])),
    ...identity,
  ];
}
