/** Mistakes in address spaces: no prefixes, no network addresses, reserved ranges, networks that overlap. */
import { type AddressPrefix, overlaps, parsePrefix } from "./addressPrefix.ts";
import type { Environment } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";

/** A prefix of the ticket that could be read, and where it stands. */
export interface PlacedPrefix {
  readonly pointer: string;
  readonly prefix: AddressPrefix;
  /** For sentences: "the hub hubnet". */
  readonly owner: string;
}

export function addressMistakes(environment: Environment): readonly Mistake[] {
  const { hub, spoke } = environment;
  const texts = [
    ...hub.addressPrefixes.map((text, index) => ({
      text,
      pointer: environmentPointer("hub", "addressPrefixes", index),
    })),
    ...spoke.addressPrefixes.map((text, index) => ({
      text,
      pointer: environmentPointer("spoke", "addressPrefixes", index),
    })),
  ];
  const networks = networkPrefixes(environment);
  return [
    ...texts.flatMap(({ text, pointer }) => prefixMistake(text, pointer)),
    ...(hub.addressPrefixes.length === 0 ? [emptySpace("hub", "10.0.0.0/22")] : []),
    ...(spoke.addressPrefixes.length === 0 ? [emptySpace("spoke", "10.0.4.0/22")] : []),
    ...networks.flatMap(reservedMistakes),
    ...overlapMistakes(networks),
  ];
}

/** The prefixes of hub and spoke that can be read. */
export function networkPrefixes({ hub, spoke }: Environment): readonly PlacedPrefix[] {
  return [
    ...placed(hub.addressPrefixes, `the hub ${hub.name}`, "hub", "addressPrefixes"),
    ...placed(spoke.addressPrefixes, `the spoke ${spoke.name}`, "spoke", "addressPrefixes"),
  ];
}

/** What is wrong with the text of a prefix; empty when nothing is. */
export function prefixMistake(text: string, pointer: string): readonly Mistake[] {
  const prefix = parsePrefix(text);
  if (prefix === undefined) {
    return [{ pointer, message: `"${text}" is no IPv4 prefix in CIDR notation.`, example: "10.0.4.0/22" }];
  }
  if (prefix.network === text) return [];
  const message = `"${text}" is no network address: it has bits set behind the first ${prefix.prefixLengthBits}.`;
  return [{ pointer, message, example: prefix.network }];
}

/** Pairs that overlap: said once, at the later one. */
export function overlapMistakes(prefixes: readonly PlacedPrefix[]): readonly Mistake[] {
  return prefixes.flatMap((later, index) =>
    prefixes
      .slice(0, index)
      .filter((earlier) => overlaps(earlier.prefix, later.prefix))
      .map((earlier) => ({
        pointer: later.pointer,
        message: `${later.prefix.text} of ${later.owner} overlaps ${earlier.prefix.text} of ${earlier.owner}.`,
        concerns: [earlier.pointer],
      })),
  );
}

/** The prefixes of a list that can be read, with their places. */
export function placed(texts: readonly string[], owner: string, ...path: readonly string[]): readonly PlacedPrefix[] {
  return texts.flatMap((text, index) => {
    const prefix = parsePrefix(text);
    return prefix === undefined ? [] : [{ pointer: environmentPointer(...path, index), prefix, owner }];
  });
}

function emptySpace(network: "hub" | "spoke", example: string): Mistake {
  return {
    pointer: environmentPointer(network, "addressPrefixes"),
    message: `The ${network} has no address space; name at least one prefix.`,
    example,
  };
}

/**
 * Ranges that no virtual network may have, or that AKS keeps for itself on its nodes.
 * Sources: learn.microsoft.com/azure/virtual-network/virtual-networks-faq, learn.microsoft.com/azure/aks/configure-kubenet, checked 2026-11.
 */
export const reservedRanges = [
  { text: "127.0.0.0/8", reason: "loopback" },
  { text: "168.63.129.16/32", reason: "Azure's DNS and health probes" },
  { text: "169.254.0.0/16", reason: "link-local addresses, which AKS uses on nodes" },
  { text: "172.30.0.0/16", reason: "AKS itself" },
  { text: "172.31.0.0/16", reason: "AKS itself" },
  { text: "192.0.2.0/24", reason: "AKS itself" },
  { text: "224.0.0.0/4", reason: "multicast" },
  { text: "255.255.255.255/32", reason: "broadcast" },
] as const;

/** A prefix that touches a reserved range. */
export function reservedMistakes({ pointer, prefix, owner }: PlacedPrefix): readonly Mistake[] {
  return reservedRanges.flatMap(({ text, reason }) => {
    const range = parsePrefix(text);
    if (range === undefined || !overlaps(range, prefix)) return [];
    return [{ pointer, message: `${prefix.text} of ${owner} overlaps ${text}, which is reserved for ${reason}.` }];
  });
}
