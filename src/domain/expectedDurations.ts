/**
 * How long a step is expected to take, in seconds from its first call to its recorded end. They are for progress and
 * for the critical path, never for time-outs.
 * Sources: learn.microsoft.com/azure/application-gateway/application-gateway-faq (gateway: about 6 minutes), a recorded
 * firewall creation of 5 min 12 s, AKS samples of mostly 4–8 minutes, recorded ARM traffic of
 * kubernetes-sigs/cloud-provider-azure for the short ones; the rest is judgement. Checked 2026-11.
 */
export const expectedSeconds = {
  resourceGroup: 2,
  virtualNetwork: 5,
  subnet: 4,
  peering: 10,
  publicIpAddress: 4,
  networkSecurityGroup: 4,
  routeTable: 4,
  route: 4,
  /** AKS gathers routes for 30 s, mostly while the cluster is still being made (10 s left), then the gateway's table is written (4 s). */
  gatewayRoutes: 15,
  firewallPolicy: 15,
  /** While no firewall uses the policy; three to five minutes when one does. */
  ruleCollectionGroup: 20,
  /** Azure's documentation says three to five minutes. Source: learn.microsoft.com/azure/firewall/firewall-faq, checked 2026-11. */
  attachedRuleCollectionGroup: 245,
  /** One look at what is adopted. */
  adopted: 2,
  firewall: 330,
  wafPolicy: 5,
  gateway: 360,
  workspace: 30,
  diagnosticSetting: 3,
  identity: 2,
  federatedCredential: 2,
  roleAssignment: 2,
  kubernetesVersion: 2,
  systemTopics: 2,
  /** As measured on no Azure: judgement, like all short writes. */
  systemTopic: 12,
  /** With the handshake. */
  eventSubscription: 12,
  cluster: 330,
  dataCollectionRule: 3,
  dataCollectionRuleAssociation: 3,
  /** Looked at (5 s), chart installed (20 s), pod ready (15 s), one more look (5 s). */
  ingressController: 45,
  /**
   * With kubenet new nodes take no pod, not even a command's, before AKS believes in their routes: gathered (up to 30 s),
   * written, and waited for (30 s). Source: github.com/kubernetes-sigs/cloud-provider-azure pkg/provider/azure_routes.go.
   */
  ingressControllerOnNewRoutes: 105,
  /** Looked at and applied (10 s); image, readiness and the seed's minReadySeconds (35 s); one more look (5 s). */
  application: 50,
  /** As the first time: the chart's pod is replaced. */
  ingressControllerUpdate: 45,
  /** Looked at and applied (10 s), one more look (5 s); no pod is replaced for a host. */
  applicationUpdate: 15,
  /** Looked at and deleted (10 s), one more look (5 s). */
  applicationRemoval: 15,
  /** Looked at and uninstalled, with the clean-up that the chart runs before. */
  ingressControllerRemoval: 30,
  /** The two controllers after each other, and a write of the gateway (30 s). */
  watchProduction: 125,
  verifyAnswering: 5,
  syncRemoval: 6,
  /** A write of a gateway that stands. */
  gatewayRelease: 35,
  verifyDefaultRoute: 5,
  verifyGatewayRoutes: 5,
  verifyIngressController: 6,
  /** Until the ingress controller has written the gateway (10–60 s after the ingress). */
  verifyIngress: 35,
  verifyBackendHealth: 6,
  /** Job applied (5 s), pod started and done (15 s), log read (5 s). */
  verifyEgress: 25,
  /** Cluster, gateway, firewall: 3–10 minutes each. */
  longDeletion: 300,
  shortDeletion: 4,
  /** A group that is empty. */
  groupDeletion: 10,
} as const;
