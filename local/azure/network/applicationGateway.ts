import type {
  AzureWorld,
  JsonObject,
  Reference,
  ResourceType,
  StoredResource,
  WriteContext,
} from "../core/resourceType.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { checkGatewayBody } from "./gatewayChecks.ts";
import { partsOf, withPartIds } from "./gatewayParts.ts";
import { checkGatewayPlace } from "./gatewayPlaceChecks.ts";
import { idAt, propertiesOf } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { withoutUpdate, withUpdateBegun, withUpdateEnded } from "./servedConfiguration.ts";

/**
 * Application Gateway v2. A PUT replaces the whole inside: two writers without If-Match lose each other's changes, as in
 * Azure. A PUT during another one cancels it (CanceledAndSupersededDueToAnotherOperation).
 * Source: github.com/Azure/azure-cli/issues/21156 (the provider's answer: by design), checked 2026-11.
 */
export const applicationGateway: ResourceType = {
  type: networkType.applicationGateway,
  kind: "tracked",
  etags: true,
  supersedable: true,
  retryAfterSeconds: retryAfterSeconds.long,
  validate: (context) => {
    checkGatewayBody(context);
    checkGatewayPlace(context);
  },
  references,
  prepare,
  putSeconds: ({ existing }) =>
    isUnmade(existing) ? durations.applicationGatewayCreate : durations.applicationGatewayUpdate,
  deleteSeconds: () => durations.longDelete,
  finishPut,
  render,
};

/** Whether a write makes the gateway: there is none, or its instances are still in the making. */
function isUnmade(existing: WriteContext["existing"]): boolean {
  if (existing === undefined) return true;
  const { operationalState, provisioningState } = existing.body.properties ?? {};
  return operationalState !== "Running" && provisioningState !== "Failed";
}

/**
 * The subnet's join right is asked for at every write (learn.microsoft.com/azure/application-gateway/configuration-infrastructure,
 * "virtual network permission": creation and management operations, ingress controllers included). Of the address and the
 * WAF policy it is asked when they are attached: an ingress controller that writes the gateway back as it was has no right
 * on either in the documented set of roles, and works.
 */
function references({ body, existing }: WriteContext): Reference[] {
  const frontends = partsOf(body, "frontendIPConfigurations");
  const listeners = partsOf(body, "httpListeners");
  const path = "properties.frontendIPConfigurations[].properties";
  return [
    ...partsOf(body, "gatewayIPConfigurations").flatMap((part) =>
      reference(
        part,
        "properties.subnet",
        "properties.gatewayIPConfigurations[].properties.subnet",
        networkType.subnet,
      ),
    ),
    ...frontends.flatMap((part) => [
      ...reference(part, "properties.publicIPAddress", `${path}.publicIPAddress`, networkType.publicIpAddress),
      ...reference(part, "properties.subnet", `${path}.subnet`, networkType.subnet),
    ]),
    ...[body, ...listeners].flatMap((holder) =>
      reference(
        holder,
        "properties.firewallPolicy",
        "properties.firewallPolicy",
        networkType.webApplicationFirewallPolicy,
      ),
    ),
    ...identities(body),
  ].map((wanted) => (isAttached(wanted, existing) ? { id: wanted.id, path: wanted.path } : wanted));
}

function isAttached({ id, action }: Reference, existing: WriteContext["existing"]): boolean {
  if (existing === undefined || action === `${networkType.subnet}/join/action`) return false;
  return JSON.stringify(existing.body).toLowerCase().includes(`"${id.toLowerCase()}"`);
}

function reference(holder: JsonObject, property: string, path: string, type: string): Reference[] {
  const id = idAt(holder, property);
  return id === undefined ? [] : [{ id, path, action: `${type}/join/action` }];
}

function identities(body: JsonObject): Reference[] {
  const assigned = (body.identity as JsonObject | undefined)?.userAssignedIdentities;
  const action = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
  return Object.keys((assigned as JsonObject | undefined) ?? {}).map((id) => ({
    id,
    path: "identity.userAssignedIdentities",
    action,
  }));
}

function prepare(context: WriteContext): JsonObject {
  const { body, existing, id, world } = context;
  const { sku, ...sent } = propertiesOf(body);
  const prepared = {
    ...body,
    properties: {
      enableHttp2: false,
      ...withPartIds(id.id, sent),
      sku: { ...(sku as JsonObject | undefined), family: "Generation_1" },
      operationalState: existing?.body.properties?.operationalState ?? "Stopped",
      resourceGuid: existing?.body.properties?.resourceGuid ?? world.newGuid(),
    },
  };
  return withUpdateBegun(prepared, existing);
}

function finishPut(resource: StoredResource): { readonly body: JsonObject } {
  const properties = { ...resource.body.properties, operationalState: "Running" };
  return { body: withUpdateEnded({ ...resource.body, properties }) };
}

/** Parts carry the etag of their gateway. */
function render(resource: StoredResource, _world: AzureWorld): JsonObject {
  const properties = Object.entries(resource.body.properties ?? {}).map(([name, value]) => [
    name,
    Array.isArray(value) && !readOnlyLists.has(name)
      ? value.map((part) => ({ ...(part as JsonObject), etag: resource.etag }))
      : value,
  ]);
  return { ...withoutUpdate(resource.body), properties: Object.fromEntries(properties) };
}

const readOnlyLists = new Set(["privateEndpointConnections", "customErrorConfigurations"]);
