/**
 * The seed's sample in today's API versions: a deployment that answers /ping with who called it, two services, an
 * ingress. The default image is nginx with a configuration that gives the very answer of the seed's image; the seed's
 * own image brings its server with it.
 */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { servedHosts } from "../domain/gatewayShare.ts";
import type { JsonObject } from "../domain/json.ts";
import { APPLICATION_NAMESPACE } from "../domain/resourceNames.ts";
import { imageRepository } from "../domain/sampleImages.ts";
import type { Outputs } from "../domain/step.ts";

/** The class that the ingress controller's chart makes. */
const INGRESS_CLASS = "azure-application-gateway";

/** Where the configuration is put; the command names it, so no image's own start script comes between. */
const CONFIGURATION_PATH = "/etc/portcullis";

/** The manifests, in the order in which they are applied. */
export function sampleApplication(spec: EnvironmentSpec, outputs: Outputs): readonly JsonObject[] {
  const hosts = servedHosts(spec, outputs);
  const { name } = spec.application;
  return [
    ...(isNginx(spec) ? [configuration(name)] : []),
    deployment(spec),
    service(name, name),
    service(`${name}-metrics`, name),
    ingress(name, hosts),
  ];
}

function isNginx(spec: EnvironmentSpec): boolean {
  return /(^|\/)nginx$/.test(imageRepository(spec.application.image));
}

/** The same members as the seed's image answers: who called (an instance of the gateway), and for whom (X-Forwarded-For). */
const nginxConfiguration = `pid /tmp/nginx.pid;
events {}
http {
  access_log /dev/stdout;
  server {
    listen 80;
    default_type application/json;
    location = /ping { return 200 '{"timestamp":"$time_iso8601","host":"$hostname","source":"$remote_addr","forwarded":"$http_x_forwarded_for","message":"Pong!"}'; }
    location = /healthz { return 200 '{"status":"ok"}'; }
    location = /metrics { default_type text/plain; return 200 'dummy_logger_up 1\\n'; }
    location / { return 200 '{"message":"Hi!"}'; }
  }
}
`;

function configuration(name: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(`${name}-nginx`, name),
    data: { "nginx.conf": nginxConfiguration },
  };
}

function deployment(spec: EnvironmentSpec): JsonObject {
  const { name, replicas } = spec.application;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(name, name),
    spec: {
      replicas,
      minReadySeconds: 10,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
      selector: { matchLabels: { app: name } },
      template: {
        metadata: {
          labels: { app: name },
          annotations: {
            "prometheus.io/scrape": "true",
            "prometheus.io/path": "/metrics",
            "prometheus.io/port": "80",
            "prometheus.io/scheme": "http",
          },
        },
        spec: podSpec(spec),
      },
    },
  };
}

function podSpec(spec: EnvironmentSpec): JsonObject {
  const { name, image } = spec.application;
  const container: JsonObject = {
    name,
    image,
    imagePullPolicy: "Always",
    ports: [{ name: "http", containerPort: 80, protocol: "TCP" }],
    env: [
      { name: "METRICRESET", value: "5" },
      { name: "NAME", value: "amsterdam" },
    ],
    livenessProbe: { httpGet: { path: "/healthz", port: 80 } },
    readinessProbe: { httpGet: { path: "/healthz", port: 80 }, initialDelaySeconds: 10, periodSeconds: 5 },
    resources: { requests: { memory: "30Mi", cpu: "50m" }, limits: { memory: "100Mi", cpu: "100m" } },
  };
  if (!isNginx(spec)) return { containers: [container] };
  return {
    containers: [
      {
        ...container,
        command: ["nginx", "-c", `${CONFIGURATION_PATH}/nginx.conf`, "-g", "daemon off;"],
        volumeMounts: [{ name: "configuration", mountPath: CONFIGURATION_PATH, readOnly: true }],
      },
    ],
    volumes: [{ name: "configuration", configMap: { name: `${name}-nginx` } }],
  };
}

function service(serviceName: string, app: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(serviceName, app),
    spec: {
      type: "ClusterIP",
      selector: { app },
      ports: [{ name: "http", port: 80, targetPort: 80, protocol: "TCP" }],
    },
  };
}

function ingress(name: string, hosts: readonly string[]): JsonObject {
  const backend = { service: { name, port: { number: 80 } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: metadata(name, name),
    spec: {
      ingressClassName: INGRESS_CLASS,
      rules: hosts.map((host) => ({ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } })),
    },
  };
}

function metadata(name: string, app: string): JsonObject {
  return { name, namespace: APPLICATION_NAMESPACE, labels: { app, "app.kubernetes.io/managed-by": "portcullis" } };
}
