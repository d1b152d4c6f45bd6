import { strToU8, zipSync } from "fflate";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";

/** A small copy of the seed's sample application: deployment, service, ingress (S-78 … S-80). */
export function sampleManifests(
  host: string,
  options: { readonly image?: string; readonly replicas?: number } = {},
): JsonObject {
  const image = options.image ?? "mcr.microsoft.com/samples/dummy-logger:latest";
  return {
    apiVersion: "v1",
    kind: "List",
    items: [deployment(image, options.replicas ?? 2), service(), ingress(host)],
  };
}

export function deployment(image: string, replicas: number, more: JsonObject = {}): JsonObject {
  const container = {
    name: "sample",
    image,
    ports: [{ name: "http", containerPort: 80 }],
    readinessProbe: { httpGet: { path: "/healthz", port: 80 }, initialDelaySeconds: 10, periodSeconds: 5 },
    ...more,
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "sample", namespace: "default" },
    spec: {
      replicas,
      minReadySeconds: 10,
      selector: { matchLabels: { app: "sample" } },
      template: { metadata: { labels: { app: "sample" } }, spec: { containers: [container] } },
    },
  };
}

function service(): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "sample", namespace: "default" },
    spec: { selector: { app: "sample" }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  };
}

function ingress(host: string): JsonObject {
  const backend = { service: { name: "sample", port: { number: 80 } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "sample", namespace: "default" },
    spec: {
      ingressClassName: "azure-application-gateway",
      rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
    },
  };
}

/** A job that asks for one URL, with the options of an egress check. */
export function curlJob(name: string, url: string, more: JsonObject = {}): JsonObject {
  const args = [
    "--silent",
    "--show-error",
    "--fail",
    "--location",
    "--max-time",
    "20",
    "--output",
    "/dev/null",
    "--write-out",
    "%{http_code}",
    url,
  ];
  const container = { name: "egress", image: "mcr.microsoft.com/azurelinux/base/core:3.0", command: ["curl"], args };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "default" },
    spec: { backoffLimit: 0, template: { spec: { restartPolicy: "Never", containers: [container] } }, ...more },
  };
}

/** The files of a run command, as its context carries them. */
export function contextOf(files: Readonly<Record<string, JsonObject>>): string {
  const entries = Object.entries(files).map(([name, value]) => [name, strToU8(JSON.stringify(value))]);
  return Buffer.from(zipSync(Object.fromEntries(entries))).toString("base64");
}
