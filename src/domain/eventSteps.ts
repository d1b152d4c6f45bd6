/**
 * What lets the gateway's routes follow the nodes by event, for clusters with kubenet alone: with any other plug-in there
 * is no route to follow, and no topic and no subscription is made.
 *
 *   look for topics ─▶ topic of the network's group ─▶ its subscription (route tables)
 *                   ─▶ topic of the clusters' group ─▶ its subscription (node pools)
 *
 * Azure has one system topic for a source, whoever made it: one that is there already is used, and left.
 */
import type { Deletion } from "./clusterDeletions.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { pluginManners } from "./networkPlugin.ts";
import { resource, step } from "./planSteps.ts";
import type { Step } from "./step.ts";

const LANE = "events";

export function eventSteps({ cluster, groups }: EnvironmentSpec): readonly Step[] {
  if (!pluginManners[cluster.networkPlugin].podRoutes) return [];
  return [
    topicLookup(),
    resource({
      id: "networkTopic",
      title: `System topic of ${groups.network}`,
      lane: LANE,
      duration: "systemTopic",
      needs: ["networkGroup"],
    }),
    resource({
      id: "routeTableEvents",
      title: `Event subscription to the route tables in ${groups.network}`,
      lane: LANE,
      duration: "eventSubscription",
      needs: [],
    }),
    resource({
      id: "clusterTopic",
      title: `System topic of ${groups.cluster}`,
      lane: LANE,
      duration: "systemTopic",
      needs: ["clusterGroup"],
    }),
    resource({
      id: "agentPoolEvents",
      title: `Event subscription to the node pools in ${groups.cluster}`,
      lane: LANE,
      duration: "eventSubscription",
      needs: [],
    }),
  ];
}

/** Both subscriptions before both topics: a topic is left while something subscribes, and one topic may serve for both. */
export function eventDeletions(deletion: Deletion): readonly Step[] {
  const subscriptions = ["routeTableEvents", "agentPoolEvents"];
  const topics = ["networkTopic", "clusterTopic"];
  return [topicLookup(), ...[...subscriptions, ...topics].flatMap((id) => deletion(id, LANE, "shortDeletion"))];
}

function topicLookup(): Step {
  return step({
    id: "eventTopics",
    title: "System topics of the resource groups",
    lane: LANE,
    kind: "lookup",
    duration: "systemTopics",
    needs: [],
  });
}
