import { fnv1a } from "../network/publicDns.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf, timestamp } from "./clusterObjects.ts";
import { numberField, textField } from "./jsonFields.ts";

/** Records an event on an object; the same event again only counts up, as the API server's event sink does. */
export function recordEvent(
  cluster: ClusterObjects,
  about: KubernetesObject,
  event: {
    readonly type: "Normal" | "Warning";
    readonly reason: string;
    readonly message: string;
    readonly component: string;
  },
): void {
  const namespace = namespaceOf(about) || "default";
  const name = `${about.metadata.name}.${fnv1a(`${about.kind} ${event.reason} ${event.message}`).toString(16)}`;
  const known = cluster.get("Event", namespace, name);
  const now = timestamp(cluster.world.clock.now());
  cluster.put({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace },
    type: event.type,
    reason: event.reason,
    message: event.message,
    source: { component: event.component },
    involvedObject: {
      kind: about.kind,
      name: about.metadata.name,
      namespace: namespaceOf(about),
      uid: textField(about, "metadata", "uid") ?? "",
    },
    count: (numberField(known, "count") ?? 0) + 1,
    firstTimestamp: textField(known, "firstTimestamp") ?? now,
    lastTimestamp: now,
  });
}
