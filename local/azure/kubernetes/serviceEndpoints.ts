import { type ClusterObjects, type KubernetesObject, labelsOf, matchesLabels, namespaceOf } from "./clusterObjects.ts";
import { field, listField, numberField, objectField, textField } from "./jsonFields.ts";
import { isPodReady } from "./podStatus.ts";

export interface ServicePort {
  readonly servicePort: number;
  readonly targetPort: number;
}

/** Pods that a service selects, ready or not. */
export function podsOfService(cluster: ClusterObjects, service: KubernetesObject): KubernetesObject[] {
  const selector = objectField(service, "spec", "selector");
  return cluster.list("Pod", namespaceOf(service)).filter((pod) => matchesLabels(selector, labelsOf(pod)));
}

/** Addresses of the ready pods of a service, sorted. */
export function endpointAddresses(cluster: ClusterObjects, service: KubernetesObject): string[] {
  return podsOfService(cluster, service)
    .filter(isPodReady)
    .flatMap((pod) => textField(pod, "status", "podIP") ?? [])
    .sort();
}

/** The port of a service that a name or number means, with the port of the pods behind it. */
export function resolveServicePort(
  cluster: ClusterObjects,
  service: KubernetesObject,
  wanted: string,
): ServicePort | undefined {
  const port = listField(service, "spec", "ports").find(
    (entry) => String(numberField(entry, "port")) === wanted || textField(entry, "name") === wanted,
  );
  const servicePort = numberField(port, "port");
  if (servicePort === undefined) return undefined;
  const target = field(port, "targetPort") ?? servicePort;
  if (typeof target === "number") return { servicePort, targetPort: target };
  const named = podsOfService(cluster, service)
    .flatMap((pod) => listField(pod, "spec", "containers"))
    .flatMap((container) => listField(container, "ports"))
    .find((entry) => entry.name === target);
  const targetPort = numberField(named, "containerPort");
  return targetPort === undefined ? undefined : { servicePort, targetPort };
}

/** The container of a service's pods that listens on a port. */
export function containerAtPort(cluster: ClusterObjects, service: KubernetesObject, targetPort: number) {
  return podsOfService(cluster, service)
    .flatMap((pod) => listField(pod, "spec", "containers"))
    .find((container) => listField(container, "ports").some((entry) => entry.containerPort === targetPort));
}
