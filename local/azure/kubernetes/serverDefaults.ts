import type { JsonObject } from "../core/resourceType.ts";
import { formatAddress, parseAddress, parsePrefix } from "../network/ipv4.ts";
import type { ClusterObjects, KubernetesObject } from "./clusterObjects.ts";
import { listField, numberField, objectField, textField } from "./jsonFields.ts";

/** Fills in what the API server fills in on creation, of the fields that something here reads. */
export function withServerDefaults(cluster: ClusterObjects, object: KubernetesObject): KubernetesObject {
  const spec = objectField(object, "spec");
  switch (object.kind) {
    case "Namespace":
      return { ...object, spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } };
    case "Service":
      return { ...object, spec: serviceSpec(cluster, spec), status: { loadBalancer: {} } };
    case "Deployment":
      return { ...object, spec: { replicas: 1, progressDeadlineSeconds: 600, revisionHistoryLimit: 10, ...spec } };
    case "Job":
      return { ...object, spec: { backoffLimit: 6, completions: 1, parallelism: 1, suspend: false, ...spec } };
    case "Ingress":
      return { ...object, status: { loadBalancer: {} } };
    default:
      return object;
  }
}

function serviceSpec(cluster: ClusterObjects, spec: JsonObject): JsonObject {
  const ports = listField(spec, "ports").map((port) => ({
    protocol: "TCP",
    targetPort: numberField(port, "port") ?? null,
    ...port,
  }));
  const clusterIP = textField(spec, "clusterIP") ?? nextServiceAddress(cluster);
  return { type: "ClusterIP", sessionAffinity: "None", clusterIPs: [clusterIP], ...spec, clusterIP, ports };
}

/** The first free address of the service CIDR; the first usable is the API server's own service. */
function nextServiceAddress(cluster: ClusterObjects): string {
  const profile = objectField(cluster.cluster?.body, "properties", "networkProfile");
  const range = parsePrefix(textField(profile, "serviceCidr") ?? "10.0.0.0/16");
  if (range === undefined) throw new Error("A managed cluster is kept with a serviceCidr that is no prefix.");
  const taken = new Set(cluster.list("Service").map((service) => textField(service, "spec", "clusterIP")));
  const reserved = new Set([range.first, range.first + 1, parseAddress(textField(profile, "dnsServiceIP") ?? "")]);
  for (let address = range.first; address < range.last; address++) {
    if (!reserved.has(address) && !taken.has(formatAddress(address))) return formatAddress(address);
  }
  throw new Error(`The service CIDR ${range.text} has no address left.`);
}
