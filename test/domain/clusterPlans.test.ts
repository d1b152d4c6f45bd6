import { describe, expect, it } from "vitest";
import { criticalPathSeconds, predecessors, sequentialSeconds } from "../../src/domain/criticalPath.ts";
import { type BuiltEnvironment, remember, viewOf } from "../../src/domain/environmentMemory.ts";
import type { EnvironmentSpec, NetworkPlugin } from "../../src/domain/environmentSpec.ts";
import { type Order, undertakingOf } from "../../src/domain/operationPlan.ts";
import { orderMistakes } from "../../src/domain/orderMistakes.ts";
import type { Plan } from "../../src/domain/step.ts";
import {
  commandDefinition,
  lookupDefinition,
  resourceDefinition,
  syncDefinition,
  verificationDefinition,
} from "../../src/resources/catalog.ts";
import { knownOutputs, seedSpec } from "./seedSpec.ts";

const outputs = { ...knownOutputs, clusterId: "/id", gatewayId: "/id" };

function seedBuilt(networkPlugin: NetworkPlugin = "azure"): BuiltEnvironment {
  const spec = seedSpec({ cluster: { networkPlugin } });
  const built = remember(undefined, { kind: "provisioned", spec, outputs }, "CHG0001");
  if (built === undefined) throw new Error("nothing was remembered");
  return built;
}

const addition = (cluster: object = {}): Order => ({
  action: "addCluster",
  request: { cluster: { name: "secureaks2", ...cluster } },
});

/** The seed's cluster with another one beside it, which was made. */
function twoBuilt(): BuiltEnvironment {
  const { before } = undertakingOf(addition({ networkPlugin: "kubenet" }), seedBuilt());
  if (before?.kind !== "added") throw new Error("an addition is remembered before its first write");
  const change = { kind: "added", cluster: { ...before.cluster, outputs } } as const;
  return remember(seedBuilt(), change, "CHG0002") ?? seedBuilt();
}

const toSecond: Order = { action: "switchTraffic", to: "secureaks2" };
const retirement: Order = { action: "retireCluster", cluster: "secureaks2" };

const network = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network";

/** Everything but the cluster is an operator's. */
const adopting: EnvironmentSpec = {
  ...seedSpec(),
  adopt: {
    firewall: `${network}/azureFirewalls/afw`,
    gateway: `${network}/applicationGateways/agw`,
    clusterSubnets: [`${network}/virtualNetworks/vnet-edge/subnets/aks-1-subnet`],
    found: {
      firewall: {
        virtualNetworkId: `${network}/virtualNetworks/vnet-hub`,
        policyId: `${network}/firewallPolicies/afwp`,
      },
      gateway: {
        virtualNetworkId: `${network}/virtualNetworks/vnet-edge`,
        publicIpId: `${network}/publicIPAddresses/pip`,
        wafPolicyId: `${network}/ApplicationGatewayWebApplicationFirewallPolicies/waf`,
        foreignHosts: [],
      },
      arePeered: true,
    },
  },
};
const adoptingBuilt = remember(undefined, { kind: "provisioned", spec: adopting, outputs }, "CHG0001");

const plans: readonly (readonly [string, Plan])[] = [
  ["addCluster", undertakingOf(addition(), seedBuilt()).plan],
  ["addCluster with kubenet", undertakingOf(addition({ networkPlugin: "kubenet" }), seedBuilt()).plan],
  ["switchTraffic", undertakingOf(toSecond, twoBuilt()).plan],
  ["moving back", undertakingOf(toSecond, twoBuilt()).moveBack?.plan ?? { steps: [], warnings: [] }],
  ["retireCluster", undertakingOf(retirement, twoBuilt()).plan],
  ["decommission", undertakingOf({ action: "decommission" }, twoBuilt()).plan],
  ["provision with everything adopted", undertakingOf({ action: "provision", spec: adopting }, undefined).plan],
  ["decommission with everything adopted", undertakingOf({ action: "decommission" }, adoptingBuilt).plan],
];

describe("what is adopted", () => {
  const stepsOf = (kind: string): readonly string[] =>
    plans.at(-2)?.[1].steps.flatMap((step) => (step.kind === kind ? [step.id] : [])) ?? [];

  it("is looked at, and no step makes it", () => {
    const adopted = [
      "hubNetwork",
      "spokeNetwork",
      "firewallPolicy",
      "firewall",
      "gatewayPublicIp",
      "wafPolicy",
      "gateway",
    ];
    expect([...stepsOf("lookup")].sort()).toEqual([...adopted, "kubernetesVersion"].sort());
    const dropped = [
      "firewallPublicIp",
      "gatewaySubnet",
      "gatewaySecurityGroup",
      "hubToSpokePeering",
      "spokeToHubPeering",
    ];
    expect(stepsOf("resource").filter((id) => [...adopted, ...dropped].includes(id))).toEqual([]);
  });
});

describe.each(plans)("the plan of %s", (_name, plan) => {
  it("has a definition for every step, of the step's kind", () => {
    const lookUp = {
      resource: resourceDefinition,
      deletion: resourceDefinition,
      sync: syncDefinition,
      lookup: lookupDefinition,
      command: commandDefinition,
      verification: verificationDefinition,
    };
    expect(plan.steps.length).toBeGreaterThan(4);
    for (const { id, definition, kind } of plan.steps) expect(lookUp[kind](definition ?? id), id).toBeDefined();
  });

  it("is no longer than one step after the other, and begins each cluster's ids with its name", () => {
    expect(criticalPathSeconds(plan)).toBeLessThanOrEqual(sequentialSeconds(plan));
    for (const { id, cluster } of plan.steps) if (cluster !== undefined) expect(id).toContain(`${cluster}.`);
  });
});

describe("the order of things", () => {
  const [[, add], , [, move], , [, retire], [, decommission]] = plans as [Pair, Pair, Pair, Pair, Pair, Pair];

  it.each([
    [
      "others keep off the new host before its controller starts",
      add,
      "secureaks1.ingressController",
      "secureaks2.ingressController",
    ],
    ["the old cluster is proven after the new one", add, "secureaks2.verifyClusterHost", "secureaks1.verifyIngress"],
    ["green is proven before anything moves", move, "secureaks2.verifyClusterHost", "secureaks1.ingressController"],
    [
      "blue keeps off the host before green may have it",
      move,
      "secureaks1.ingressController",
      "secureaks2.ingressController",
    ],
    ["blue's ingress gives the host up after the proof", move, "secureaks2.watchProduction", "secureaks1.application"],
    [
      "the hosts leave the gateway before the cluster goes",
      retire,
      "secureaks2.ingressControllerRemoval",
      "secureaks2.cluster",
    ],
    ["the others are told afterwards", retire, "secureaks2.ingressControllerRemoval", "secureaks1.ingressController"],
    [
      "the table is off its subnet before it goes",
      retire,
      "secureaks2.clusterSubnetRelease",
      "secureaks2.clusterRouteTable",
    ],
    ["no controller may write a gateway that goes", decommission, "secureaks2.agicGatewayContributor", "gateway"],
    ["all clusters go before the firewall", decommission, "secureaks2.cluster", "firewall"],
  ])("%s", (_name, plan, earlier, later) => {
    expect(allBefore(plan, later)).toContain(earlier);
  });

  it("looks at the host from before the first change of the switch on", () => {
    expect(allBefore(move, "secureaks2.watchProduction")).not.toContain("secureaks1.ingressController");
  });

  it("takes names of clusters as Azure does, without regard to case", () => {
    const asked = { action: "retireCluster", cluster: "SECUREAKS2" } as const;
    expect(undertakingOf(asked, twoBuilt())).toEqual(undertakingOf(retirement, twoBuilt()));
  });

  it("retires nothing that the environment shares, and adds nothing to it but kubenet's table", () => {
    expect(retire.steps.filter(({ cluster }) => cluster === undefined)).toEqual([]);
    const shared = ["hubNetwork", "firewall", "gateway", "gatewayPublicIp", "gatewayGroup"];
    const touched = [...add.steps, ...retire.steps].map(({ definition }) => definition ?? "");
    expect(touched.filter((definition) => shared.includes(definition))).toEqual([]);
  });
});

describe("what is remembered", () => {
  it("gives each cluster its own view: its identity, its neighbours, and the traffic to one", () => {
    const [blue, green] = ["secureaks1", "secureaks2"].map((name) => viewOf(twoBuilt(), name));
    expect([blue?.share, green?.share]).toEqual([
      { others: ["secureaks2"], hasTraffic: true },
      { others: ["secureaks1"], hasTraffic: false },
    ]);
    expect(blue?.gateway.identityName).not.toBe(green?.gateway.identityName);
    expect(green?.cluster.subnet).toBe("aks-2-subnet");
  });

  it("keeps the traffic and the other cluster when the first one is provisioned again", () => {
    const switched = remember(twoBuilt(), { kind: "switched", to: "secureaks2" }, "CHG0003");
    const again = remember(switched, { kind: "provisioned", spec: seedSpec(), outputs: {} }, "CHG0004");
    expect(again?.traffic).toBe("secureaks2");
    expect(again?.clusters.map(({ cluster }) => cluster.name)).toEqual(["secureaks1", "secureaks2"]);
    expect(again?.clusters[0]?.outputs).toEqual(outputs);
  });

  it("keeps what the first cluster has learnt of the environment when that one is retired", () => {
    const { before } = undertakingOf(addition(), seedBuilt());
    if (before === undefined) throw new Error("an addition is remembered before its first write");
    const added = remember(seedBuilt(), before, "CHG0002");
    const left = remember(added, { kind: "retired", cluster: "secureaks1" }, "CHG0003");
    expect(left?.clusters.map(({ outputs: { gatewayId, clusterId } }) => [gatewayId, clusterId])).toEqual([
      ["/id", undefined],
    ]);
  });

  it("ends with the last cluster", () => {
    const left = remember(twoBuilt(), { kind: "retired", cluster: "SecureAks2" }, "CHG0003");
    expect(left?.clusters.map(({ cluster }) => cluster.name)).toEqual(["secureaks1"]);
    expect(remember(left, { kind: "gone" }, "CHG0004")).toBeUndefined();
  });
});

describe("orderMistakes", () => {
  it("counts the routes of all clusters with kubenet", () => {
    const built = seedBuilt("kubenet");
    const many = addition({ networkPlugin: "kubenet", podCidr: "10.160.0.0/12", maxSurge: "1", nodeCount: 397 });
    const told = orderMistakes(many, "seed", built).filter(({ pointer }) => pointer === "/cluster/nodeCount");
    expect(told.map(({ message }) => message).join()).toContain(
      "secureaks1 need 3 of them, so 397 nodes and 1 for upgrades",
    );
    const fitting = addition({ networkPlugin: "kubenet", podCidr: "10.160.0.0/12", maxSurge: "1", nodeCount: 396 });
    expect(orderMistakes(fitting, "seed", built).filter(({ pointer }) => pointer === "/cluster/nodeCount")).toEqual([]);
  });

  it("adds nothing to an environment that was never built to its end", () => {
    const built = remember(undefined, { kind: "provisioned", spec: seedSpec(), outputs: {} }, "CHG0001");
    expect(orderMistakes(addition(), "seed", built).map(({ message }) => message)).toEqual([
      'is "seed", which was never built to its end; provision it first',
    ]);
  });

  it("finds nothing wrong with a cluster that only differs in name and subnet, with any plug-in", () => {
    for (const networkPlugin of ["azure", "kubenet", "overlay"])
      expect(orderMistakes(addition({ networkPlugin }), "seed", seedBuilt()), networkPlugin).toEqual([]);
  });
});

type Pair = readonly [string, Plan];

function allBefore(of: Plan, id: string): ReadonlySet<string> {
  const step = of.steps.find((candidate) => candidate.id === id);
  const direct = step === undefined ? [] : predecessors(of, step);
  return new Set(direct.flatMap((need) => [need, ...allBefore(of, need)]));
}
