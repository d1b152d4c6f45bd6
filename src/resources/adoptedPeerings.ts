/** Whether hub and spoke can be peered where one of them, or both, are somebody else's. */
import { overlaps, parsePrefix } from "../domain/addressPrefix.ts";
import { nameOfId, sameId } from "../domain/armId.ts";
import { type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { objectsAt, prefixesOf } from "./adoptedResource.ts";

/** An adopted network, and the other side that it is to be peered with. */
export interface PeeringSide {
  readonly virtualNetwork: JsonObject;
  readonly virtualNetworkId: string;
  /** The environment's name for the peering here. */
  readonly peeringName: string;
  readonly remoteId: string;
  readonly remotePrefixes: readonly string[];
}

export interface PeeringJudgement {
  readonly findings: readonly string[];
  readonly arePeered: boolean;
}

/** Peerings of both sides that the operator has made are used; else the environment makes its own, unless something is in the way. */
export function judgePeerings(sides: readonly PeeringSide[], hasWorkedThere: boolean): PeeringJudgement {
  const made = sides.map((side) => peeringOfOperator(side, hasWorkedThere));
  const [first] = made;
  if (sides.length === 2 && first !== undefined && made[1] !== undefined) {
    const findings = made.flatMap((peering, index) => unusable(peering, sides[index]));
    return { findings, arePeered: true };
  }
  const findings = sides.flatMap((side, index) => obstacles(side, made[index], hasWorkedThere));
  return { findings, arePeered: false };
}

/** A peering towards the other side that is not the environment's own. */
function peeringOfOperator(
  { virtualNetwork, remoteId, peeringName }: PeeringSide,
  hasWorkedThere: boolean,
): JsonObject | undefined {
  return peeringsOf(virtualNetwork).find(
    (peering) => sameId(remoteOf(peering), remoteId) && !(hasWorkedThere && sameId(nameOf(peering), peeringName)),
  );
}

function unusable(peering: JsonObject | undefined, side: PeeringSide | undefined): readonly string[] {
  if (peering === undefined || side === undefined) return [];
  const what = `The peering ${nameOf(peering)} of ${nameOfId(side.virtualNetworkId)}`;
  const state = textAt(peering, "properties.peeringState");
  return [
    ...(state === "Connected" ? [] : [`${what} is ${state}; have it connected first.`]),
    ...(jsonAt(peering, "properties.allowVirtualNetworkAccess") === false
      ? [`${what} lets no traffic through; have allowVirtualNetworkAccess switched on.`]
      : []),
  ];
}

function obstacles(
  side: PeeringSide,
  madeByOperator: JsonObject | undefined,
  hasWorkedThere: boolean,
): readonly string[] {
  const { virtualNetwork, virtualNetworkId, peeringName, remoteId, remotePrefixes } = side;
  const home = nameOfId(virtualNetworkId);
  const peerings = peeringsOf(virtualNetwork);
  const named = peerings.find((peering) => sameId(nameOf(peering), peeringName));
  const isOurs = named !== undefined && hasWorkedThere && sameId(remoteOf(named), remoteId);
  return [
    ...(madeByOperator === undefined
      ? []
      : [
          `${home} is peered with ${nameOfId(remoteId)} by ${nameOf(madeByOperator)}, and not in both directions; have both sides made, or that one removed.`,
        ]),
    ...(named === undefined || isOurs || named === madeByOperator
      ? []
      : [
          `There is a peering ${peeringName} in ${home} already, which this environment has not made; name another peeringName.`,
        ]),
    ...peerings
      .filter((peering) => !sameId(remoteOf(peering), remoteId))
      .flatMap((peering) => overlapFindings(peering, home, remotePrefixes)),
  ];
}

/** Azure peers a network with no two that overlap. Source: learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering (requirements and constraints), checked 2026-11. */
function overlapFindings(peering: JsonObject, home: string, prefixes: readonly string[]): readonly string[] {
  const theirs = prefixesOf(peering, "properties.remoteAddressSpace.addressPrefixes").flatMap(
    (text) => parsePrefix(text) ?? [],
  );
  const clash = prefixes
    .flatMap((text) => parsePrefix(text) ?? [])
    .flatMap((own) =>
      theirs.filter((other) => overlaps(own, other)).map((other) => [own.text, other.text] as const),
    )[0];
  if (clash === undefined) return [];
  const [own, other] = clash;
  return [
    `${home} is peered with ${nameOfId(remoteOf(peering))}, whose ${other} overlaps ${own} of the environment; choose other prefixes.`,
  ];
}

function peeringsOf(virtualNetwork: JsonObject): readonly JsonObject[] {
  return objectsAt(virtualNetwork, "properties.virtualNetworkPeerings");
}

function remoteOf(peering: JsonObject): string {
  return textAt(peering, "properties.remoteVirtualNetwork.id") ?? "";
}

function nameOf(peering: JsonObject): string {
  return textAt(peering, "name") ?? "";
}
