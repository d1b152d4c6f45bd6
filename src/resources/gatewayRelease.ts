/**
 * What ingress controllers leave behind on an adopted gateway, taken off again: a controller that is uninstalled, or whose
 * cluster goes, writes nothing more, and the last of them always leaves a listener for every host. It is the one write of
 * an adopted gateway; everything that does not bear a cluster's prefix goes back as it was read, with If-Match.
 */
import { nameOfId } from "../domain/armId.ts";
import { gatewayPartPrefix } from "../domain/gatewayShare.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from "../domain/json.ts";
import { ids } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { SyncDefinition } from "./syncDefinition.ts";

/** The tag by which a controller says that the gateway is its own. Source: github.com/Azure/application-gateway-kubernetes-ingress pkg/appgw, checked 2026-11. */
export const CONTROLLER_TAG = "managed-by-k8s-ingress";

/** What a controller calls its parts, after its prefix. Source: the same, pkg/appgw/internaltypes.go, checked 2026-11. */
const PART_NAME =
  /^(fl|rr|url|pr|fp|pool|bp|pb|sslr|httpsettings)-|^(defaultaddresspool$|defaulthttpsetting$|defaultprobe-)/;

const collections = [
  "httpListeners",
  "requestRoutingRules",
  "urlPathMaps",
  "redirectConfigurations",
  "backendAddressPools",
  "backendHttpSettingsCollection",
  "probes",
  "frontendPorts",
] as const;

export const releaseGateway: SyncDefinition = {
  isRemoval: true,
  apiVersion: apiVersions.network,
  id: ids.gateway,
  sources: () => [],
  decide: (existing, _sources, spec) => {
    const properties = isJsonObject(existing.properties) ? existing.properties : {};
    const clusters = [spec.cluster.name, ...spec.share.others];
    const kept = withoutParts(properties, clusters);
    const removed = collections.flatMap((each) => partsOf(properties, each)).length - kept.partCount;
    if (removed === 0) return { kind: "right" };
    const { tags, ...rest } = existing;
    const body = { ...rest, tags: withoutControllerTag(tags), properties: { ...properties, ...kept.collections } };
    return { kind: "write", body, change: `${removed} parts of ${clusters.join(", ")} taken off` };
  },
  pollSeconds: 5,
  timeoutSeconds: 600,
};

function withoutParts(properties: JsonObject, clusters: readonly string[]) {
  const listeners = partsOf(properties, "httpListeners").filter((part) => !isPartOfAny(clusters, part));
  const usedPorts = listeners.map((listener) => nameOfId(textAt(listener, "properties.frontendPort.id") ?? ""));
  const entries = collections
    .filter((each) => properties[each] !== undefined)
    .map((each) => {
      const kept = partsOf(properties, each).filter(
        // A listener of the operator's may have taken to a controller's port.
        (part) => !isPartOfAny(clusters, part) || (each === "frontendPorts" && usedPorts.includes(nameOf(part))),
      );
      return [each, kept] as const;
    });
  return { collections: Object.fromEntries(entries), partCount: entries.flatMap(([, kept]) => kept).length };
}

/** Whether a controller of one of the clusters has made the part. */
export function isPartOfAny(clusters: readonly string[], part: JsonObject): boolean {
  return clusters.map(gatewayPartPrefix).some((prefix) => {
    const name = nameOf(part);
    return name.startsWith(prefix) && PART_NAME.test(name.slice(prefix.length));
  });
}

/** The parts of one kind. */
export function partsOf(properties: JsonObject, collection: string): readonly JsonObject[] {
  const found = properties[collection];
  return isJsonArray(found) ? found.filter(isJsonObject) : [];
}

export function nameOf(part: JsonObject): string {
  return textAt(part, "name") ?? "";
}

function withoutControllerTag(tags: Json | undefined): JsonObject {
  const all = isJsonObject(tags) ? tags : {};
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== CONTROLLER_TAG));
}
