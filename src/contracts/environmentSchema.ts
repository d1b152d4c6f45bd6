/** The shape of an environment in a ticket. Everything is optional; what is left out is the seed's. */
import * as z from "zod";
import { DEFAULT_MAX_SURGE, maxSurgePattern } from "../domain/nodePool.ts";
import { choice, count, flag, onlyOne, prefixes, section, text, typeError } from "./schemaFields.ts";

const subnets = z
  .array(section({ name: text("aks-1-subnet"), addressPrefix: text("10.0.5.0/24") }), {
    error: typeError("a list of subnets"),
  })
  .max(50, "must not have more than 50 subnets");

const hub = section({
  name: text("hubnet").optional(),
  addressPrefixes: prefixes.optional(),
  subnets: subnets.optional(),
  peeringName: text("HubToSpoke1").optional(),
});

const spoke = section({
  name: text("k8snet").optional(),
  addressPrefixes: prefixes.optional(),
  subnets: subnets.optional(),
  peeringName: text("Spoke1ToHub").optional(),
  serviceEndpoints: flag.optional(),
});

const firewall = section({
  name: text("dzk8sfw1").optional(),
  publicIpName: text("dzk8sfw1-ip").optional(),
  policyName: text("dzk8sfw1-policy").optional(),
  workspaceName: text("dzk8sfw1-lagw").optional(),
  skuTier: choice("Standard", "Premium").optional(),
  rules: section({
    compatibility: choice("2026", "2020").optional(),
    dockerHub: flag.optional(),
    osUpdates: flag.optional(),
    apiServerByAddress: flag.optional(),
    sourcePrefixes: prefixes.optional(),
    networkPriority: count.optional(),
    applicationPriority: count.optional(),
  }).optional(),
});

const gateway = section({
  name: text("dzk8sappgw1").optional(),
  publicIpName: text("dzk8sappgw1-pip").optional(),
  domainNameLabel: text("dzk8sappgw1").optional(),
  securityGroupName: text("dzk8sappgw1-nsg").optional(),
  routeTableName: text("dzk8sappgw1-rt").optional(),
  wafPolicyName: text("dzk8sappgw1-waf").optional(),
  identityName: text("dzk8sappgw1-id").optional(),
  subnet: text("gw-1-subnet").optional(),
  minCapacity: count.optional(),
  maxCapacity: count.optional(),
  wafMode: choice("Prevention", "Detection").optional(),
});

/** What the cluster may be asked for; some of it only to be refused in words. */
export const clusterSchema = section({
  name: text("secureaks1").optional(),
  identityName: text("secureaks1-id").optional(),
  routeTableName: text("secureaks1-rt").optional(),
  workspaceName: text("secureaks1").optional(),
  nodeGroupName: text("securek8s_secureaks1_nodes_westeurope").optional(),
  subnet: text("aks-1-subnet").optional(),
  networkPlugin: choice("azure", "kubenet", "overlay").optional(),
  podCidr: text("10.244.0.0/16").optional(),
  privateCluster: onlyOne(
    false,
    "asks for a private cluster, which this design does not build: the API server stays public and everything else goes through the firewall; leave it out or set it to false",
  ),
  identityType: onlyOne(
    "UserAssigned",
    'asks for another identity than a user-assigned one, which can have its roles before the cluster is made and without which there is no kubenet; leave it out or set it to "UserAssigned"',
  ),
  osType: onlyOne(
    "Linux",
    'asks for other nodes than Linux ones, which this design does not build and kubenet cannot have; leave it out or set it to "Linux"',
  ),
  networkPolicy: onlyOne(
    "none",
    'asks for a network policy, which this design does not set up, and Azure\'s own is impossible with kubenet; leave it out or set it to "none"',
  ),
  serviceCidr: text("10.2.0.0/24").optional(),
  dnsServiceIP: text("10.2.0.10").optional(),
  poolName: text("nodepool1").optional(),
  nodeCount: count.optional(),
  minCount: count.optional(),
  maxCount: count.optional(),
  maxSurge: z
    .string({ error: typeError('text with a number of nodes or a percentage, such as "1" or "33%"') })
    .regex(maxSurgePattern, 'must be a number of nodes or a percentage, such as "1" or "33%"')
    .meta({ example: DEFAULT_MAX_SURGE })
    .optional(),
  vmSize: text("Standard_D2s_v5")
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, "is no size of a virtual machine")
    .optional(),
  maxPods: count.optional(),
  skuTier: choice("Free", "Standard").optional(),
  kubernetesVersion: text("1.33")
    .regex(/^\d+\.\d+(\.\d+)?$/, "is no Kubernetes version")
    .optional(),
});

export const applicationSchema = section({
  enabled: flag.optional(),
  name: text("dummy-logger").optional(),
  image: text("mcr.microsoft.com/azurelinux/base/nginx:1").optional(),
  replicas: count.optional(),
});

const networkExample =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-hub/providers/Microsoft.Network";

/** What is there already: ids as the Azure portal shows them under "Resource ID". */
const adopt = section({
  firewall: text(`${networkExample}/azureFirewalls/afw-hub`).optional(),
  gateway: text(`${networkExample}/applicationGateways/agw-hub`).optional(),
  clusterSubnets: z
    .array(text(`${networkExample}/virtualNetworks/vnet-spoke/subnets/snet-aks-1`), {
      error: typeError("a list of ids of subnets"),
    })
    .max(50, "must not have more than 50 subnets")
    .optional(),
  keptHosts: z
    .array(text("shop.example.com"), { error: typeError("a list of host names") })
    .max(100, "must not have more than 100 hosts")
    .optional(),
});

export const environmentName = text("seed").regex(
  /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/,
  "must have 1 to 40 lower-case letters, digits and dashes, and begin and end with a letter or digit",
);

/** An environment as a ticket may describe it. */
export const environmentSchema = section({
  name: environmentName.optional(),
  location: text("westeurope").optional(),
  zones: z
    .array(choice("1", "2", "3"), { error: typeError("a list of zones") })
    .max(3, "must not have more than three zones")
    .refine((zones) => new Set(zones).size === zones.length, "must name no zone twice")
    .optional(),
  tags: z
    .record(z.string(), z.string({ error: typeError("text") }), { error: typeError("an object of texts") })
    .optional(),
  groups: section({
    network: text("securevnets").optional(),
    gateway: text("secureappgw").optional(),
    cluster: text("securek8s").optional(),
  }).optional(),
  adopt: adopt.optional(),
  hub: hub.optional(),
  spoke: spoke.optional(),
  firewall: firewall.optional(),
  gateway: gateway.optional(),
  cluster: clusterSchema.optional(),
  monitoring: flag.optional(),
  application: section({ ...applicationSchema.shape, host: text("logger.example.com").optional() }).optional(),
  verification: section({
    allowedUrl: text("https://mcr.microsoft.com/v2/").optional(),
    refusedUrl: text("https://www.example.com/").optional(),
  }).optional(),
});
