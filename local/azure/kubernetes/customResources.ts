/**
 * Kinds that a cluster knows only once their definition is installed. The chart ingress-azure brings the definitions in
 * its crds folder: Helm installs them before everything else, never changes them, and leaves them at uninstall.
 * Source: helm/ingress-azure/crds of the controller's repository at 1.9.8; helm.sh/docs/chart_best_practices/custom_resource_definitions.
 */
import type { JsonObject } from "../core/resourceType.ts";
import type { ClusterObjects, KubernetesObject } from "./clusterObjects.ts";
import { field, objectField } from "./jsonFields.ts";
import { kindOfManifest, kindOfWord, PROHIBITED_TARGET_DEFINITION, type ResourceKind } from "./resourceKinds.ts";

/** The kind a manifest names, if the cluster serves it now. */
export function servedKindOfManifest(
  cluster: ClusterObjects,
  apiVersion: string,
  kind: string,
): ResourceKind | undefined {
  return ifServed(cluster, kindOfManifest(apiVersion, kind));
}

/** The kind that a word on a kubectl line means, if the cluster serves it now. */
export function servedKindOfWord(cluster: ClusterObjects, word: string): ResourceKind | undefined {
  return ifServed(cluster, kindOfWord(word));
}

function ifServed(cluster: ClusterObjects, kind: ResourceKind | undefined): ResourceKind | undefined {
  if (kind?.definition === undefined) return kind;
  return cluster.get("CustomResourceDefinition", "", kind.definition) === undefined ? undefined : kind;
}

/** Paths of prohibited targets, as the definition's schema wants them. */
const PATH_PATTERN = "^\\/(?:.+\\/)?\\*$";

/** Installs the definitions that the chart brings, unless they are there. */
export function installDefinitions(cluster: ClusterObjects): void {
  const [plural = "", ...group] = PROHIBITED_TARGET_DEFINITION.split(".");
  if (cluster.get("CustomResourceDefinition", "", PROHIBITED_TARGET_DEFINITION) !== undefined) return;
  const spec: JsonObject = {
    type: "object",
    properties: { hostname: { type: "string" }, paths: { type: "array", items: pathSchema() } },
  };
  cluster.put({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: PROHIBITED_TARGET_DEFINITION },
    spec: {
      group: group.join("."),
      names: { kind: "AzureIngressProhibitedTarget", plural },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
        },
      ],
    },
  });
}

function pathSchema(): JsonObject {
  return { type: "string", pattern: PATH_PATTERN };
}

/** What the definition's schema refuses in a prohibited target, worded as the API server does; undefined: nothing. */
export function prohibitedTargetMistake(object: KubernetesObject): string | undefined {
  const hostname = field(object, "spec", "hostname");
  if (hostname !== undefined && typeof hostname !== "string")
    return `spec.hostname: Invalid value: "${jsonTypeOf(hostname)}": spec.hostname in body must be of type string: "${jsonTypeOf(hostname)}"`;
  const paths = field(object, "spec", "paths");
  if (paths === undefined) return undefined;
  if (!Array.isArray(paths))
    return `spec.paths: Invalid value: "${jsonTypeOf(paths)}": spec.paths in body must be of type array: "${jsonTypeOf(paths)}"`;
  const bad = paths.findIndex((path) => typeof path !== "string" || !new RegExp(PATH_PATTERN).test(path));
  if (bad < 0) return undefined;
  return `spec.paths[${bad}]: Invalid value: ${JSON.stringify(paths[bad])}: spec.paths[${bad}] in body should match '${PATH_PATTERN}'`;
}

/** The first field that the definition does not know: kubectl asks for strict decoding. */
export function unknownField(object: KubernetesObject): string | undefined {
  if (object.kind !== "AzureIngressProhibitedTarget") return undefined;
  const unknown = Object.keys(objectField(object, "spec")).find((name) => name !== "hostname" && name !== "paths");
  return unknown === undefined ? undefined : `spec.${unknown}`;
}

function jsonTypeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
