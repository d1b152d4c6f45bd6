/** The chart ingress-azure: which values it refuses, and the objects it renders. Source: helm/ingress-azure of the controller at 1.9.8. */
import type { JsonObject } from "../core/resourceType.ts";
import { objectNameOf } from "./agic/agicSettings.ts";
import type { KubernetesObject } from "./clusterObjects.ts";
import { isObject, objectField, textField } from "./jsonFields.ts";
import { prohibitedTargetObjects, prohibitedTargetsMistake } from "./prohibitedTargetObjects.ts";

/** Versions that can be installed. Workload identity came with 1.7.0, the latest is of 2026-03. Source: the controller's changelogs and tags, checked 2026-11. */
export const CHART_VERSIONS: readonly string[] = [
  "1.7.0",
  "1.7.1",
  "1.7.2",
  "1.7.3",
  "1.7.4",
  "1.7.5",
  "1.8.0",
  "1.8.1",
  "1.9.0",
  "1.9.1",
  "1.9.2",
  "1.9.3",
  "1.9.4",
  "1.9.5",
  "1.9.6",
  "1.9.7",
  "1.9.8",
];

const NAME_PREFIX = /^[0-9a-zA-Z-]{0,47}$/;
const LEAST_RECONCILE_SECONDS = 30;
const MOST_RECONCILE_SECONDS = 300;

/** What is wrong with the values, in the chart's words or (not modelled) in ours; undefined: nothing. */
export function chartValuesMistake(values: JsonObject): string | undefined {
  const appgw = values.appgw;
  if (!isObject(appgw)) return required("configmap", "A valid appgw entry is required!");
  const hasGateway = textField(appgw, "applicationGatewayID") !== undefined;
  if (!hasGateway && textField(appgw, "name") === undefined)
    return required("configmap", "Please either provide appgw.applicationGatewayID or appgw.name.");
  if (
    !hasGateway &&
    (textField(appgw, "subscriptionId") === undefined || textField(appgw, "resourceGroup") === undefined)
  ) {
    return notModelled("appgw.name without appgw.subscriptionId and appgw.resourceGroup; send all three");
  }
  if (
    textField(appgw, "subResourceNamePrefix") !== undefined &&
    !NAME_PREFIX.test(textField(appgw, "subResourceNamePrefix") ?? "")
  ) {
    return required("configmap", `appgw.subResourceNamePrefix must match ${NAME_PREFIX.source}`);
  }
  return identityMistake(values) ?? periodMistake(values) ?? prohibitedTargetsMistake(values);
}

function identityMistake(values: JsonObject): string | undefined {
  const type = textField(values, "armAuth", "type");
  if (type !== "workloadIdentity")
    return notModelled(`armAuth.type=${type ?? "(missing)"}; send workloadIdentity, which needs no secret`);
  if (textField(values, "armAuth", "identityClientID") === undefined) {
    return required("serviceaccount", "armAuth.identityClientID is required if using Workload Identity");
  }
  return undefined;
}

function periodMistake(values: JsonObject): string | undefined {
  const period = values.reconcilePeriodSeconds;
  if (period === undefined || period === null) return undefined;
  const isGood = typeof period === "number" && period >= LEAST_RECONCILE_SECONDS && period <= MOST_RECONCILE_SECONDS;
  return isGood
    ? undefined
    : required("configmap", `reconcilePeriodSeconds must be ${LEAST_RECONCILE_SECONDS} to ${MOST_RECONCILE_SECONDS}`);
}

function required(template: string, message: string): string {
  return `execution error at (ingress-azure/templates/${template}.yaml): ${message}`;
}

function notModelled(what: string): string {
  return `the local Azure does not run the ingress controller with ${what}`;
}

/** The objects of a release. */
export function renderChart(
  release: string,
  namespace: string,
  version: string,
  values: JsonObject,
): KubernetesObject[] {
  const name = objectNameOf(release);
  const labels = {
    app: "ingress-azure",
    chart: `ingress-azure-${version}`,
    heritage: "Helm",
    release,
    "app.kubernetes.io/managed-by": "Helm",
  };
  const annotations = { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace };
  const metadata = { name, namespace, labels, annotations };
  const className = textField(values, "kubernetes", "ingressClassResource", "name") ?? "azure-application-gateway";
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: {
        ...metadata,
        labels: { ...labels, "azure.workload.identity/use": "true" },
        annotations: {
          ...annotations,
          "azure.workload.identity/client-id": textField(values, "armAuth", "identityClientID") ?? "",
        },
      },
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: configData(values) },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: className, labels, annotations },
      spec: { controller: "azure/application-gateway" },
    },
    ...roles(name, namespace, labels, annotations, values),
    deployment({ metadata, release, version, values }),
    ...prohibitedTargetObjects(namespace, values, { labels, annotations }),
  ];
}

function configData(values: JsonObject): JsonObject {
  const appgw = objectField(values, "appgw");
  const text = (value: unknown): string => (value === undefined ? "" : String(value));
  return {
    APPGW_VERBOSITY_LEVEL: text(values.verbosityLevel ?? 3),
    HTTP_SERVICE_PORT: text(objectField(values, "kubernetes").httpServicePort ?? 8123),
    APPGW_SUBSCRIPTION_ID: text(appgw.subscriptionId),
    APPGW_RESOURCE_GROUP: text(appgw.resourceGroup),
    APPGW_NAME: text(appgw.name),
    USE_PRIVATE_IP: text(appgw.usePrivateIP ?? false),
    KUBERNETES_WATCHNAMESPACE: text(objectField(values, "kubernetes").watchNamespace),
    APPGW_CONFIG_NAME_PREFIX: text(appgw.subResourceNamePrefix),
    ...(appgw.shared === true ? { APPGW_ENABLE_SHARED_APPGW: "true" } : {}),
    ...(values.reconcilePeriodSeconds === undefined
      ? {}
      : { RECONCILE_PERIOD_SECONDS: text(values.reconcilePeriodSeconds) }),
  };
}

function roles(
  name: string,
  namespace: string,
  labels: JsonObject,
  annotations: JsonObject,
  values: JsonObject,
): KubernetesObject[] {
  if (objectField(values, "rbac").enabled !== true) return [];
  const group = "rbac.authorization.k8s.io";
  const metadata = { name, labels, annotations };
  const verbs = ["get", "list", "watch"];
  const rules = [
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs },
    { apiGroups: ["appgw.ingress.k8s.io"], resources: ["*"], verbs },
  ];
  return [
    { apiVersion: `${group}/v1`, kind: "ClusterRole", metadata, rules },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: group, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

interface DeploymentParts {
  readonly metadata: JsonObject & { readonly name: string };
  readonly release: string;
  readonly version: string;
  readonly values: JsonObject;
}

function deployment({ metadata, release, version, values }: DeploymentParts): KubernetesObject {
  const selector = { app: "ingress-azure", release };
  const port = objectField(values, "kubernetes").httpServicePort ?? 8123;
  const container = {
    name: "ingress-azure",
    image: `mcr.microsoft.com/azure-application-gateway/kubernetes-ingress:${textField(values, "image", "tag") ?? version}`,
    imagePullPolicy: "Always",
    readinessProbe: { httpGet: { path: "/health/ready", port }, initialDelaySeconds: 5, periodSeconds: 10 },
    livenessProbe: { httpGet: { path: "/health/alive", port }, initialDelaySeconds: 15, periodSeconds: 20 },
    envFrom: [{ configMapRef: { name: metadata.name } }],
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      template: {
        metadata: {
          labels: { ...selector, "azure.workload.identity/use": "true" },
          annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": String(port) },
        },
        spec: {
          serviceAccountName: metadata.name,
          nodeSelector: objectField(values, "kubernetes", "nodeSelector"),
          containers: [container],
        },
      },
    },
  };
}
