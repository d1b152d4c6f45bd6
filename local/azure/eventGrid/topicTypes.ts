/**
 * The topic types that the local Azure knows: what their source is, where their topics live and which events they have.
 * Sources: learn.microsoft.com/azure/event-grid/event-schema-aks, …-resource-groups and …-subscriptions, checked 2026-11.
 */
export interface TopicType {
  readonly name: string;
  /** Resource type of the source; the subscription itself has none. */
  readonly sourceType: string | undefined;
  /** "global" where the source is no resource of a region. */
  readonly isGlobal: boolean;
  readonly eventTypes: readonly string[];
}

const RESOURCE_EVENTS = ["Write", "Delete", "Action"].flatMap((verb) =>
  ["Success", "Failure", "Cancel"].map((end) => `Microsoft.Resources.Resource${verb}${end}`),
);

const TOPIC_TYPES: readonly TopicType[] = [
  {
    name: "Microsoft.Resources.ResourceGroups",
    sourceType: "Microsoft.Resources/resourceGroups",
    isGlobal: true,
    eventTypes: RESOURCE_EVENTS,
  },
  { name: "Microsoft.Resources.Subscriptions", sourceType: undefined, isGlobal: true, eventTypes: RESOURCE_EVENTS },
  {
    name: "Microsoft.ContainerService.ManagedClusters",
    sourceType: "Microsoft.ContainerService/managedClusters",
    isGlobal: false,
    eventTypes: [
      "NewKubernetesVersionAvailable",
      "ClusterSupportEnded",
      "ClusterSupportEnding",
      "NodePoolRollingStarted",
      "NodePoolRollingSucceeded",
      "NodePoolRollingFailed",
    ].map((name) => `Microsoft.ContainerService.${name}`),
  },
];

export function topicTypeNamed(name: string): TopicType | undefined {
  return TOPIC_TYPES.find((type) => type.name.toLowerCase() === name.toLowerCase());
}

export const topicTypeNames: readonly string[] = TOPIC_TYPES.map((type) => type.name);
