import { describe, expect, it } from "vitest";
import { criticalPath, criticalPathSeconds, predecessors, sequentialSeconds } from "../../src/domain/criticalPath.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import type { Plan } from "../../src/domain/step.ts";
import {
  commandDefinition,
  lookupDefinition,
  resourceDefinition,
  syncDefinition,
  verificationDefinition,
} from "../../src/resources/catalog.ts";
import { seedSpec } from "./seedSpec.ts";

const plan = provisionPlan(seedSpec());

describe("provisionPlan", () => {
  it("dictates no more than Azure does on its critical path", () => {
    expect(
      criticalPath(plan)
        .map(({ id }) => id)
        .slice(0, 9),
    ).toEqual([
      "networkGroup",
      "firewallPolicy",
      "firewallNetworkRules",
      "firewallApplicationRules",
      "firewall",
      "defaultRoute",
      "cluster",
      "agicFederatedCredential",
      "ingressController",
    ]);
    expect(criticalPathSeconds(plan)).toBeLessThan(0.65 * sequentialSeconds(plan));
  });

  it.each([
    ["all rules are in the policy before the firewall exists", "firewallApplicationRules", "firewall"],
    ["the hub is there before the firewall", "hubNetwork", "firewall"],
    ["the firewall's address is there before the firewall", "firewallPublicIp", "firewall"],
    ["rule collection groups follow each other", "firewallNetworkRules", "firewallApplicationRules"],
    ["the security group is made before the subnet gets it", "gatewaySecurityGroup", "gatewaySubnet"],
    ["the security group is on the subnet before the gateway comes", "gatewaySubnet", "gateway"],
    ["the route table is on the node subnet before the cluster", "clusterSubnet", "cluster"],
    ["the default route is there before the cluster", "defaultRoute", "cluster"],
    ["both peerings are there before the cluster", "hubToSpokePeering", "cluster"],
    ["both peerings are there before the cluster", "spokeToHubPeering", "cluster"],
    ["AKS may join the subnet before it makes nodes", "clusterSubnetContributor", "cluster"],
    ["AKS may read the table before it makes nodes", "clusterRouteTableContributor", "cluster"],
    ["the version is known before the cluster", "kubernetesVersion", "cluster"],
    ["the workspace is there before the add-on", "clusterWorkspace", "cluster"],
    ["the issuer is known before the credential", "cluster", "agicFederatedCredential"],
    ["the controller may write the gateway before it starts", "agicGatewayContributor", "ingressController"],
    ["the controller may join the subnet before it starts", "agicSubnetContributor", "ingressController"],
    ["the controller may read the group before it starts", "agicGroupReader", "ingressController"],
    ["the controller can sign in before it starts", "agicFederatedCredential", "ingressController"],
    ["the gateway is there before the controller starts", "gateway", "ingressController"],
    ["the host is known before the ingress", "gatewayPublicIp", "application"],
    ["proof comes after the sample", "application", "verifyIngress"],
    ["the address of the firewall is known before its proof", "firewall", "verifyDefaultRoute"],
  ])("%s", (_name, earlier, later) => {
    expect(allBefore(plan, later)).toContain(earlier);
  });

  it("keeps the cluster off the diagnostic setting's back, and the gateway's", () => {
    expect(allBefore(plan, "cluster")).not.toContain("firewallDiagnostics");
    expect(allBefore(plan, "cluster")).not.toContain("gateway");
  });

  it("writes the networks from one lane", () => {
    const writers = [
      "hubNetwork",
      "spokeNetwork",
      "gatewaySubnet",
      "clusterSubnet",
      "hubToSpokePeering",
      "spokeToHubPeering",
    ];
    expect(new Set(plan.steps.filter(({ id }) => writers.includes(id)).map(({ lane }) => lane))).toEqual(
      new Set(["network"]),
    );
  });

  it("runs commands in the cluster from one lane", () => {
    const commands = plan.steps.filter(
      ({ id, kind }) =>
        kind === "command" || (kind === "verification" && verificationDefinition(id).kind === "command"),
    );
    expect(commands).toHaveLength(5);
    expect(new Set(commands.map(({ lane }) => lane))).toEqual(new Set(["workload"]));
  });

  it("has a definition for every step, of the step's kind", () => {
    const lookUp = {
      resource: resourceDefinition,
      deletion: resourceDefinition,
      sync: syncDefinition,
      lookup: lookupDefinition,
      command: commandDefinition,
      verification: verificationDefinition,
    };
    for (const { id, kind } of plan.steps) expect(lookUp[kind](id), id).toBeDefined();
    expect(() => resourceDefinition("application")).toThrow('no resource step "application"');
    expect(() => resourceDefinition("toString")).toThrow('no resource step "toString"');
  });

  it("looks no version up that the ticket names", () => {
    const steps = provisionPlan(seedSpec({ cluster: { kubernetesVersion: "1.33" } })).steps.map(({ id }) => id);
    expect(steps).not.toContain("kubernetesVersion");
    expect(steps).toHaveLength(plan.steps.length - 1);
  });

  it("leaves monitoring and the sample out when they are not wanted", () => {
    const steps = provisionPlan(seedSpec({ monitoring: false, application: { enabled: false } })).steps.map(
      ({ id }) => id,
    );
    const gone = plan.steps.map(({ id }) => id).filter((id) => !steps.includes(id));
    expect(gone.sort()).toEqual([
      "application",
      "clusterWorkspace",
      "dataCollectionAssociation",
      "dataCollectionRule",
      "verifyBackendHealth",
      "verifyIngress",
    ]);
    expect(steps).toContain("verifyEgressRefused");
  });

  it("is the same plan every time", () => {
    expect(provisionPlan(seedSpec())).toEqual(plan);
  });
});

describe("provisionPlan with kubenet", () => {
  const kubenet = provisionPlan(seedSpec({ cluster: { networkPlugin: "kubenet" } }));

  it("adds the gateway's routes to what Azure CNI needs, and changes nothing else", () => {
    const known = new Set(plan.steps.map(({ id }) => id));
    expect(kubenet.steps.map(({ id }) => id).filter((id) => !known.has(id))).toEqual([
      "gatewayRouteTable",
      "eventTopics",
      "networkTopic",
      "routeTableEvents",
      "clusterTopic",
      "agentPoolEvents",
      "agicRouteTableReader",
      "gatewayRoutes",
      "verifyGatewayRoutes",
    ]);
    expect(kubenet.steps.length).toBe(plan.steps.length + 9);
    expect(kubenet.steps.find(({ id }) => id === "gatewaySubnet")?.title).toBe(
      "Subnet gw-1-subnet with dzk8sappgw1-nsg and dzk8sappgw1-rt",
    );
  });

  it.each([
    ["the gateway's table is made before the subnet gets it", "gatewayRouteTable", "gatewaySubnet"],
    ["the gateway's table is on its subnet before the gateway comes", "gatewayRouteTable", "gateway"],
    ["the gateway's table is on its subnet before the controller starts", "gatewaySubnet", "ingressController"],
    ["the controller may read the cluster's table before it starts", "agicRouteTableReader", "ingressController"],
    ["AKS may write its table before it makes nodes", "clusterRouteTableContributor", "cluster"],
    ["nodes are there before their routes are copied", "cluster", "gatewayRoutes"],
    ["the pods can be reached before the ingress is proven", "gatewayRoutes", "verifyIngress"],
    ["the routes are copied before they are proven", "gatewayRoutes", "verifyGatewayRoutes"],
  ])("%s (S-40 to S-44, S-69 to S-77)", (_name, earlier, later) => {
    expect(allBefore(kubenet, later)).toContain(earlier);
  });

  it("takes a minute longer than Azure CNI: no pod runs before AKS believes in its nodes' routes", () => {
    expect(criticalPathSeconds(kubenet)).toBe(criticalPathSeconds(plan) + 60);
  });

  it("warns of kubenet's end, and no other plug-in does (S-94)", () => {
    expect(kubenet.warnings).toEqual([expect.stringContaining("retires kubenet on 31 March 2028")]);
    expect(plan.warnings).toEqual([]);
  });
});

describe("provisionPlan with overlay", () => {
  it("has the steps of Azure CNI: no route leads to its pods", () => {
    const overlay = provisionPlan(seedSpec({ cluster: { networkPlugin: "overlay" } }));
    expect(overlay).toEqual(plan);
  });
});

function allBefore(of: Plan, id: string): ReadonlySet<string> {
  const step = of.steps.find((candidate) => candidate.id === id);
  const direct = step === undefined ? [] : predecessors(of, step);
  return new Set(direct.flatMap((need) => [need, ...allBefore(of, need)]));
}
