import type { JsonObject } from "../core/resourceType.ts";

/**
 * The rules every network security group ends with.
 * Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview, checked 2026-11.
 */
export const defaultSecurityRules: readonly { readonly name: string; readonly properties: JsonObject }[] = [
  rule(
    "AllowVnetInBound",
    "Allow inbound traffic from all VMs in VNET",
    "Inbound",
    65000,
    "Allow",
    "VirtualNetwork",
    "VirtualNetwork",
  ),
  rule(
    "AllowAzureLoadBalancerInBound",
    "Allow inbound traffic from azure load balancer",
    "Inbound",
    65001,
    "Allow",
    "AzureLoadBalancer",
    "*",
  ),
  rule("DenyAllInBound", "Deny all inbound traffic", "Inbound", 65500, "Deny", "*", "*"),
  rule(
    "AllowVnetOutBound",
    "Allow outbound traffic from all VMs to all VMs in VNET",
    "Outbound",
    65000,
    "Allow",
    "VirtualNetwork",
    "VirtualNetwork",
  ),
  rule(
    "AllowInternetOutBound",
    "Allow outbound traffic from all VMs to Internet",
    "Outbound",
    65001,
    "Allow",
    "*",
    "Internet",
  ),
  rule("DenyAllOutBound", "Deny all outbound traffic", "Outbound", 65500, "Deny", "*", "*"),
];

function rule(
  name: string,
  description: string,
  direction: "Inbound" | "Outbound",
  priority: number,
  access: "Allow" | "Deny",
  sourceAddressPrefix: string,
  destinationAddressPrefix: string,
): { readonly name: string; readonly properties: JsonObject } {
  return {
    name,
    properties: {
      description,
      protocol: "*",
      sourcePortRange: "*",
      destinationPortRange: "*",
      sourceAddressPrefix,
      destinationAddressPrefix,
      access,
      priority,
      direction,
      sourcePortRanges: [],
      destinationPortRanges: [],
      sourceAddressPrefixes: [],
      destinationAddressPrefixes: [],
      provisioningState: "Succeeded",
    },
  };
}
