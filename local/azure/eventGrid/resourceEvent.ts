/**
 * Microsoft.Resources events: what was written, deleted and acted on through ARM.
 * Sources: github.com/Azure/azure-rest-api-specs
 * specification/eventgrid/data-plane/EventGridSystemEvents/Microsoft.Resources/Resources.tsp and
 * learn.microsoft.com/azure/event-grid/event-schema-resource-groups, checked 2026-11. Not documented: how many events a long
 * operation raises, and when; here it is one, at its end.
 */
import type { ArmActivity } from "../core/armActivity.ts";
import { coreOf } from "../core/coreOf.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, Principal } from "../core/resourceType.ts";
import { eventTimeOf, type GridEvent } from "./gridEvent.ts";
import { type EventSource, publishEvent } from "./publishEvent.ts";

const STATUS = { Success: "Succeeded", Failure: "Failed", Cancel: "Canceled" } as const;

/** Seconds that an access token of a managed identity lives. Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources (24 hours). */
const TOKEN_SECONDS = 24 * 3600;

/** Tells the topics of the resource's group and of the subscription. */
export function publishActivity(activity: ArmActivity, world: AzureWorld): void {
  const id = parseResourceId(activity.resourceUri);
  if (id === undefined) return;
  publishEvent(world, sourcesOf(world, id.resourceGroup), () => resourceEvent(activity, world));
}

function sourcesOf(world: AzureWorld, resourceGroup: string | undefined): readonly EventSource[] {
  const subscription = `/subscriptions/${world.subscriptionId}`;
  const ofSubscription = { topicType: "Microsoft.Resources.Subscriptions", source: subscription };
  if (resourceGroup === undefined) return [ofSubscription];
  const group = {
    topicType: "Microsoft.Resources.ResourceGroups",
    source: `${subscription}/resourceGroups/${resourceGroup}`,
  };
  return [ofSubscription, group];
}

function resourceEvent(activity: ArmActivity, world: AzureWorld): Omit<GridEvent, "topic"> {
  return {
    subject: activity.resourceUri,
    eventType: `Microsoft.Resources.Resource${activity.verb}${activity.end}`,
    id: coreOf(world).eventRandom.guid(),
    eventTime: eventTimeOf(world.clock.now()),
    dataVersion: "2",
    metadataVersion: "1",
    data: dataOf(activity, world),
  };
}

/** The resource itself is not in it: whoever wants to know must read. */
function dataOf(activity: ArmActivity, world: AzureWorld): JsonObject {
  const { action, resourceUri, origin } = activity;
  return {
    authorization: { scope: resourceUri, action, ...evidenceOf(activity, world) },
    claims: claimsOf(activity.caller, world),
    correlationId: origin.correlationId,
    httpRequest: {
      clientRequestId: origin.clientRequestId,
      clientIpAddress: origin.clientIpAddress,
      method: activity.method,
      url: `https://management.azure.com${activity.path}?api-version=${activity.apiVersion}`,
    },
    resourceProvider: action.split("/")[0] ?? "",
    resourceUri,
    operationName: action,
    status: STATUS[activity.end],
    subscriptionId: world.subscriptionId,
    tenantId: world.tenantId,
  };
}

/** The role assignment that allowed it; ids are without hyphens here. */
function evidenceOf({ caller, action, resourceUri }: ArmActivity, world: AzureWorld): JsonObject {
  const evidence = coreOf(world).accessEvidence(caller.objectId, action, resourceUri);
  if (evidence === undefined) return {};
  const { id, name, body } = evidence.assignment;
  return {
    evidence: {
      role: evidence.role,
      roleAssignmentScope: id.slice(0, id.toLowerCase().lastIndexOf("/providers/microsoft.authorization/")),
      roleAssignmentId: bare(name),
      roleDefinitionId: bare(
        String(body.properties?.roleDefinitionId ?? "")
          .split("/")
          .at(-1) ?? "",
      ),
      principalId: bare(caller.objectId),
      principalType: caller.kind,
    },
  };
}

function bare(guid: string): string {
  return guid.replaceAll("-", "");
}

function claimsOf(caller: Principal, world: AzureWorld): JsonObject {
  const issuer = `https://sts.windows.net/${world.tenantId}/`;
  const issuedSeconds = Math.floor(world.clock.now() / 1000);
  const identityId = coreOf(world).directory.get(caller.objectId)?.resourceId;
  return {
    aud: "https://management.azure.com",
    iss: issuer,
    iat: String(issuedSeconds),
    nbf: String(issuedSeconds),
    exp: String(issuedSeconds + TOKEN_SECONDS),
    appid: caller.appId,
    appidacr: "2",
    "http://schemas.microsoft.com/identity/claims/identityprovider": issuer,
    idtyp: caller.kind === "User" ? "user" : "app",
    "http://schemas.microsoft.com/identity/claims/objectidentifier": caller.objectId,
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier": caller.objectId,
    "http://schemas.microsoft.com/identity/claims/tenantid": world.tenantId,
    ver: "1.0",
    ...(identityId === undefined ? {} : { xms_mirid: identityId.replace("/resourceGroups/", "/resourcegroups/") }),
  };
}
