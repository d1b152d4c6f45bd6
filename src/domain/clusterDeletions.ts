/**
 * The steps that take one cluster down. Role assignments go before the identities they are for, which would leave them
 * behind as "identity not found"; whether a resource is deleted or left is decided at each one by its creation tag.
 */
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { step } from "./planSteps.ts";
import { provisionPlan } from "./provisionPlan.ts";
import type { Outputs, Step } from "./step.ts";

export type DeletionDuration = "longDeletion" | "shortDeletion" | "groupDeletion";

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

/** Deletions of what these steps make. */
export function deletionsOf(made: readonly Pick<Step, "id" | "title">[]): Deletion {
  const titles = new Map(made.map(({ id, title }) => [id, title]));
  return (id, lane, duration, needs = []) => {
    const title = titles.get(id);
    return title === undefined ? [] : [step({ id, title: `Delete ${title}`, lane, kind: "deletion", duration, needs })];
  };
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
