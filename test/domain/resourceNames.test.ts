import { describe, expect, it } from "vitest";
import {
  clusterDnsPrefix,
  dataCollectionRuleName,
  ids,
  ingressHost,
  roleAssignmentId,
} from "../../src/domain/resourceNames.ts";
import { knownOutputs, SUBSCRIPTION_ID, seedSpec } from "./seedSpec.ts";

describe("ids", () => {
  it("are the seed's", () => {
    const spec = seedSpec();
    const groups = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups`;
    expect(ids.firewall(spec)).toBe(`${groups}/securevnets/providers/Microsoft.Network/azureFirewalls/dzk8sfw1`);
    expect(ids.defaultRoute(spec)).toBe(
      `${groups}/securevnets/providers/Microsoft.Network/routeTables/secureaks1-rt/routes/dzk8sfw1`,
    );
    expect(ids.gateway(spec)).toBe(`${groups}/secureappgw/providers/Microsoft.Network/applicationGateways/dzk8sappgw1`);
    expect(ids.cluster(spec)).toBe(
      `${groups}/securek8s/providers/Microsoft.ContainerService/managedClusters/secureaks1`,
    );
    expect(ids.clusterSubnet(spec)).toBe(
      `${groups}/securevnets/providers/Microsoft.Network/virtualNetworks/k8snet/subnets/aks-1-subnet`,
    );
  });
});

describe("roleAssignmentId", () => {
  it("is the same for the same grant, whatever the casing, and another for every other", () => {
    const id = roleAssignmentId("/subscriptions/S", "reader", "AB");
    expect(roleAssignmentId("/subscriptions/s", "reader", "ab").split("/").at(-1)).toBe(id.split("/").at(-1));
    const others = [
      roleAssignmentId("/subscriptions/T", "reader", "AB"),
      roleAssignmentId("/subscriptions/S", "contributor", "AB"),
      roleAssignmentId("/subscriptions/S", "reader", "AC"),
    ].map((other) => other.split("/").at(-1));
    expect(new Set([id.split("/").at(-1), ...others]).size).toBe(4);
  });
});

describe("ingressHost", () => {
  it("is the ticket's, or made of the gateway's address once it is known", () => {
    expect(ingressHost(seedSpec({ application: { host: "logger.example.com" } }), {})).toBe("logger.example.com");
    expect(ingressHost(seedSpec({ gateway: { domainNameLabel: "shop" } }), {})).toBe(
      "shop.westeurope.cloudapp.azure.com",
    );
    expect(ingressHost(seedSpec(), {})).toBeUndefined();
    expect(ingressHost(seedSpec(), knownOutputs)).toBe("20.31.0.7.nip.io");
  });
});

describe("names that Azure limits", () => {
  it("stay within the limits for long names", () => {
    const spec = seedSpec({
      cluster: { name: `a${"-b_".repeat(20)}c` },
      groups: { cluster: "rg_(long).name-for-a-cluster" },
    });
    expect(clusterDnsPrefix(spec)).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,52}[A-Za-z0-9]$/);
    expect(dataCollectionRuleName(spec).length).toBeLessThanOrEqual(64);
    expect(dataCollectionRuleName(seedSpec())).toBe("MSCI-westeurope-secureaks1");
  });
});
