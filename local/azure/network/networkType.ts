/** The resource types of Microsoft.Network in ARM's spelling. */
export const networkType = {
  virtualNetwork: "Microsoft.Network/virtualNetworks",
  subnet: "Microsoft.Network/virtualNetworks/subnets",
  peering: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
  publicIpAddress: "Microsoft.Network/publicIPAddresses",
  networkSecurityGroup: "Microsoft.Network/networkSecurityGroups",
  securityRule: "Microsoft.Network/networkSecurityGroups/securityRules",
  routeTable: "Microsoft.Network/routeTables",
  route: "Microsoft.Network/routeTables/routes",
  ipGroup: "Microsoft.Network/ipGroups",
  firewall: "Microsoft.Network/azureFirewalls",
  firewallPolicy: "Microsoft.Network/firewallPolicies",
  ruleCollectionGroup: "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
  webApplicationFirewallPolicy: "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
  applicationGateway: "Microsoft.Network/applicationGateways",
} as const;
