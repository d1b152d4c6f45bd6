import { describe, expect, it } from "vitest";
import { type JsonObject, jsonAt } from "../../src/domain/json.ts";
import { differences, mergeOwned } from "../../src/domain/ownedFields.ts";
import { lookupDefinition, resourceDefinition } from "../../src/resources/catalog.ts";
import { desiredOver } from "../../src/resources/resourceDefinition.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";

const desired = (stepId: string, of = seedSpec()): JsonObject => resourceDefinition(stepId).desired(of, knownOutputs);

describe("the cluster (S-38 to S-47)", () => {
  it("leaves by the route table, under a user-assigned identity, without public nodes", () => {
    const cluster = desired("cluster");
    expect(cluster.identity).toMatchObject({ type: "UserAssigned" });
    expect(jsonAt(cluster, "properties.networkProfile")).toEqual({
      networkPlugin: "azure",
      outboundType: "userDefinedRouting",
      loadBalancerSku: "standard",
      serviceCidr: "10.2.0.0/24",
      dnsServiceIP: "10.2.0.10",
    });
    expect(jsonAt(cluster, "properties.agentPoolProfiles.0")).toMatchObject({
      name: "nodepool1",
      count: 2,
      enableNodePublicIP: false,
      vnetSubnetID: expect.stringMatching(/subnets\/aks-1-subnet$/),
    });
    expect(jsonAt(cluster, "properties.enableRBAC")).toBe(true);
    expect(jsonAt(cluster, "properties.nodeResourceGroup")).toBe("securek8s_secureaks1_nodes_westeurope");
  });

  it("has workload identity, and monitoring that signs in", () => {
    const properties = desired("cluster").properties as JsonObject;
    expect(properties.oidcIssuerProfile).toEqual({ enabled: true });
    expect(properties.securityProfile).toEqual({ workloadIdentity: { enabled: true } });
    expect(jsonAt(properties, "addonProfiles.omsagent.config.useAADAuth")).toBe("true");
    expect(jsonAt(desired("cluster", seedSpec({ monitoring: false })).properties, "addonProfiles")).toEqual({
      omsagent: { enabled: false },
    });
  });

  it.each(["linuxProfile", "servicePrincipalProfile", "dockerBridgeCidr", "disableLocalAccounts", "networkPluginMode"])(
    "says nothing of %s",
    (field) => {
      expect(JSON.stringify(desired("cluster"))).not.toContain(field);
    },
  );

  it("takes the version that was looked up, or the ticket's", () => {
    expect(jsonAt(desired("cluster"), "properties.kubernetesVersion")).toBe("1.33.5");
    expect(
      jsonAt(desired("cluster", seedSpec({ cluster: { kubernetesVersion: "1.32" } })), "properties.kubernetesVersion"),
    ).toBe("1.32");
  });

  it("does not undo an upgrade, a scale-out or a second pool", () => {
    const cluster = desired("cluster");
    const pool = jsonAt(cluster, "properties.agentPoolProfiles.0") as JsonObject;
    const grown = {
      ...cluster,
      properties: {
        ...(cluster.properties as JsonObject),
        kubernetesVersion: "1.34.1",
        agentPoolProfiles: [
          { ...pool, count: 7, orchestratorVersion: "1.34.1" },
          { name: "user1", count: 3 },
        ],
      },
    };
    const definition = resourceDefinition("cluster");
    const adapted = desiredOver(definition, cluster, grown);
    expect(differences(grown, adapted, definition)).toEqual([]);
    expect(mergeOwned({ ...grown, tags: {} }, adapted, definition)).toMatchObject({
      properties: { kubernetesVersion: "1.34.1", agentPoolProfiles: [{ count: 7 }, { name: "user1" }] },
    });
  });

  it("is understood in Azure's spelling of the add-on", () => {
    const cluster = desired("cluster");
    const { addonProfiles, ...properties } = cluster.properties as JsonObject;
    const respelt = {
      ...cluster,
      properties: { ...properties, addonProfiles: { omsAgent: (addonProfiles as JsonObject).omsagent } },
    };
    expect(differences(respelt, cluster, resourceDefinition("cluster"))).toEqual([]);
  });
});

describe("monitoring (S-46, S-47)", () => {
  it("leads from the cluster by its rule to its workspace", () => {
    const association = desired("dataCollectionAssociation");
    const rule = resourceDefinition("dataCollectionRule").id(seedSpec(), knownOutputs);
    expect(rule).toMatch(/dataCollectionRules\/MSCI-westeurope-secureaks1$/);
    expect(jsonAt(association, "properties.dataCollectionRuleId")).toBe(rule);
    expect(jsonAt(desired("dataCollectionRule"), "properties.destinations.logAnalytics.0.workspaceResourceId")).toBe(
      resourceDefinition("clusterWorkspace").id(seedSpec(), knownOutputs),
    );
  });
});

describe("roles (S-39, S-61, S-64)", () => {
  const role = {
    contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    network: "4d97b98b-1d4f-4787-a291-c67834d212e7",
  };

  it.each([
    ["clusterSubnetContributor", role.network, "/subnets/aks-1-subnet", "c001"],
    ["clusterRouteTableContributor", role.network, "/routeTables/secureaks1-rt", "c001"],
    ["agicGatewayContributor", role.contributor, "/applicationGateways/dzk8sappgw1", "a001"],
    ["agicGroupReader", role.reader, "/resourceGroups/secureappgw", "a001"],
    ["agicSubnetContributor", role.network, "/subnets/gw-1-subnet", "a001"],
  ])("%s is as narrow as it can be", (stepId, roleId, scope, principal) => {
    const id = resourceDefinition(stepId).id(seedSpec(), knownOutputs);
    expect(id.split("/providers/Microsoft.Authorization/")[0]?.endsWith(scope)).toBe(true);
    expect(desired(stepId)).toEqual({
      properties: {
        roleDefinitionId: expect.stringContaining(roleId),
        principalId: expect.stringMatching(new RegExp(`${principal}$`)),
        principalType: "ServicePrincipal",
      },
    });
  });
});

describe("the ingress controller's credential (S-59)", () => {
  it("is for its service account alone, letter by letter", () => {
    const credential = desired("agicFederatedCredential");
    expect(jsonAt(credential, "properties.subject")).toBe("system:serviceaccount:kube-system:ingress-azure");
    const other = {
      properties: {
        ...(credential.properties as JsonObject),
        subject: "system:serviceaccount:kube-system:Ingress-Azure",
      },
    };
    expect(differences(other, credential, resourceDefinition("agicFederatedCredential"))).toHaveLength(1);
  });
});

describe("the gateway (S-48 to S-50)", () => {
  it("has the seed's tier, scale and HTTP/2, behind a WAF policy", () => {
    expect(desired("gateway")).toMatchObject({
      properties: {
        sku: { name: "WAF_v2", tier: "WAF_v2" },
        autoscaleConfiguration: { minCapacity: 0, maxCapacity: 10 },
        enableHttp2: true,
        firewallPolicy: { id: expect.stringMatching(/dzk8sappgw1-waf$/) },
      },
    });
  });

  it("stops attacks, or only tells of them when asked to", () => {
    expect(jsonAt(desired("wafPolicy"), "properties.policySettings")).toMatchObject({
      state: "Enabled",
      mode: "Prevention",
    });
    const told = seedSpec({ gateway: { wafMode: "Detection" } });
    expect(jsonAt(desired("wafPolicy", told), "properties.policySettings.mode")).toBe("Detection");
  });

  it("leaves its inside to the ingress controller for ever", () => {
    const gateway = desired("gateway");
    const written = {
      ...gateway,
      tags: { ...(gateway.tags as JsonObject), "managed-by-k8s-ingress": "1.9.8" },
      properties: {
        ...(gateway.properties as JsonObject),
        backendAddressPools: [{ name: "pool-default-dummy-logger-80-bp-80" }],
        httpListeners: [],
        requestRoutingRules: [{ name: "rr-1" }],
        frontendPorts: [{ name: "fp-80" }],
        probes: [{ name: "pb-1" }],
      },
    };
    const definition = resourceDefinition("gateway");
    expect(differences(written, gateway, definition)).toEqual([]);
    const slowed = { ...written, properties: { ...written.properties, enableHttp2: false } };
    expect(differences(slowed, gateway, definition)).toEqual([
      { path: "properties.enableHttp2", from: "false", to: "true" },
    ]);
    expect(mergeOwned(slowed, gateway, definition)).toEqual(written);
  });

  it("has a name in Azure's DNS when it is asked for", () => {
    const address = desired("gatewayPublicIp", seedSpec({ gateway: { domainNameLabel: "shop" } }));
    expect(jsonAt(address, "properties.dnsSettings")).toEqual({ domainNameLabel: "shop" });
    expect(jsonAt(desired("gatewayPublicIp"), "properties")).not.toHaveProperty("dnsSettings");
  });

  it("listens on plain port 80 until the ingress controller knows better", () => {
    expect(jsonAt(desired("gateway"), "properties.frontendPorts.0.properties")).toEqual({ port: 80 });
    expect(jsonAt(desired("gateway"), "properties.httpListeners.0.properties.protocol")).toBe("Http");
    expect(jsonAt(desired("gateway"), "properties.backendHttpSettingsCollection.0.properties")).toMatchObject({
      port: 80,
      protocol: "Http",
    });
  });

  it("refers in its first inside only to parts it has", () => {
    const text = JSON.stringify(desired("gateway"));
    for (const [, collection = "", name] of text.matchAll(/applicationGateways\/dzk8sappgw1\/(\w+)\/(\w+)/g)) {
      expect(jsonAt(desired("gateway"), `properties.${collection}.0.name`), collection).toBe(name);
    }
  });
});

describe("the default Kubernetes version (S-12)", () => {
  const lookup = lookupDefinition("kubernetesVersion");
  it("is the newest patch of the version marked as default", () => {
    const answer = {
      values: [
        { version: "1.34", patchVersions: { "1.34.1": {} } },
        { version: "1.33", isDefault: true, patchVersions: { "1.33.9": {}, "1.33.10": {}, "1.33.2": {} } },
      ],
    };
    expect(lookup.outputs(answer, seedSpec())).toEqual({ kubernetesVersion: "1.33.10" });
    expect(lookup.path(seedSpec())).toMatch(/locations\/westeurope\/kubernetesVersions$/);
  });

  it("is asked of the ticket when AKS names none", () => {
    expect(() => lookup.outputs({ values: [{ version: "1.34" }] }, seedSpec())).toThrow(
      "give environment.cluster.kubernetesVersion",
    );
  });
});
