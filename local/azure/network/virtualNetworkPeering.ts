import { ArmError } from "../core/armError.ts";
import { sameId } from "../core/resourceId.ts";
import type {
  AzureWorld,
  JsonObject,
  Reference,
  ResourceType,
  StoredResource,
  WriteContext,
} from "../core/resourceType.ts";
import { checkName, checkShape } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { overlaps } from "./ipv4.ts";
import { flagAt, idAt, propertiesOf, sameText, textAt, textsAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { addressSpaceOf, allOf, parentOf, peeringTowards, peersOf } from "./topology.ts";

/**
 * One side of a peering. It is Initiated until the other side exists, then both are Connected; when the other side goes,
 * this one is Disconnected and must be written again before the other side can be made anew.
 */
export const virtualNetworkPeering: ResourceType = {
  type: networkType.peering,
  kind: "child",
  etags: true,
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  references,
  prepare,
  putSeconds: () => durations.peering,
  deleteSeconds: () => durations.shortDelete,
  locks: (context) => [context.id.parentId ?? "", remoteIdOf(context.body) ?? context.id.parentId ?? ""],
  finishPut,
  finishDelete: (resource, world) => disconnect(world, remoteSide(resource, world)),
  render,
};

function remoteIdOf(body: JsonObject): string | undefined {
  return idAt(body, "properties.remoteVirtualNetwork");
}

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.remoteVirtualNetwork": { required: "reference" },
    "properties.allowVirtualNetworkAccess": "flag",
    "properties.allowForwardedTraffic": "flag",
    "properties.allowGatewayTransit": "flag",
    "properties.useRemoteGateways": "flag",
  });
  const { id, world, body, existing } = context;
  const remote = world.store.get(remoteIdOf(body) ?? "");
  const local = world.store.get(id.parentId ?? "");
  if (remote === undefined || local === undefined) return;
  if (sameId(remote.id, local.id)) {
    throw new ArmError(
      400,
      "VnetCannotPeerWithItself",
      `Peering ${id.id} cannot reference its own parent virtual network.`,
    );
  }
  if (existing !== undefined && !sameId(remoteIdOf(existing.body) ?? "", remote.id)) {
    throw new ArmError(
      400,
      "ChangingRemoteVirtualNetworkOfPeeringNotAllowed",
      `The remote virtual network of peering ${id.id} cannot be changed. Delete the peering and create it again.`,
    );
  }
  if (flagAt(body, "properties.useRemoteGateways")) {
    throw new ArmError(
      400,
      "RemoteVnetHasNoGateways",
      `Peering ${id.id} cannot have UseRemoteGateways flag set to true because remote virtual network ${remote.id} referenced by the peering does not have any gateways.`,
    );
  }
  const twin = peeringTowards(world, local.id, remote.id);
  if (twin !== undefined && !sameText(twin.name, id.name)) {
    throw new ArmError(
      400,
      "AnotherPeeringAlreadyReferencesRemoteVnet",
      `Peering ${id.id} cannot be created or updated because virtual network ${local.id} already has another peering ${twin.id} referencing remote virtual network ${remote.id}.`,
    );
  }
  checkOverlap(id.id, local, remote, world);
  const back = peeringTowards(world, remote.id, local.id);
  if (back !== undefined && stateOf(back) === "Disconnected") {
    throw new ArmError(
      400,
      "RemotePeeringIsDisconnected",
      `Cannot create or update peering ${id.id} because remote peering ${back.id} referencing parent virtual network ${local.id} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.`,
    );
  }
}

function checkOverlap(peeringId: string, local: StoredResource, remote: StoredResource, world: AzureWorld): void {
  const theirs = addressSpaceOf(remote);
  for (const ours of addressSpaceOf(local)) {
    const clash = theirs.find((candidate) => overlaps(ours, candidate));
    if (clash === undefined) continue;
    throw new ArmError(
      400,
      "VnetAddressSpacesOverlap",
      `Cannot create or update peering ${peeringId}. Virtual networks ${local.id} and ${remote.id} cannot be peered because their address spaces overlap. Overlapping address prefixes: ${ours.text}, ${clash.text}`,
    );
  }
  for (const peer of peersOf(world, local.id)) {
    if (sameId(peer.virtualNetwork.id, remote.id)) continue;
    const clash = addressSpaceOf(peer.virtualNetwork).find((prefix) => theirs.some((own) => overlaps(own, prefix)));
    if (clash === undefined) continue;
    throw new ArmError(
      400,
      "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
      `Cannot create or update peering ${peeringId}. Virtual network ${remote.id} overlaps with ${clash.text} of virtual network ${peer.virtualNetwork.id}, which ${local.id} is already peered with.`,
    );
  }
}

function references(context: WriteContext): Reference[] {
  const id = remoteIdOf(context.body);
  const action = `${networkType.virtualNetwork}/peer/action`;
  return id === undefined ? [] : [{ id, path: "properties.remoteVirtualNetwork", action }];
}

function prepare(context: WriteContext): JsonObject {
  const { body, existing, world } = context;
  const known = existing?.body.properties;
  return {
    properties: {
      allowVirtualNetworkAccess: true,
      allowForwardedTraffic: false,
      allowGatewayTransit: false,
      useRemoteGateways: false,
      ...propertiesOf(body),
      resourceGuid: known?.resourceGuid ?? world.newGuid(),
      peeringState: known?.peeringState === "Connected" ? "Connected" : "Initiated",
      peeringSyncLevel: known?.peeringSyncLevel ?? "RemoteNotInSync",
    },
  };
}

function stateOf(peering: StoredResource): string | undefined {
  return textAt(peering.body, "properties.peeringState");
}

function finishPut(resource: StoredResource, world: AzureWorld): { readonly body: JsonObject } {
  const back = remoteSide(resource, world);
  const connected = back !== undefined && stateOf(back) !== "Disconnected";
  if (connected && stateOf(back) !== "Connected") world.store.put({ ...back, body: withState(back.body, "Connected") });
  return { body: withState(resource.body, connected ? "Connected" : "Initiated") };
}

function withState(body: JsonObject, peeringState: "Initiated" | "Connected" | "Disconnected"): JsonObject {
  const peeringSyncLevel = peeringState === "Connected" ? "FullyInSync" : "RemoteNotInSync";
  return { ...body, properties: { ...propertiesOf(body), peeringState, peeringSyncLevel } };
}

/** The peering of the remote network that points back here; it counts only once its own write has ended. */
function remoteSide(resource: StoredResource, world: AzureWorld): StoredResource | undefined {
  const remoteId = remoteIdOf(resource.body);
  const localId = resource.id.slice(0, resource.id.toLowerCase().lastIndexOf("/virtualnetworkpeerings/"));
  return remoteId === undefined ? undefined : peeringTowards(world, remoteId, localId);
}

function disconnect(world: AzureWorld, peering: StoredResource | undefined): void {
  if (peering !== undefined) world.store.put({ ...peering, body: withState(peering.body, "Disconnected") });
}

/** When a network goes, its peers' sides stay behind, Disconnected. */
export function disconnectPeeringsTowards(world: AzureWorld, virtualNetworkId: string): void {
  for (const peering of allOf(world, networkType.peering)) {
    if (sameId(remoteIdOf(peering.body) ?? "", virtualNetworkId)) disconnect(world, peering);
  }
}

function render(resource: StoredResource, world: AzureWorld): JsonObject {
  const remote = world.store.get(remoteIdOf(resource.body) ?? "");
  if (remote === undefined || parentOf(world, resource) === undefined) return resource.body;
  const addressPrefixes = textsAt(remote.body, "properties.addressSpace.addressPrefixes");
  return {
    ...resource.body,
    properties: {
      ...resource.body.properties,
      remoteAddressSpace: { addressPrefixes },
      remoteVirtualNetworkAddressSpace: { addressPrefixes },
    },
  };
}
