import type { AzureWorld } from "../core/resourceType.ts";
import { type AddressRange, formatAddress, parseAddress, parsePrefixes } from "./ipv4.ts";
import { textAt } from "./jsonRead.ts";
import { serviceTagPrefixes } from "./serviceTags.ts";

/**
 * Names of Microsoft's services and the service tag their addresses lie in; the first line that fits wins.
 * Source: learn.microsoft.com/azure/aks/outbound-rules-control-egress and the services' own pages, checked 2026-11.
 */
const azureNames: readonly (readonly [suffix: string, tag: string])[] = [
  ["mcr.microsoft.com", "MicrosoftContainerRegistry"],
  ["mcr-msedge.net", "MicrosoftContainerRegistry"],
  ["azurecr.io", "AzureContainerRegistry"],
  ["management.azure.com", "AzureResourceManager"],
  ["login.microsoftonline.com", "AzureActiveDirectory"],
  ["login.windows.net", "AzureActiveDirectory"],
  ["packages.microsoft.com", "AzureFrontDoor.FirstParty"],
  ["packages.aks.azure.com", "AzureFrontDoor.FirstParty"],
  ["azureedge.net", "AzureFrontDoor.Frontend"],
  ["opinsights.azure.com", "AzureMonitor"],
  ["monitor.azure.com", "AzureMonitor"],
  ["monitoring.azure.com", "AzureMonitor"],
  ["applicationinsights.azure.com", "AzureMonitor"],
  ["services.visualstudio.com", "AzureMonitor"],
  ["blob.core.windows.net", "Storage"],
  ["queue.core.windows.net", "Storage"],
  ["table.core.windows.net", "Storage"],
  ["file.core.windows.net", "Storage"],
  ["dfs.core.windows.net", "Storage"],
  ["database.windows.net", "Sql"],
  ["documents.azure.com", "AzureCosmosDB"],
  ["vault.azure.net", "AzureKeyVault"],
  ["servicebus.windows.net", "ServiceBus"],
];

/** Where API servers of managed clusters have their addresses; inside AzureCloud. */
const apiServerBlock = parsePrefixes(["20.103.0.0/16"]);
/** Everything on the internet that is not Microsoft's. */
const restOfInternetBlock = parsePrefixes(["93.184.0.0/16"]);

/** Top-level names that do not exist in the public DNS (RFC 2606, RFC 6761, RFC 6762, RFC 8375), and a wildcard service that has ceased. */
const absentSuffixes = ["invalid", "test", "example", "localhost", "local", "internal", "home.arpa", "xip.io"];

/** Services whose names carry the address in front: 203.0.113.7.nip.io. */
const addressNames = /^(?:.*[.-])?(\d{1,3}(?:[.-]\d{1,3}){3})\.(?:nip|sslip)\.io$/;

/** Microsoft's own harmless test name for outbound threat intelligence: learn.microsoft.com/azure/firewall/threat-intel, checked 2026-11. */
export const maliciousTestName = "testmaliciousdomain.eastus.cloudapp.azure.com";

/** The address that the public DNS of the simulated internet gives for a name, always the same; undefined when there is no such name. */
export function resolvePublicName(world: AzureWorld, name: string): string | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  if (parseAddress(wanted) !== undefined) return wanted;
  if (!isHostName(wanted) || absentSuffixes.some((suffix) => endsWithName(wanted, suffix))) return undefined;
  const carried = addressNames.exec(wanted)?.[1]?.replaceAll("-", ".");
  if (carried !== undefined) return parseAddress(carried) === undefined ? undefined : carried;
  if (wanted === maliciousTestName) return addressWithin(restOfInternetBlock, wanted);
  if (endsWithName(wanted, "cloudapp.azure.com")) return publicIpAddressNamed(world, wanted);
  if (/\.hcp\.[a-z0-9]+\.azmk8s\.io$/.test(wanted)) return addressWithin(apiServerBlock, wanted);
  if (endsWithName(wanted, "azmk8s.io")) return undefined;
  const tag = azureNames.find(([suffix]) => endsWithName(wanted, suffix))?.[1];
  return addressWithin((tag === undefined ? undefined : serviceTagPrefixes(tag)) ?? restOfInternetBlock, wanted);
}

function isHostName(name: string): boolean {
  return name.length <= 253 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]{2,63}$/.test(name);
}

function endsWithName(name: string, suffix: string): boolean {
  return name === suffix || name.endsWith(`.${suffix}`);
}

/** The label of a public IP address is a name of its own: <label>.<location>.cloudapp.azure.com. */
function publicIpAddressNamed(world: AzureWorld, name: string): string | undefined {
  const owner = world.store
    .list("Microsoft.Network/publicIPAddresses", `/subscriptions/${world.subscriptionId}`)
    .find((address) => textAt(address.body, "properties.dnsSettings.fqdn")?.toLowerCase() === name);
  return owner && textAt(owner.body, "properties.ipAddress");
}

function addressWithin(blocks: readonly AddressRange[], name: string): string | undefined {
  const block = blocks[0];
  if (block === undefined) return undefined;
  const hostCount = block.last - block.first - 1;
  return formatAddress(block.first + 1 + (fnv1a(name) % hostCount));
}

/** FNV-1a, 32 bits: spreads names over a block, the same in every process. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
