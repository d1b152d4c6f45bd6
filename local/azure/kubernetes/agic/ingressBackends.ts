/** What the watched ingresses ask for: one backend for each path of each rule, with its service resolved. */
import { recordEvent } from "../clusterEvents.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf } from "../clusterObjects.ts";
import { listField, numberField, objectField, textField } from "../jsonFields.ts";
import { resolveServicePort, type ServicePort } from "../serviceEndpoints.ts";
import type { AgicSettings } from "./agicSettings.ts";

export interface IngressBackend {
  readonly ingress: KubernetesObject;
  readonly host: string;
  readonly ruleIndex: number;
  readonly pathIndex: number;
  /** "" for the backend that gets everything no other path gets. */
  readonly path: string;
  readonly service: KubernetesObject;
  /** As the ingress writes it: name or number. */
  readonly portText: string;
  readonly port: ServicePort;
}

/** Ingresses of the controller's class in the namespaces it watches. */
export function watchedIngresses(cluster: ClusterObjects, settings: AgicSettings): KubernetesObject[] {
  return cluster
    .list("Ingress")
    .filter(
      (ingress) => settings.watchedNamespaces.length === 0 || settings.watchedNamespaces.includes(namespaceOf(ingress)),
    )
    .filter((ingress) => isOfClass(ingress, settings));
}

/** The field, or the annotation that came before it. Source: the controller's docs/features/multiple-gateways and annotations. */
function isOfClass(ingress: KubernetesObject, settings: AgicSettings): boolean {
  const byField = textField(ingress, "spec", "ingressClassName") === settings.ingressClass;
  return (
    byField ||
    textField(ingress, "metadata", "annotations", "kubernetes.io/ingress.class") === "azure/application-gateway"
  );
}

/** All backends of the watched ingresses; what cannot be served is left out and said in an event on the ingress. */
export function ingressBackends(cluster: ClusterObjects, settings: AgicSettings): IngressBackend[] {
  return watchedIngresses(cluster, settings).flatMap((ingress) => {
    refuseUnmodelled(cluster, ingress);
    return listField(ingress, "spec", "rules").flatMap((rule, ruleIndex) =>
      listField(rule, "http", "paths").flatMap((path, pathIndex) => {
        const host = textField(rule, "host") ?? "";
        const backend = objectField(path, "backend", "service");
        const found = resolveBackend(cluster, ingress, backend);
        return found === undefined ? [] : { ingress, host, ruleIndex, pathIndex, path: pathOf(path), ...found };
      }),
    );
  });
}

/** "/" means everything; a prefix ends with "*" in the gateway, an exact path does not. */
function pathOf(path: Parameters<typeof textField>[0]): string {
  const text = textField(path, "path") ?? "";
  if (text === "" || text === "/" || text === "/*") return "";
  if (textField(path, "pathType") === "Prefix") return text.endsWith("*") ? text : `${text}*`;
  return textField(path, "pathType") === "Exact" ? text.replace(/\*$/, "") : text;
}

function resolveBackend(cluster: ClusterObjects, ingress: KubernetesObject, backend: Parameters<typeof textField>[0]) {
  const name = textField(backend, "name") ?? "";
  const service = cluster.get("Service", namespaceOf(ingress), name);
  if (service === undefined) {
    warn(cluster, ingress, "ServiceNotFound", `Unable to get the service [${namespaceOf(ingress)}/${name}]`);
    return undefined;
  }
  const portText = String(numberField(backend, "port", "number") ?? textField(backend, "port", "name") ?? "");
  const port = resolveServicePort(cluster, service, portText);
  if (port === undefined) {
    const where = `service [${namespaceOf(ingress)}/${name}] and service port [${portText}]`;
    warn(cluster, ingress, "PortResolutionError", `unable to resolve any backend port for ${where}`);
    return undefined;
  }
  return { service, portText, port };
}

/** Annotations that are carried out here; any other of the controller's own is refused in words. */
const KNOWN_ANNOTATIONS = new Set([
  "request-timeout",
  "cookie-based-affinity",
  "health-probe-path",
  "health-probe-hostname",
]);

function refuseUnmodelled(cluster: ClusterObjects, ingress: KubernetesObject): void {
  if (listField(ingress, "spec", "tls").length > 0) {
    warn(
      cluster,
      ingress,
      "NotImplemented",
      "The ingress controller of the local Azure serves HTTP on port 80 only; spec.tls is not carried out.",
    );
  }
  for (const key of Object.keys(objectField(ingress, "metadata", "annotations"))) {
    const [group, name = ""] = key.split("/");
    if (group !== "appgw.ingress.kubernetes.io" || KNOWN_ANNOTATIONS.has(name)) continue;
    warn(
      cluster,
      ingress,
      "NotImplemented",
      `The ingress controller of the local Azure does not carry out the annotation ${key}.`,
    );
  }
}

function warn(cluster: ClusterObjects, ingress: KubernetesObject, reason: string, message: string): void {
  recordEvent(cluster, ingress, { type: "Warning", reason, message, component: "azure/application-gateway" });
}

export function annotationOf(ingress: KubernetesObject, name: string): string | undefined {
  return textField(ingress, "metadata", "annotations", `appgw.ingress.kubernetes.io/${name}`);
}
