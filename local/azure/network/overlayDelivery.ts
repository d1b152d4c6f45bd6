import type { AzureWorld } from "../core/resourceType.ts";
import type { EffectiveRoute } from "./effectiveRoutes.ts";
import { isPrivate, parseAddress } from "./ipv4.ts";

/**
 * Who knows which node holds an address of an overlay network, for a packet from that source. Addresses of an overlay
 * are nobody's in the virtual network: Azure hands them to the node without any route, but only for sources that the
 * overlay has been opened to. Source: the ingress controller's pkg/cni/overlay.go at 1.9.8, which asks for that with an
 * OverlayExtensionConfig; what AKS does with it is not documented.
 */
export interface OverlayDirectory {
  nodeHolding(world: AzureWorld, sourceAddress: string, address: string): string | undefined;
}

const directories = new Set<OverlayDirectory>();

/** Adds a directory; it is asked for every local Azure of this process. */
export function registerOverlayDirectory(directory: OverlayDirectory): void {
  directories.add(directory);
}

/**
 * The address of the node that a packet for an overlay address is handed to; undefined when no overlay takes it. A
 * network's own addresses and a specific route of the user's come first.
 */
export function overlayNode(
  world: AzureWorld,
  sourceAddress: string,
  address: string,
  route: EffectiveRoute | undefined,
): string | undefined {
  const leadsNowhere = route === undefined || route.nextHopType === "None" || route.prefix.lengthBits === 0;
  if (!leadsNowhere || !isPrivate(parseAddress(address) ?? 0)) return undefined;
  for (const directory of directories) {
    const node = directory.nodeHolding(world, sourceAddress, address);
    if (node !== undefined) return node;
  }
  return undefined;
}
