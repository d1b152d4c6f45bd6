import type { Json, JsonObject } from "../core/resourceType.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf } from "./clusterObjects.ts";
import { type CommandResult, failed, succeeded } from "./commandResult.ts";
import { type ContextFiles, readManifest } from "./contextFiles.ts";
import { servedKindOfManifest, unknownField } from "./customResources.ts";
import { field, isObject, objectField, sameJson, textField } from "./jsonFields.ts";
import { noSuchKind, notFound } from "./kubectlOutput.ts";
import { immutableFieldMistake, manifestMistake } from "./manifestMistakes.ts";
import { kindNamed, qualifiedSingular, type ResourceKind } from "./resourceKinds.ts";
import { withServerDefaults } from "./serverDefaults.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** `kubectl apply --filename`: each object is created or patched three-way; goes on after a refused one, as kubectl does. */
export function applyManifest(cluster: ClusterObjects, files: ContextFiles, path: string): CommandResult {
  const manifest = readManifest(files, path);
  if ("error" in manifest) return failed(manifest.error);
  const lines = manifest.objects.map((object) => applyObject(cluster, object, path));
  const logs = `${lines.map((line) => line.text).join("\n")}\n`;
  return lines.every((line) => line.ok) ? succeeded(logs) : failed(logs);
}

function applyObject(
  cluster: ClusterObjects,
  sent: KubernetesObject,
  path: string,
): { readonly ok: boolean; readonly text: string } {
  const kind = servedKindOfManifest(cluster, textField(sent, "apiVersion") ?? "", sent.kind);
  if (kind === undefined) return { ok: false, text: noSuchKind(sent, path) };
  const object = inNamespace(sent, kind);
  const refusal = refusalOf(cluster, object, kind, path);
  if (refusal !== undefined) return { ok: false, text: refusal };
  const name = `${qualifiedSingular(kind)}/${object.metadata.name}`;
  const live = cluster.get(kind.kind, namespaceOf(object), object.metadata.name);
  if (live === undefined) {
    cluster.put(withServerDefaults(cluster, remember(object, sent)));
    return { ok: true, text: `${name} created` };
  }
  const patched = patch(live, object, sent);
  if (sameJson(live, patched)) return { ok: true, text: `${name} unchanged` };
  const immutable = immutableFieldMistake(live, patched);
  if (immutable !== undefined)
    return { ok: false, text: `The ${kind.kind} "${object.metadata.name}" is invalid: ${immutable}` };
  cluster.put(patched);
  return { ok: true, text: `${name} configured` };
}

function refusalOf(
  cluster: ClusterObjects,
  object: KubernetesObject,
  kind: ResourceKind,
  path: string,
): string | undefined {
  const mistake = manifestMistake(object);
  if (mistake !== undefined) return `The ${kind.kind} "${object.metadata.name}" is invalid: ${mistake}`;
  const unknown = unknownField(object);
  if (unknown !== undefined) {
    const version = kind.apiVersion.split("/").at(-1);
    return `Error from server (BadRequest): error when creating "${path}": ${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: strict decoding error: unknown field "${unknown}"`;
  }
  const namespace = namespaceOf(object);
  if (kind.namespaced && cluster.get("Namespace", "", namespace) === undefined) {
    const [first, rest] = splitOnce(notFound(kindNamed("Namespace"), namespace), ": ");
    return `${first}: error when creating "${path}": ${rest}`;
  }
  return undefined;
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function inNamespace(object: KubernetesObject, kind: ResourceKind): KubernetesObject {
  const { namespace: _, ...metadata } = object.metadata;
  if (!kind.namespaced) return { ...object, metadata: { ...metadata, name: object.metadata.name } };
  return { ...object, metadata: { ...object.metadata, namespace: namespaceOf(object) || "default" } };
}

function remember(object: KubernetesObject, sent: KubernetesObject): KubernetesObject {
  const annotations = {
    ...objectField(object, "metadata", "annotations"),
    [LAST_APPLIED]: `${JSON.stringify(sent)}\n`,
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Three-way: what the last apply had and this one has not is removed, what this one has is set, the rest stays. */
function patch(live: KubernetesObject, object: KubernetesObject, sent: KubernetesObject): KubernetesObject {
  const lastText = textField(live, "metadata", "annotations", LAST_APPLIED);
  const last = lastText === undefined ? {} : (JSON.parse(lastText) as JsonObject);
  const merged = mergeObjects(live, last, remember(object, sent)) as KubernetesObject;
  return field(live, "status") === undefined ? merged : { ...merged, status: objectField(live, "status") };
}

function mergeObjects(live: JsonObject, last: JsonObject, next: JsonObject): JsonObject {
  const merged: JsonObject = { ...live };
  for (const key of Object.keys(last)) if (next[key] === undefined) delete merged[key];
  for (const [key, value] of Object.entries(next)) merged[key] = mergeValues(live[key], last[key], value);
  return merged;
}

function mergeValues(live: Json | undefined, last: Json | undefined, next: Json | undefined): Json | undefined {
  if (isObject(live) && isObject(next)) return mergeObjects(live, isObject(last) ? last : {}, next);
  if (Array.isArray(live) && Array.isArray(next)) return mergeLists(live, Array.isArray(last) ? last : [], next);
  return next;
}

/** Elements that are objects merge with the live element at the same place, so that the server's defaults in them survive. */
function mergeLists(live: readonly Json[], last: readonly Json[], next: readonly Json[]): Json[] {
  return next.map((item, index) => mergeValues(live[index], last[index], item) ?? null);
}
