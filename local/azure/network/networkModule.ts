import type { AzureModule } from "../core/resourceType.ts";
import { applicationGateway } from "./applicationGateway.ts";
import { azureFirewall } from "./azureFirewall.ts";
import { backendHealth, backendHealthOperation, backendHealthTask } from "./backendHealth.ts";
import { dnsNameAvailability } from "./dnsNameAvailability.ts";
import { firewallPolicy } from "./firewallPolicy.ts";
import { ipGroup } from "./ipGroup.ts";
import { networkSecurityGroup } from "./networkSecurityGroup.ts";
import { publicIpAddress } from "./publicIpAddress.ts";
import { route } from "./route.ts";
import { routeTable } from "./routeTable.ts";
import { ruleCollectionGroup } from "./ruleCollectionGroup.ts";
import { securityRule } from "./securityRule.ts";
import { subnet } from "./subnet.ts";
import { virtualNetwork } from "./virtualNetwork.ts";
import { virtualNetworkPeering } from "./virtualNetworkPeering.ts";
import { webApplicationFirewallPolicy } from "./webApplicationFirewallPolicy.ts";

/** Microsoft.Network: the resource types, and what is asked about them. Whether a packet passes is in `traceFlow.ts`. */
export const networkModule: AzureModule = {
  resourceTypes: [
    virtualNetwork,
    subnet,
    virtualNetworkPeering,
    publicIpAddress,
    networkSecurityGroup,
    securityRule,
    routeTable,
    route,
    ipGroup,
    azureFirewall,
    firewallPolicy,
    ruleCollectionGroup,
    webApplicationFirewallPolicy,
    applicationGateway,
  ],
  operations: [backendHealthOperation, dnsNameAvailability],
  tasks: { [backendHealthTask]: backendHealth },
};
