import type { Json } from "../core/resourceType.ts";
import type { KubernetesObject } from "./clusterObjects.ts";
import { sortedJson } from "./jsonFields.ts";
import { qualifiedPlural, type ResourceKind } from "./resourceKinds.ts";

/** Objects as `kubectl … --output json` prints them: four blanks, keys sorted. */
export function printJson(value: Json): string {
  return `${JSON.stringify(sortedJson(value), undefined, 4)}\n`;
}

/** Many objects as kubectl prints them. */
export function printList(objects: readonly KubernetesObject[]): string {
  return printJson({ apiVersion: "v1", kind: "List", metadata: { resourceVersion: "" }, items: [...objects] });
}

/** The API server's answer for an object that is not there, as kubectl prints it. */
export function notFound(kind: ResourceKind, name: string): string {
  return `Error from server (NotFound): ${qualifiedPlural(kind)} "${name}" not found`;
}

/** kubectl's answer for a word that is no resource of the cluster. */
export function noSuchResourceType(word: string): string {
  return `error: the server doesn't have a resource type "${word}"`;
}

export function noSuchKind(object: KubernetesObject, file: string): string {
  const namespace = object.metadata.namespace ?? "";
  return (
    `error: resource mapping not found for name: "${object.metadata.name}" namespace: "${namespace}" from "${file}": ` +
    `no matches for kind "${object.kind}" in version "${object.apiVersion ?? ""}"\nensure CRDs are installed first`
  );
}
