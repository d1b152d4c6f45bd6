/**
 * One turn of the ingress controller against ARM: GET the gateway, merge, and a moment later PUT it whole, without
 * If-Match. What somebody else has written in between is lost.
 */
import type { InternalArmResponse, Json, JsonObject, Principal } from "../../core/resourceType.ts";
import { gatewayWrites } from "../../network/servedConfiguration.ts";
import type { ClusterObjects } from "../clusterObjects.ts";
import { field, isObject, listField, objectField, textField } from "../jsonFields.ts";
import type { AgicSettings } from "./agicSettings.ts";
import { gatewayConfiguration, OWNED_COLLECTIONS, type OwnedCollections } from "./gatewayConfiguration.ts";
import { prohibitedTargets } from "./prohibitedTargets.ts";
import { sharedGateway } from "./sharedGateway.ts";

/** The api-version that the controller's SDK speaks. Source: the controller's pkg/azure/client.go at 1.9.8. */
export const NETWORK_API_VERSION = "2021-03-01";
const CONTROLLER_VERSION = "1.9.8";

/** What looking at the gateway comes to: nothing to write, a body to write, or no access. */
export type Preparation =
  | { readonly kind: "unchanged" }
  | { readonly kind: "prepared"; readonly body: JsonObject }
  | { readonly kind: "refused"; readonly message: string };

export type SyncOutcome =
  | { readonly kind: "unchanged" }
  /** `write` is the number of the gateway's write. */
  | { readonly kind: "submitted"; readonly write: number }
  /** Somebody else's operation runs on the gateway. */
  | { readonly kind: "busy"; readonly message: string }
  | { readonly kind: "refused"; readonly message: string };

/** Reads the gateway and says what the ingresses want of it, as the controller's identity. */
export function prepareSync(cluster: ClusterObjects, settings: AgicSettings, principal: Principal): Preparation {
  const got = readGateway(cluster, settings, principal);
  if (got.status !== 200 || got.body === undefined)
    return { kind: "refused", message: refusalText("Failed fetching config for App Gateway instance", got) };
  const gateway = { id: settings.gatewayId, body: got.body };
  const own = gatewayConfiguration(cluster, settings, gateway);
  if (own === undefined) {
    const kind = settings.usePrivateIp ? "private" : "public";
    return {
      kind: "refused",
      message: `Application Gateway has no ${kind} frontend IP configuration, which appgw.usePrivateIP=${settings.usePrivateIp} needs`,
    };
  }
  const prohibited = prohibitedTargets(cluster, settings);
  const { namePrefix } = settings;
  const desired = prohibited.length === 0 ? own : sharedGateway({ gateway, own, prohibited, namePrefix });
  return covers(got.body, desired) ? { kind: "unchanged" } : { kind: "prepared", body: merged(got.body, desired) };
}

function readGateway(cluster: ClusterObjects, { gatewayId }: AgicSettings, principal: Principal): InternalArmResponse {
  return cluster.world.armRequest({ principal, method: "GET", path: gatewayId, apiVersion: NETWORK_API_VERSION });
}

/** Writes the gateway, whatever has become of it since it was read. */
export function submitGateway(
  cluster: ClusterObjects,
  settings: AgicSettings,
  principal: Principal,
  body: JsonObject,
): SyncOutcome {
  const { world } = cluster;
  const request = { principal, path: settings.gatewayId, apiVersion: NETWORK_API_VERSION };
  const put = world.armRequest({ ...request, method: "PUT", body });
  if (put.status === 200 || put.status === 201) {
    const written = world.store.get(settings.gatewayId);
    return { kind: "submitted", write: written === undefined ? 0 : gatewayWrites(written).latest };
  }
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
