/**
 * Microsoft.ContainerService events of managed clusters. Sources: github.com/Azure/azure-rest-api-specs
 * specification/eventgrid/data-plane/EventGridSystemEvents/Microsoft.ContainerService/ContainerService.tsp and
 * learn.microsoft.com/azure/event-grid/event-schema-aks, checked 2026-11.
 */
import { type ManagedClusterEvent, onManagedClusterEvent } from "../containerService/managedClusterEvent.ts";
import { coreOf } from "../core/coreOf.ts";
import type { AzureWorld } from "../core/resourceType.ts";
import { eventTimeOf } from "./gridEvent.ts";
import { publishEvent } from "./publishEvent.ts";

const TOPIC_TYPE = "Microsoft.ContainerService.ManagedClusters";

/** From now on clusters are heard by the topics on them. */
export function listenToClusters(): void {
  onManagedClusterEvent(publishClusterEvent);
}

function publishClusterEvent({ eventType, clusterId, data }: ManagedClusterEvent, world: AzureWorld): void {
  publishEvent(world, [{ topicType: TOPIC_TYPE, source: clusterId }], () => ({
    id: coreOf(world).eventRandom.guid(),
    subject: clusterId.split("/").at(-1) ?? "",
    eventType,
    eventTime: eventTimeOf(world.clock.now()),
    dataVersion: "1.0",
    metadataVersion: "1",
    data: { ...data },
  }));
}
