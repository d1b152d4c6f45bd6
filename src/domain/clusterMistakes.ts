/** Mistakes in the cluster's service addresses. Source: learn.microsoft.com/azure/aks/configure-azure-cni (service address range), checked 2026-11. */

import { networkPrefixes, type PlacedPrefix, prefixMistake, reservedMistakes } from "./addressMistakes.ts";
import { addressNumber, overlaps, parsePrefix } from "./addressPrefix.ts";
import type { Environment } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";

/** Bits of the largest service range; it must be smaller than /12. */
const SERVICE_PREFIX_BITS_MIN = 13;

/** Bits of the smallest one in which there is room for the API's, the DNS's and the sample's service. */
const SERVICE_PREFIX_BITS_MAX = 28;

export function clusterMistakes(environment: Environment): readonly Mistake[] {
  const { serviceCidr } = environment.cluster;
  const pointer = environmentPointer("cluster", "serviceCidr");
  const prefix = parsePrefix(serviceCidr);
  if (prefix === undefined || prefix.network !== serviceCidr)
    return [...prefixMistake(serviceCidr, pointer), ...dnsAddressMistakes(environment)];
  const services: PlacedPrefix = { pointer, prefix, owner: "the cluster's services" };
  return [
    ...sizeMistakes(services),
    ...reservedMistakes(services),
    ...networkPrefixes(environment)
      .filter((network) => overlaps(network.prefix, prefix))
      .map((network) => ({
        pointer,
        message: `The service range ${serviceCidr} overlaps ${network.prefix.text} of ${network.owner}; services need addresses that are in no network.`,
        example: "10.2.0.0/24",
        concerns: [network.pointer],
      })),
    ...dnsAddressMistakes(environment),
  ];
}

function sizeMistakes({ pointer, prefix }: PlacedPrefix): readonly Mistake[] {
  const { prefixLengthBits: bits, text } = prefix;
  if (bits >= SERVICE_PREFIX_BITS_MIN && bits <= SERVICE_PREFIX_BITS_MAX) return [];
  return [
    {
      pointer,
      message: `The service range ${text} is a /${bits}; it must be from /${SERVICE_PREFIX_BITS_MIN} to /${SERVICE_PREFIX_BITS_MAX}.`,
      example: "10.2.0.0/24",
    },
  ];
}

function dnsAddressMistakes({ cluster }: Environment): readonly Mistake[] {
  const { serviceCidr, dnsServiceIP } = cluster;
  const pointer = environmentPointer("cluster", "dnsServiceIP");
  const concerns = [environmentPointer("cluster", "serviceCidr")];
  const address = addressNumber(dnsServiceIP);
  const range = parsePrefix(serviceCidr);
  if (address === undefined)
    return [{ pointer, message: `"${dnsServiceIP}" is no IPv4 address.`, example: "10.2.0.10" }];
  if (range === undefined) return [];
  if (address < range.firstAddress || address > range.lastAddress) {
    return [
      {
        pointer,
        message: `The cluster's DNS address ${dnsServiceIP} lies outside its service range ${serviceCidr}.`,
        concerns,
      },
    ];
  }
  if (address === range.firstAddress || address === range.lastAddress) {
    return [
      {
        pointer,
        message: `The cluster's DNS address ${dnsServiceIP} is the first or last address of ${serviceCidr}, which no service can have.`,
        concerns,
      },
    ];
  }
  if (address === range.firstAddress + 1n) {
    return [
      {
        pointer,
        message: `The cluster's DNS address ${dnsServiceIP} is the first service address of ${serviceCidr}, which is the API server's.`,
        concerns,
      },
    ];
  }
  return [];
}
