/** What the API server refuses in a manifest, of the rules that a mistake in ours would break. Texts as the server words them. */

import { type KubernetesObject, labelsOf, matchesLabels } from "./clusterObjects.ts";
import { prohibitedTargetMistake } from "./customResources.ts";
import { listField, numberField, objectField, textField } from "./jsonFields.ts";

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** Kinds whose names are DNS labels (63 characters); the others' are DNS subdomains (253). */
const LABEL_NAMED = new Set(["Service", "Namespace"]);

/** The first mistake in an object, worded as the API server does after `The Kind "name" is invalid: `; undefined: none. */
export function manifestMistake(object: KubernetesObject): string | undefined {
  return nameMistake(object) ?? kindMistake(object);
}

/** Fields that an update may not change. */
export function immutableFieldMistake(live: KubernetesObject, patched: KubernetesObject): string | undefined {
  const changed = (path: readonly string[]): boolean =>
    JSON.stringify(objectField(live, ...path)) !== JSON.stringify(objectField(patched, ...path));
  if (live.kind === "Deployment" && changed(["spec", "selector"])) {
    return "spec.selector: Invalid value: field is immutable";
  }
  if (live.kind === "Job" && changed(["spec", "template"])) {
    return "spec.template: Invalid value: field is immutable";
  }
  return undefined;
}

function nameMistake(object: KubernetesObject): string | undefined {
  const { name } = object.metadata;
  const isLabel = LABEL_NAMED.has(object.kind);
  const good = isLabel ? DNS_LABEL.test(name) && name.length <= 63 : DNS_SUBDOMAIN.test(name) && name.length <= 253;
  if (good) return undefined;
  const rule = isLabel ? "a lowercase RFC 1123 label" : "a lowercase RFC 1123 subdomain";
  return `metadata.name: Invalid value: "${name}": ${rule} must consist of lower case alphanumeric characters, '-'${isLabel ? "" : " or '.'"}, and must start and end with an alphanumeric character`;
}

function kindMistake(object: KubernetesObject): string | undefined {
  switch (object.kind) {
    case "Deployment":
      return deploymentMistake(object);
    case "Job":
      return jobMistake(object);
    case "Service":
      return listField(object, "spec", "ports").length === 0 ? "spec.ports: Required value" : portMistake(object);
    case "Ingress":
      return ingressMistake(object);
    case "Pod":
      return containerMistake(listField(object, "spec", "containers"), "spec");
    case "AzureIngressProhibitedTarget":
      return prohibitedTargetMistake(object);
    default:
      return undefined;
  }
}

function deploymentMistake(object: KubernetesObject): string | undefined {
  const selector = objectField(object, "spec", "selector", "matchLabels");
  if (Object.keys(selector).length === 0) return "spec.selector: Required value";
  const labels = labelsOf(objectField(object, "spec", "template"));
  if (!matchesLabels(selector, labels)) {
    return `spec.template.metadata.labels: Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``;
  }
  return containerMistake(listField(object, "spec", "template", "spec", "containers"), "spec.template.spec");
}

function jobMistake(object: KubernetesObject): string | undefined {
  const restartPolicy = textField(object, "spec", "template", "spec", "restartPolicy") ?? "Always";
  if (restartPolicy === "Always") {
    return 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"';
  }
  if (restartPolicy === "OnFailure") {
    return 'spec.template.spec.restartPolicy: the local Azure does not restart containers of a job; send "Never"';
  }
  return containerMistake(listField(object, "spec", "template", "spec", "containers"), "spec.template.spec");
}

function containerMistake(containers: readonly object[], path: string): string | undefined {
  if (containers.length === 0) return `${path}.containers: Required value`;
  for (const [index, container] of containers.entries()) {
    const { name, image } = container as { name?: unknown; image?: unknown };
    if (typeof name !== "string" || name === "") return `${path}.containers[${index}].name: Required value`;
    if (typeof image !== "string" || image === "") return `${path}.containers[${index}].image: Required value`;
  }
  return undefined;
}

function portMistake(object: KubernetesObject): string | undefined {
  const ports = listField(object, "spec", "ports");
  const bad = ports.findIndex((port) => !isPort(numberField(port, "port")));
  if (bad >= 0)
    return `spec.ports[${bad}].port: Invalid value: ${JSON.stringify(ports[bad]?.port ?? 0)}: must be between 1 and 65535, inclusive`;
  const unnamed = ports.findIndex((port) => textField(port, "name") === undefined);
  return ports.length > 1 && unnamed >= 0 ? `spec.ports[${unnamed}].name: Required value` : undefined;
}

function isPort(port: number | undefined): boolean {
  return port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65535;
}

function ingressMistake(object: KubernetesObject): string | undefined {
  const rules = listField(object, "spec", "rules");
  if (
    rules.length === 0 &&
    object.spec !== undefined &&
    Object.keys(objectField(object, "spec", "defaultBackend")).length === 0
  ) {
    return "spec: Invalid value: []: either `defaultBackend` or `rules` must be specified";
  }
  for (const [ruleIndex, rule] of rules.entries()) {
    for (const [pathIndex, path] of listField(rule, "http", "paths").entries()) {
      const at = `spec.rules[${ruleIndex}].http.paths[${pathIndex}]`;
      if (textField(path, "pathType") === undefined)
        return `${at}.pathType: Required value: pathType must be specified`;
      if (textField(path, "backend", "service", "name") === undefined)
        return `${at}.backend.service.name: Required value`;
    }
  }
  return undefined;
}
