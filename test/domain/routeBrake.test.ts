import { describe, expect, it } from "vitest";
import { gatewayRouteName } from "../../src/domain/gatewayRouteName.ts";
import { judgeRoutes } from "../../src/domain/judgeRoutes.ts";
import type { NodeTruth } from "../../src/domain/routeTruths.ts";
import { judged, nodes, source } from "./judgedCluster.ts";
import {
  armRoute,
  armTable,
  clusterOf,
  gatewayTable,
  managedCluster,
  node,
  nowEpochMs,
  orderlyWorld,
  routesTo,
  tableId,
  YOUNG,
} from "./routeWorld.ts";

describe("routeBrake", () => {
  const four = [...nodes, node(0, 3)];
  const gateway = { gatewayTable: gatewayTable(routesTo(four, 0, "aks0")) };
  const cluster = (here: readonly NodeTruth[], routed: readonly NodeTruth[]) => ({
    nodes: here,
    managedCluster: managedCluster(here.length),
    ...source(routesTo(four, 0).filter((_, index) => routed.includes(four[index] as NodeTruth))),
  });

  it("lets routes go whose nodes are gone, however many", () => {
    const judgement = judged(cluster(four.slice(0, 1), four.slice(0, 1)), gateway);
    expect(judgement.routes).toHaveLength(1);
    expect(judgement).not.toHaveProperty("brake");
    expect(judged(cluster([], []), gateway).routes).toEqual([]);
  });

  it("holds everything when most routes would be lost of nodes that are there", () => {
    const judgement = judged(cluster([...four, node(0, 4)], four.slice(0, 1)), gateway);
    expect(judgement).not.toHaveProperty("routes");
    expect(judgement.brake).toMatchObject({ reason: "mostRoutes", lostCount: 3, ownCount: 4 });
    expect(judgement.findings.find(({ code }) => code === "Braked")?.advice).toContain(judgement.brake?.digest);
  });

  it("holds everything when the nodes are unknown", () => {
    const { nodes: _, ...blind } = clusterOf("aks0", 0, four);
    const clusters = [{ ...blind, ...source(routesTo(four, 0).slice(3)) }];
    expect(judgeRoutes({ ...orderlyWorld(), ...gateway, clusters }, { nowEpochMs }).brake?.reason).toBe("mostRoutes");
    const half = [{ ...blind, ...source(routesTo(four, 0).slice(2)) }];
    expect(judgeRoutes({ ...orderlyWorld(), ...gateway, clusters: half }, { nowEpochMs }).routes).toHaveLength(2);
  });

  it("is no equality, though nodes and their own table agree and nothing more is to be written", () => {
    // More of them than routes that stay, each named after a node that is there, and leading nowhere.
    const stray = [...four, four[0]].map((each, at) =>
      armRoute(gatewayRouteName("aks0", `${each?.name}____${at}`), `10.100.${50 + at}.0/24`, `10.0.5.${90 + at}`),
    );
    const table = gatewayTable([...routesTo(four, 0, "aks0"), ...stray]);
    const held = judged(cluster(four, four), { gatewayTable: table });
    expect(held.findings.map(({ code }) => code)).toEqual(["Braked"]);
    expect(held).not.toHaveProperty("routes");
    expect(held).toMatchObject({ isEqual: false, isSettled: false, brake: { lostCount: 5, ownCount: 9 } });
  });

  it("keeps a living node's last route and writes everything else", () => {
    const joined = node(0, 4);
    const more = { ...cluster([...four.slice(0, 3), joined], four.slice(1, 3)) };
    const table = armTable([...routesTo(four, 0).slice(1, 3), armRoute(joined.name, "10.100.9.0/24", joined.address)]);
    const judgement = judged({ ...more, sourceTable: { id: tableId("aks0-rt"), body: table } }, gateway);
    expect(judgement.brake).toMatchObject({ reason: "lastRouteOfNode", lostCount: 1, ownCount: 3 });
    expect(judgement.brake?.lost).toEqual([
      { name: `aks0_${four[0]?.name}`, addressPrefix: "10.100.0.0/24", nextHopIpAddress: "10.0.5.4" },
    ]);
    // The node that is gone goes, the one that has come comes.
    expect(judgement.routes?.map(({ name }) => name)).toEqual(
      [...four.slice(0, 3), joined].map(({ name }) => `aks0_${name}`),
    );
    // It is held back, so the three are not equal though nothing more is to be written.
    const held = judged({ ...cluster(four, four.slice(1)) }, gateway);
    expect(held).toMatchObject({ isEqual: false, findings: [{ code: "Braked" }, { code: "NodeWithoutRoute" }] });
    const digest = judgement.brake?.digest;
    const whole = judged({ ...more, sourceTable: { id: tableId("aks0-rt"), body: table } }, gateway, digest);
    expect(whole).toMatchObject({ released: digest });
    expect(whole.routes).toHaveLength(3);
  });

  it("looks again when what is kept leaves another range without its successor", () => {
    const five = [...four, node(0, 4)];
    const [first, second] = five;
    const elsewhere = armRoute(first?.name ?? "", "10.100.1.0/24", "10.0.5.200");
    const judgement = judged(
      {
        nodes: five,
        managedCluster: managedCluster(5),
        ...source([elsewhere, ...routesTo(five, 0).slice(2)]),
      },
      { gatewayTable: gatewayTable(routesTo(five, 0, "aks0")) },
    );
    expect(judgement.brake?.lost.map(({ name }) => name)).toEqual([first, second].map((each) => `aks0_${each?.name}`));
    expect(judgement).not.toHaveProperty("routes");
  });

  it("knows a node's route by its name when nodes have several ranges, too", () => {
    const dualStack = (node: NodeTruth) => `${node.name}____10100000024`;
    const routes = routesTo(four, 0).map((route, at) => ({ ...route, name: dualStack(four[at] as NodeTruth) }));
    const own = routes.map((route) => ({ ...route, name: gatewayRouteName("aks0", route.name) }));
    const judgement = judged(
      { nodes: four, managedCluster: managedCluster(4), ...source(routes.slice(1)) },
      { gatewayTable: gatewayTable(own) },
    );
    expect(judgement.brake).toMatchObject({ reason: "lastRouteOfNode", lostCount: 1 });
  });

  it("does not take a machine that got the address of one that is gone for that one", () => {
    const heir = node(0, 9, { address: "10.0.5.4", createdAt: YOUNG });
    const judgement = judged(cluster([heir, ...four.slice(1)], four.slice(1)), gateway);
    expect(judgement).not.toHaveProperty("brake");
    expect(judgement.routes).toHaveLength(3);
  });

  it("lets the routes of machines go that were all replaced by others with their addresses", () => {
    for (const count of [1, 2, 4]) {
      const heirs = four.slice(0, count).map((each, at) => ({ ...each, name: `aks-pool0-87654321-vmss00000${at}` }));
      const table = heirs.map(({ name, address }, at) => armRoute(name, `10.100.${20 + at}.0/24`, address));
      const judgement = judged(
        { nodes: heirs, managedCluster: managedCluster(count), ...source(table) },
        { gatewayTable: gatewayTable(routesTo(four.slice(0, count), 0, "aks0")) },
      );
      expect(judgement).not.toHaveProperty("brake");
      expect(judgement.routes?.map(({ name }) => name)).toEqual(heirs.map(({ name }) => `aks0_${name}`));
    }
  });

  it.each([
    ["another range", (each: NodeTruth) => each],
    ["another range and address", (each: NodeTruth) => ({ ...each, address: `${each.address}9` })],
  ])("follows nodes that were all made again with %s", (_name, made) => {
    for (const count of [1, 2, 4]) {
      const again = four.slice(0, count).map(made);
      const table = again.map(({ name, address }, at) => armRoute(name, `10.100.${20 + at}.0/24`, address));
      const cluster = { nodes: again, managedCluster: managedCluster(count), ...source(table) };
      const judgement = judged(cluster, { gatewayTable: gatewayTable(routesTo(four.slice(0, count), 0, "aks0")) });
      expect(judgement).not.toHaveProperty("brake");
      expect(judgement.changes.changed).toHaveLength(count);
      const { nodes: _, ...blind } = { ...clusterOf("aks0", 0, again), ...source(table) };
      const truths = {
        ...orderlyWorld(),
        clusters: [blind],
        gatewayTable: gatewayTable(routesTo(four.slice(0, count), 0, "aks0")),
      };
      expect(judgeRoutes(truths, { nowEpochMs })).not.toHaveProperty("brake");
    }
  });

  it("holds a route under a strange name when its node would not be reached any more", () => {
    const strange = { ...routesTo(four, 0, "aks0")[0], name: "aks0_strange" };
    const one = { nodes: four.slice(0, 1), managedCluster: managedCluster(1) };
    const judgement = judged({ ...one, ...source([]) }, { gatewayTable: gatewayTable([strange]) });
    expect(judgement.brake).toMatchObject({ reason: "mostRoutes", lostCount: 1, ownCount: 1 });
  });

  it("lets a range go over to another node, though the one before has no route then", () => {
    const moved = routesTo(four, 0).slice(1, 3);
    const taken = armRoute(four[3]?.name ?? "", "10.100.0.0/24", four[3]?.address ?? "");
    const judgement = judged({ nodes: four, managedCluster: managedCluster(4), ...source([...moved, taken]) }, gateway);
    expect(judgement).not.toHaveProperty("brake");
    expect(judgement.routes).toHaveLength(3);
  });

  it("has one digest for one loss, whatever else changes", () => {
    const loss = (here: readonly NodeTruth[]) => judged(cluster(here, four.slice(1)), gateway).brake?.digest;
    expect(loss([...four, node(0, 7)])).toBe(loss(four));
    expect(judged(cluster(four, four.slice(0, 3)), gateway).brake?.digest).not.toBe(loss(four));
  });
});
