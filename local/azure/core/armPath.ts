import { gatewayError } from "./gatewayError.ts";
import { parseResourceId, type ResourceId } from "./resourceId.ts";
import type { ResourceType } from "./resourceType.ts";
import type { TypeRegistry } from "./typeRegistry.ts";

/** What a path below ARM's host means. */
export type ArmTarget =
  | { readonly kind: "resource"; readonly id: ResourceId; readonly type: ResourceType }
  | { readonly kind: "collection"; readonly scope: string; readonly type: ResourceType };

/** Decoded segments of a path; double, leading and trailing slashes mean nothing. */
export function segmentsOf(path: string): readonly string[] {
  try {
    return path
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
  } catch {
    throw gatewayError(400, "InvalidRequestUri", "The request URI contains an invalid percent-encoding.");
  }
}

/** Reads a path as a resource or a collection; throws Azure's own errors for what is neither. */
export function parseTarget(segments: readonly string[], registry: TypeRegistry, apiVersion: string): ArmTarget {
  const lower = segments.map((segment) => segment.toLowerCase());
  if (lower.length === 3 && lower[0] === "subscriptions" && lower[2] === "resourcegroups") {
    return collection(`/subscriptions/${segments[1]}`, "Microsoft.Resources/resourceGroups", registry, apiVersion);
  }
  const provider = lower.lastIndexOf("providers");
  const namespace = segments[provider + 1];
  if (provider >= 0 && namespace !== undefined) {
    const rest = segments.slice(provider + 2);
    if (rest.length % 2 === 1) {
      const types = rest.filter((_, index) => index % 2 === 0);
      const scope = `/${segments.slice(0, rest.length === 1 ? provider : -1).join("/")}`;
      const target = collection(scope, [namespace, ...types].join("/"), registry, apiVersion);
      return { ...target, scope: canonicalId(target.scope, registry) };
    }
  }
  const id = parseResourceId(segments.join("/"));
  if (id === undefined) {
    throw gatewayError(404, "NotFound", `No resource and no collection has the path '/${segments.join("/")}'.`);
  }
  const type = requireType(id.type, registry, apiVersion);
  return { kind: "resource", id: parseResourceId(canonicalId(id.id, registry)) ?? id, type };
}

function collection(scope: string, type: string, registry: TypeRegistry, apiVersion: string) {
  return { kind: "collection", scope, type: requireType(type, registry, apiVersion) } as const;
}

function requireType(type: string, registry: TypeRegistry, apiVersion: string): ResourceType {
  const known = registry.find(type);
  if (known !== undefined) return known;
  const [name = "", ...rest] = type.split("/");
  const namespace = registry.namespace(name);
  if (namespace === undefined) {
    throw gatewayError(404, "InvalidResourceNamespace", `The resource namespace '${name}' is invalid.`);
  }
  throw gatewayError(
    404,
    "InvalidResourceType",
    `The resource type '${rest.join("/")}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.`,
  );
}

/** The id with ARM's spelling of its fixed words and of known types; names keep the casing they came in. */
export function canonicalId(id: string, registry: TypeRegistry): string {
  const parts = id.split("/").filter((part) => part !== "");
  const result = [...parts];
  if (parts[0]?.toLowerCase() === "subscriptions") result[0] = "subscriptions";
  if (parts[2]?.toLowerCase() === "resourcegroups") result[2] = "resourceGroups";
  for (let index = 0; index < parts.length; index++) {
    if (parts[index]?.toLowerCase() !== "providers" || parts[index + 1] === undefined) continue;
    result[index] = "providers";
    spellTypes(result, index + 1, registry);
  }
  return `/${result.join("/")}`;
}

/** Rewrites namespace and type words that stand from `start` on, as far as they are known. */
function spellTypes(parts: string[], start: number, registry: TypeRegistry): void {
  const namespace = parts[start] ?? "";
  parts[start] = registry.namespace(namespace) ?? namespace;
  let type = parts[start];
  for (let index = start + 1; index < parts.length && parts[index]?.toLowerCase() !== "providers"; index += 2) {
    type = `${type}/${parts[index]}`;
    const known = registry.find(type)?.type.split("/").at(-1);
    if (known !== undefined) parts[index] = known;
  }
}
