import type { ManagedCluster } from "@azure/arm-containerservice";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type AksLab, startAksLab, UPGRADE } from "./aksLab.ts";
import { applicationRule, ruleCollection } from "./networkSeed.ts";

let lab: AksLab;
beforeEach(async () => {
  lab = await startAksLab({ applicationRules: false });
});
afterEach(() => lab.stop());

const state = () => (lab.get(lab.clusterId).properties as JsonObject).provisioningState;
const openTheFirewall = () => {
  const ruleCollections = [
    ruleCollection("aksfwar", 101, [applicationRule("fqdn", { fqdnTags: ["AzureKubernetesService"] })]),
  ];
  lab.put(lab.net.id("firewallPolicies/policy/ruleCollectionGroups/application"), {
    properties: { priority: 300, ruleCollections },
  });
};

describe("a cluster beside an unconnected network of the same prefixes", () => {
  it("uses the ways out of its own subnet", async () => {
    const own = await startAksLab({
      before: (net) =>
        net.make("virtualNetworks/older", {
          properties: {
            addressSpace: { addressPrefixes: ["10.0.4.0/22"] },
            subnets: [{ name: "dead-end", properties: { addressPrefix: "10.0.5.0/24", defaultOutboundAccess: false } }],
          },
        }),
    });
    expect(await own.makeCluster()).toBe("Succeeded");
    own.trustAgic();
    expect(await own.run(UPGRADE, { "values.json": own.values() })).toMatchObject({ exitCode: 0 });
    await own.stop();
  });
});

describe("a cluster whose nodes cannot get out", () => {
  it("fails after 25 minutes with the code and exit status that AKS reports", async () => {
    const { properties, ...rest } = lab.clusterBody() as unknown as ManagedCluster & {
      readonly properties: Partial<ManagedCluster>;
    };
    const poller = lab.client.managedClusters.createOrUpdate("lab", "aks", { ...rest, ...properties });
    await poller.submitted();
    await lab.advance(25 * 60 - 1);
    expect(state()).toBe("Creating");
    await lab.advance(1);
    expect(state()).toBe("Failed");
    await expect(poller.poll()).rejects.toThrow(/VMExtensionProvisioningError.*exit status=50/s);
  });

  it("succeeds when the firewall is opened while it waits", async () => {
    lab.put(lab.clusterId, lab.clusterBody());
    openTheFirewall();
    await lab.advance(25 * 60);
    expect(state()).toBe("Succeeded");
  });

  it("is made by the same PUT once the firewall is open, after it has failed", async () => {
    lab.put(lab.clusterId, lab.clusterBody());
    await lab.advance(25 * 60);
    openTheFirewall();
    await lab.advance(300);
    expect(lab.put(lab.clusterId, lab.clusterBody())).toBe("200");
    await lab.advance(330);
    expect(state()).toBe("Succeeded");
  });

  it("fails with exit status 51 when the API server does not let the firewall's address in", async () => {
    openTheFirewall();
    await lab.advance(300);
    lab.put(lab.clusterId, lab.clusterBody({ apiServerAccessProfile: { authorizedIPRanges: ["198.51.100.0/24"] } }));
    await lab.advance(25 * 60);
    expect(state()).toBe("Failed");
  });
});
