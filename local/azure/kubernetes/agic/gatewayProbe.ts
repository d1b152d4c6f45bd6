import type { JsonObject } from "../../core/resourceType.ts";
import type { ClusterObjects } from "../clusterObjects.ts";
import { numberField, objectField, textField } from "../jsonFields.ts";
import { containerAtPort } from "../serviceEndpoints.ts";
import { annotationOf, type IngressBackend } from "./ingressBackends.ts";

/** Largest unhealthyThreshold of a gateway's probe. Source: the controller's pkg/appgw/health_probes.go. */
const MOST_UNHEALTHY_THRESHOLD = 20;

const FIXED = { pickHostNameFromBackendHttpSettings: false, minServers: 0, match: {} };

/** The probe of settings that no service is behind. */
export function defaultProbeProperties(protocol: "Http" | "Https"): JsonObject {
  return { protocol, host: "localhost", path: "/", ...timesOf({}), ...FIXED };
}

/** The readiness probe of the container behind the service, or else its liveness probe, makes the gateway's probe. */
export function probeProperties(cluster: ClusterObjects, backend: IngressBackend): JsonObject {
  const container = containerAtPort(cluster, backend.service, backend.port.targetPort);
  const readiness = objectField(container, "readinessProbe");
  const probe = isHttp(readiness) ? readiness : objectField(container, "livenessProbe");
  const ingressHost = backend.host === "" || backend.host.includes("*") ? "localhost" : backend.host;
  const path = backend.path === "" ? "/" : backend.path.replace(/\*+$/, "");
  const port = numberField(probe, "httpGet", "port");
  return {
    protocol: "Http",
    host: annotationOf(backend.ingress, "health-probe-hostname") ?? textField(probe, "httpGet", "host") ?? ingressHost,
    path: annotationOf(backend.ingress, "health-probe-path") ?? textField(probe, "httpGet", "path") ?? path,
    ...timesOf(probe),
    ...(port === undefined ? {} : { port }),
    ...FIXED,
  };
}

/** A container without a probe gets the gateway's defaults, one with a probe Kubernetes' defaults for what it leaves out. */
function timesOf(probe: JsonObject): JsonObject {
  if (!isHttp(probe)) return { interval: 30, timeout: 30, unhealthyThreshold: 3 };
  return {
    interval: numberField(probe, "periodSeconds") ?? 10,
    timeout: numberField(probe, "timeoutSeconds") ?? 1,
    unhealthyThreshold: Math.min(MOST_UNHEALTHY_THRESHOLD, numberField(probe, "failureThreshold") ?? 3),
  };
}

function isHttp(probe: JsonObject): boolean {
  return Object.keys(objectField(probe, "httpGet")).length > 0;
}
