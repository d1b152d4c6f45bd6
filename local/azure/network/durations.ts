/**
 * How long Microsoft.Network takes, in seconds of Azure time from acceptance to Succeeded.
 * Sources (checked 2026-11): recorded ARM traffic of cloud-provider-azure for the short writes (1–15 s); one public log
 * of a firewall creation (5 min 12 s, range 4–10 min); Microsoft's guidance for rule collection groups (10–30 s detached,
 * 3–5 min while a firewall is attached); learn.microsoft.com/azure/application-gateway/application-gateway-faq (about
 * 6 min); gateway configuration writes as the ingress controller's issues report them (30.4 s).
 */
export const durations = {
  virtualNetwork: 5,
  subnet: 4,
  peering: 10,
  publicIpAddress: 4,
  networkSecurityGroup: 4,
  securityRule: 4,
  routeTable: 4,
  route: 4,
  ipGroup: 4,
  firewallPolicy: 15,
  ruleCollectionGroupDetached: 20,
  ruleCollectionGroupAttached: 240,
  firewallCreate: 330,
  firewallUpdate: 240,
  webApplicationFirewallPolicy: 5,
  applicationGatewayCreate: 360,
  applicationGatewayUpdate: 30,
  backendHealth: 5,
  shortDelete: 4,
  longDelete: 300,
} as const;

/** Seconds in Retry-After: 10 where an operation takes a minute or more, 1 on short ones, 5 where it may be either. */
export const retryAfterSeconds = { short: 1, varying: 5, long: 10 } as const;
