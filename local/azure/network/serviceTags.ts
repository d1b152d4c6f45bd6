import { type AddressRange, containsAddress, parsePrefixes } from "./ipv4.ts";

/**
 * Service tags of the simulated Azure. The real lists (ServiceTags_Public.json, weekly) hold thousands of prefixes each;
 * here every service has blocks of its own out of Microsoft's address space, so that a rule on one tag never lets another
 * service through by accident. The names, and which tags lie inside AzureCloud, are Azure's.
 * Source: learn.microsoft.com/azure/virtual-network/service-tags-overview, checked 2026-11.
 */
const blocks: Readonly<Record<string, readonly string[]>> = {
  AzureActiveDirectory: ["20.190.128.0/18", "40.126.0.0/18"],
  AzureContainerRegistry: ["13.69.112.0/22"],
  "AzureFrontDoor.Frontend": ["13.107.246.0/24"],
  "AzureFrontDoor.FirstParty": ["150.171.70.0/24"],
  AzureCosmosDB: ["13.69.66.0/24"],
  AzureKeyVault: ["13.69.67.0/24"],
  AzureMonitor: ["13.69.106.0/23"],
  AzureResourceManager: ["40.79.130.0/23"],
  EventHub: ["13.69.64.0/24"],
  GatewayManager: ["20.52.95.0/24"],
  MicrosoftContainerRegistry: ["150.171.69.0/24"],
  ServiceBus: ["13.69.68.0/24"],
  Sql: ["40.79.152.0/24"],
  Storage: ["20.38.96.0/19"],
};

/** Address space in which Azure's customers and hosted control planes have their public addresses. */
const azureCloud = ["4.128.0.0/9", "13.64.0.0/11", "20.0.0.0/8", "40.64.0.0/10", "51.124.0.0/16", "52.128.0.0/10"];

/** Tags with variants for one location, e.g. "AzureCloud.westeurope". Addresses here carry no location, so a variant means the whole tag. */
const regionalTags = new Set([
  "azurecloud",
  "azurecontainerregistry",
  "azurecosmosdb",
  "azurekeyvault",
  "azuremonitor",
  "eventhub",
  "microsoftcontainerregistry",
  "servicebus",
  "sql",
  "storage",
]);

/** The address of Azure's own services on the host of a virtual machine: DNS, health probes, platform. Never routed. */
export const platformAddresses = ["168.63.129.16", "169.254.169.254"] as const;

const prefixesByTag = new Map<string, readonly AddressRange[]>([
  ...Object.entries(blocks).map(([tag, texts]) => [tag.toLowerCase(), parsePrefixes(texts)] as const),
  ["azurecloud", parsePrefixes([...azureCloud, ...Object.values(blocks).flat()])],
  ["azureloadbalancer", parsePrefixes([platformAddresses[0]])],
]);

/** The prefixes behind a service tag, or undefined when there is no such tag. "Internet" and "VirtualNetwork" depend on the subnet and are no data. */
export function serviceTagPrefixes(tag: string): readonly AddressRange[] | undefined {
  const lower = tag.toLowerCase();
  const exact = prefixesByTag.get(lower);
  if (exact !== undefined) return exact;
  const dot = lower.lastIndexOf(".");
  const base = lower.slice(0, Math.max(0, dot));
  return regionalTags.has(base) && /^[a-z]+[0-9]?$/.test(lower.slice(dot + 1)) ? prefixesByTag.get(base) : undefined;
}

export function isInServiceTag(tag: string, address: number): boolean {
  return serviceTagPrefixes(tag)?.some((range) => containsAddress(range, address)) ?? false;
}

/**
 * The service tag whose prefixes a service endpoint routes past the firewall.
 * Source: learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview, checked 2026-11.
 */
export const serviceEndpointTags: Readonly<Record<string, string>> = {
  "microsoft.storage": "Storage",
  "microsoft.storage.global": "Storage",
  "microsoft.sql": "Sql",
  "microsoft.azurecosmosdb": "AzureCosmosDB",
  "microsoft.keyvault": "AzureKeyVault",
  "microsoft.servicebus": "ServiceBus",
  "microsoft.eventhub": "EventHub",
  "microsoft.azureactivedirectory": "AzureActiveDirectory",
  "microsoft.containerregistry": "AzureContainerRegistry",
};
