/** One turn of the ingress controller against ARM: GET the gateway, merge, PUT it whole, without If-Match. */
import type { Json, JsonObject, Principal } from "../../core/resourceType.ts";
import type { ClusterObjects } from "../clusterObjects.ts";
import { field, isObject, listField, objectField, textField } from "../jsonFields.ts";
import type { AgicSettings } from "./agicSettings.ts";
import { gatewayConfiguration, OWNED_COLLECTIONS, type OwnedCollections } from "./gatewayConfiguration.ts";

/** The api-version that the controller's SDK speaks. Source: facts/azure.md §2.4, the controller's pkg/azure. */
export const NETWORK_API_VERSION = "2021-03-01";
const CONTROLLER_VERSION = "1.9.8";

export type SyncOutcome =
  | { readonly kind: "unchanged" }
  | { readonly kind: "submitted" }
  /** Somebody else's operation runs on the gateway. */
  | { readonly kind: "busy"; readonly message: string }
  | { readonly kind: "refused"; readonly message: string };

/** Brings the gateway to what the ingresses ask for, as the controller's identity. */
export function syncGateway(cluster: ClusterObjects, settings: AgicSettings, principal: Principal): SyncOutcome {
  const { world } = cluster;
  const request = { principal, path: settings.gatewayId, apiVersion: NETWORK_API_VERSION };
  const got = world.armRequest({ ...request, method: "GET" });
  if (got.status !== 200 || got.body === undefined)
    return { kind: "refused", message: refusalText("Failed fetching config for App Gateway instance", got) };
  const desired = gatewayConfiguration(cluster, settings, { id: settings.gatewayId, body: got.body });
  if (desired === undefined) {
    const kind = settings.usePrivateIp ? "private" : "public";
    return {
      kind: "refused",
      message: `Application Gateway has no ${kind} frontend IP configuration, which appgw.usePrivateIP=${settings.usePrivateIp} needs`,
    };
  }
  if (covers(got.body, desired)) return { kind: "unchanged" };
  const put = world.armRequest({ ...request, method: "PUT", body: merged(got.body, desired) });
  if (put.status === 200 || put.status === 201) return { kind: "submitted" };
  if (put.status === 409 || put.status === 429)
    return { kind: "busy", message: refusalText("Application Gateway is busy", put) };
  return { kind: "refused", message: refusalText("Unable to deploy App Gateway config", put) };
}

/** The gateway as it is, with the collections that the controller owns replaced. */
function merged(gateway: JsonObject, desired: OwnedCollections): JsonObject {
  const { id: _id, name: _name, type: _type, etag: _etag, ...rest } = gateway;
  const tags = { ...objectField(gateway, "tags"), "managed-by-k8s-ingress": CONTROLLER_VERSION };
  return {
    ...rest,
    tags,
    properties: { ...objectField(gateway, "properties"), redirectConfigurations: [], ...desired },
  };
}

/** Whether the gateway has exactly the named parts, each with at least what is wanted of it. */
function covers(gateway: JsonObject, desired: OwnedCollections): boolean {
  return OWNED_COLLECTIONS.every((collection) => {
    const live = listField(gateway, "properties", collection);
    const wanted = desired[collection];
    return live.length === wanted.length && wanted.every((part) => live.some((candidate) => contains(candidate, part)));
  });
}

function contains(live: Json | undefined, wanted: Json | undefined): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      live.length === wanted.length &&
      wanted.every((entry, index) => contains(live[index], entry))
    );
  }
  if (isObject(wanted)) {
    return isObject(live)
      ? Object.entries(wanted).every(([key, value]) => contains(live[key], value))
      : Object.keys(wanted).length === 0;
  }
  // Ids come back in the spelling of whoever wrote them first.
  return typeof wanted === "string" && typeof live === "string"
    ? live.toLowerCase() === wanted.toLowerCase()
    : live === wanted;
}

function refusalText(start: string, response: { readonly status: number; readonly body?: JsonObject }): string {
  const code = textField(response.body, "error", "code") ?? "";
  return `${start}. StatusCode=${response.status} Code="${code}" Message="${textField(response.body, "error", "message") ?? ""}"`;
}

/** The address of the gateway's frontend, as the controller may read it; for the status of ingresses. */
export function frontendAddress(
  cluster: ClusterObjects,
  settings: AgicSettings,
  principal: Principal,
): string | { readonly problem: string } {
  const read = (path: string) =>
    cluster.world.armRequest({ principal, method: "GET", path, apiVersion: NETWORK_API_VERSION });
  const gateway = read(settings.gatewayId);
  const frontends = listField(gateway.body, "properties", "frontendIPConfigurations");
  if (settings.usePrivateIp) {
    return (
      frontends.flatMap((frontend) => textField(frontend, "properties", "privateIPAddress") ?? [])[0] ?? {
        problem: refusalText("Unable to read the private address", gateway),
      }
    );
  }
  const publicId = frontends.flatMap(
    (frontend) => textField(field(frontend, "properties", "publicIPAddress"), "id") ?? [],
  )[0];
  if (publicId === undefined) return { problem: refusalText("The gateway has no public IP address", gateway) };
  const address = read(publicId);
  return (
    textField(address.body, "properties", "ipAddress") ?? {
      problem: refusalText(`Unable to get Public IP Address ${publicId}`, address),
    }
  );
}
