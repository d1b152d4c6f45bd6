import { unzipSync } from "fflate";
import type { Json } from "../core/resourceType.ts";
import type { KubernetesObject } from "./clusterObjects.ts";
import { isObject, listField, textField } from "./jsonFields.ts";

export type ContextFiles = Readonly<Record<string, string>>;

/**
 * Largest context that is read, in bytes of the unpacked files. A guess: learn.microsoft.com/azure/aks/access-private-cluster
 * names no number, checked 2026-11.
 */
const CONTEXT_LIMIT_BYTES = 1024 * 1024;

/** The files of a run command's context, a base64 zip; undefined when it is none. */
export function readContextFiles(base64Zip: string): ContextFiles | undefined {
  if (base64Zip === "") return {};
  let totalBytes = 0;
  try {
    const entries = unzipSync(Buffer.from(base64Zip, "base64"), {
      filter: (file) => {
        totalBytes += file.originalSize;
        return totalBytes <= CONTEXT_LIMIT_BYTES;
      },
    });
    if (totalBytes > CONTEXT_LIMIT_BYTES) return undefined;
    return Object.fromEntries(
      Object.entries(entries).map(([path, bytes]) => [path, Buffer.from(bytes).toString("utf8")]),
    );
  } catch {
    return undefined;
  }
}

export type Manifest = { readonly objects: readonly KubernetesObject[] } | { readonly error: string };

/** Reads a manifest file: one JSON object, or a List of them. YAML is not read, and said so as kubectl words a syntax error. */
export function readManifest(files: ContextFiles, path: string): Manifest {
  const text = files[path.replace(/^\.\//, "")];
  if (text === undefined) return { error: `error: the path "${path}" does not exist` };
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch (cause) {
    return {
      error: `error: error parsing ${path}: json: ${(cause as Error).message} (the local Azure reads manifests in JSON only)`,
    };
  }
  const items = textField(parsed, "kind") === "List" ? listField(parsed, "items") : [parsed];
  const objects: KubernetesObject[] = [];
  for (const item of items) {
    if (!isObject(item) || textField(item, "kind") === undefined) {
      return { error: `error: unable to decode "${path}": Object 'Kind' is missing in '${JSON.stringify(item)}'` };
    }
    if (textField(item, "metadata", "name") === undefined) {
      return { error: "error: resource name may not be empty" };
    }
    objects.push(item as KubernetesObject);
  }
  if (objects.length === 0) return { error: "error: no objects passed to apply" };
  return { objects };
}
