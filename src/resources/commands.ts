/**
 * The only lines that are ever run inside a cluster. They are made of constants and of names that the ticket's rules
 * have checked; values and manifests travel as files beside them, so no text of a ticket meets a shell.
 */
import type { JsonObject } from "../domain/json.ts";
import { APPLICATION_NAMESPACE, INGRESS_NAMESPACE, INGRESS_RELEASE } from "../domain/resourceNames.ts";
import type { CommandSpec } from "./commandDefinition.ts";
import { INGRESS_CHART, INGRESS_CHART_VERSION } from "./ingressControllerValues.ts";

/** Names in Kubernetes that go into a line: lower case, digits, dashes. */
const kubernetesName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Seconds that one look at a rollout lasts; longer waits are several looks, because a run command must be short. */
const ROLLOUT_LOOK_SECONDS = 20;

const VALUES_FILE = "values.json";
const MANIFEST_FILE = "manifest.json";

export function helmUpgrade(values: JsonObject): CommandSpec {
  return {
    command: `helm upgrade --install ${INGRESS_RELEASE} ${INGRESS_CHART} --version ${INGRESS_CHART_VERSION} --namespace ${INGRESS_NAMESPACE} --values ${VALUES_FILE}`,
    files: { [VALUES_FILE]: JSON.stringify(values) },
  };
}

export function helmGetValues(): CommandSpec {
  return line(`helm get values ${INGRESS_RELEASE} --namespace ${INGRESS_NAMESPACE} --output json`);
}

export function helmUninstall(): CommandSpec {
  return line(`helm uninstall ${INGRESS_RELEASE} --namespace ${INGRESS_NAMESPACE}`);
}

export function kubectlDelete(manifests: readonly JsonObject[]): CommandSpec {
  return { command: `kubectl delete --filename ${MANIFEST_FILE} --ignore-not-found`, files: manifestFile(manifests) };
}

export function kubectlApply(manifests: readonly JsonObject[]): CommandSpec {
  return { command: `kubectl apply --filename ${MANIFEST_FILE}`, files: manifestFile(manifests) };
}

export function kubectlGetApplied(manifests: readonly JsonObject[]): CommandSpec {
  return {
    command: `kubectl get --filename ${MANIFEST_FILE} --ignore-not-found --output json`,
    files: manifestFile(manifests),
  };
}

export function kubectlGetIngressPods(): CommandSpec {
  return line(`kubectl get pods --namespace ${INGRESS_NAMESPACE} --selector app=${INGRESS_RELEASE} --output json`);
}

export function kubectlRolloutStatus(deployment: string, namespace: string): CommandSpec {
  return line(
    `kubectl rollout status deployment/${checked(deployment)} --namespace ${checked(namespace)} --timeout=${ROLLOUT_LOOK_SECONDS}s`,
  );
}

export function kubectlJobLogs(job: string): CommandSpec {
  return line(`kubectl logs job/${checked(job)} --namespace ${APPLICATION_NAMESPACE}`);
}

function line(command: string): CommandSpec {
  return { command, files: {} };
}

function manifestFile(manifests: readonly JsonObject[]): CommandSpec["files"] {
  return { [MANIFEST_FILE]: JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }) };
}

function checked(name: string): string {
  if (!kubernetesName.test(name))
    throw new Error(`${JSON.stringify(name)} is no Kubernetes name and goes into no command.`);
  return name;
}
