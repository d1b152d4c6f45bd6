/** The route controller's reads and writes of its table: as the cluster's identity, with its roles and nothing else. */
import type { AzureWorld, InternalArmResponse, JsonObject, Principal } from "../core/resourceType.ts";
import { listField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { clusterPrincipal } from "./clusterIdentity.ts";

/** Source: kubernetes-sigs/cloud-provider-azure pkg/azureclients/routetableclient up to v1.31; later ones ask with newer versions. */
const NETWORK_API_VERSION = "2022-07-01";

export function readTable(world: AzureWorld, clusterId: string, tableId: string): InternalArmResponse {
  return world.armRequest({
    principal: principalOf(world, clusterId),
    method: "GET",
    path: tableId,
    apiVersion: NETWORK_API_VERSION,
  });
}

/** PUTs the whole table as it was read, with other routes; refused when it has changed since it was read. */
export function writeTable(
  world: AzureWorld,
  clusterId: string,
  table: JsonObject,
  routes: readonly JsonObject[],
): InternalArmResponse {
  const etag = textField(table, "etag");
  return world.armRequest({
    principal: principalOf(world, clusterId),
    method: "PUT",
    path: textField(table, "id") ?? "",
    apiVersion: NETWORK_API_VERSION,
    body: withRoutes(table, routes),
    ...(etag === undefined ? {} : { ifMatch: etag }),
  });
}

export function routesOf(table: JsonObject): JsonObject[] {
  return listField(table, "properties", "routes");
}

export function withRoutes(table: JsonObject, routes: readonly JsonObject[]): JsonObject {
  return { ...table, properties: { ...objectField(table, "properties"), routes: [...routes] } };
}

/** Why ARM refused, as cloud-provider's logs have it. */
export function refusalOf({ status, body }: InternalArmResponse): string {
  const code = textField(body, "error", "code") ?? "";
  return `HTTPStatusCode: ${status}, RawError: ${code}: ${textField(body, "error", "message") ?? ""}`;
}

/** An identity that is gone leaves a token that opens nothing. */
function principalOf(world: AzureWorld, clusterId: string): Principal {
  const cluster = world.store.get(clusterId);
  const nobody: Principal = { objectId: "", appId: "", kind: "ServicePrincipal", displayName: "cluster" };
  return (cluster === undefined ? undefined : clusterPrincipal(world, cluster.body)) ?? nobody;
}
