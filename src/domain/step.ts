/**
 * A plan is data: steps in lanes. A lane is a chain (each step waits for the one before it in the same lane); lanes run
 * beside each other and meet where a step `needs` a step of another lane.
 */

/** "sync": a resource of ours is made to follow what others write elsewhere. */
export type StepKind = "resource" | "sync" | "deletion" | "lookup" | "command" | "verification";

export interface Step {
  /** Unique in the plan, e.g. "firewall" or "firewallPolicy". */
  readonly id: string;
  /** In words, with the resource's own name: "Azure Firewall dzk8sfw1". */
  readonly title: string;
  /** The cluster that it is about, in a plan that is about several; its id then begins with it, as in "secureaks2.cluster". */
  readonly cluster?: string;
  /** The catalog's id of what it makes true, where its own is another. */
  readonly definition?: string;
  readonly lane: string;
  readonly kind: StepKind;
  /** Steps (of any lane) that must be true first; their outputs, and the outputs those had, are this step's input. The step before it in its lane is implied. */
  readonly needs: readonly string[];
  /** From the first call to the recorded end, in seconds; the sources stand beside the durations. */
  readonly expectedSeconds: number;
}

export interface StepGraph {
  /** In lane order: a step stands after all steps that it needs. */
  readonly steps: readonly Step[];
}

export interface Plan extends StepGraph {
  /** What whoever ordered this should know before and after, in sentences. */
  readonly warnings: readonly string[];
}

/** Facts that steps learn from Azure and later steps use. Names are listed once, in `outputNames`. */
export type Outputs = Readonly<Partial<Record<OutputName, string>>>;

export const outputNames = [
  "kubernetesVersion",
  "firewallPublicIpAddress",
  "firewallPrivateIpAddress",
  "firewallId",
  "firewallWorkspaceId",
  "firewallWorkspaceCustomerId",
  "clusterId",
  "clusterFqdn",
  "clusterIdentityId",
  "clusterIdentityPrincipalId",
  "clusterWorkspaceId",
  "nodeResourceGroup",
  "oidcIssuerUrl",
  "gatewayId",
  "gatewayPublicIpAddress",
  "agicIdentityId",
  "agicIdentityClientId",
  "agicIdentityPrincipalId",
  "ingressHost",
  /** For how long the production host gave no answer while it moved, in seconds. */
  "unansweredSeconds",
  /** Until when it was asked for that, ISO 8601. */
  "watchedUntil",
  "networkTopicId",
  "clusterTopicId",
] as const;

/** Not learnt but set: what the app says of itself. Every step is given them, and no step leaves them. */
export const settingNames = ["appClientId", "functionAppId", "deadLetterContainerId"] as const;

export type OutputName = (typeof outputNames)[number] | (typeof settingNames)[number];
