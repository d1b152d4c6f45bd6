import { describe, expect, it } from "vitest";
import { judgeRoutes } from "../../src/domain/judgeRoutes.ts";
import { FINDINGS_OF_A_KIND_MAX } from "../../src/domain/routeFinding.ts";
import type { NodeTruth } from "../../src/domain/routeTruths.ts";
import { atGateway, codes, inTable, judged, nodes, source } from "./judgedCluster.ts";
import {
  armRoute,
  armTable,
  clusterOf,
  gatewayTable,
  managedCluster,
  node,
  nowEpochMs,
  OLD,
  orderlyWorld,
  overlay,
  tableId,
  YOUNG,
} from "./routeWorld.ts";

const addedNode = (more: Partial<NodeTruth>) => ({
  nodes: [...nodes, node(0, 3, more)],
  managedCluster: managedCluster(4),
});

describe("findings", () => {
  it("are none when all is equal", () => {
    const judgement = judged({});
    expect(judgement).toMatchObject({ findings: [], isEqual: true, isSettled: true });
    expect(judgement).not.toHaveProperty("routes");
    expect(judgement.headroom).toEqual({ table: "gw-rt", routeCount: 3, routeCountMax: 400, usedPercent: 0 });
  });

  it("name a node that AKS wrote no route for, once it is ten minutes old", () => {
    const at = (seconds: number): string => new Date(nowEpochMs - seconds * 1000).toISOString();
    for (const createdAt of [OLD, at(600), "unknown"])
      expect(judged(addedNode({ createdAt })).findings, createdAt).toMatchObject([
        { code: "NodeWithoutRoute", cluster: "aks0", subject: node(0, 3).name },
      ]);
    const { createdAt: _, ...ageless } = node(0, 3);
    expect(codes(judged({ nodes: [...nodes, ageless] }))).toEqual(["NodeWithoutRoute"]);
    for (const more of [{ createdAt: at(599) }, { createdAt: YOUNG }, { provisioningState: "Deleting" }])
      expect(codes(judged(addedNode(more)))).toEqual([]);
  });

  it("tell a node in its grace from one that is settled", () => {
    expect(judged(addedNode({ createdAt: YOUNG }))).toMatchObject({ isEqual: false, isSettled: false });
    expect(judged(addedNode({ provisioningState: "Deleting" }))).toMatchObject({ isEqual: true, isSettled: false });
  });

  it("take a route for a node's only when it leads to it and is named after it", () => {
    const [first, ...others] = inTable;
    const { name, address } = node(0, 0);
    const elsewhere = armRoute(name, "10.100.0.0/24", "10.0.5.200");
    const another = armRoute("aks-other", "10.100.0.0/24", address);
    for (const wrong of [elsewhere, another]) {
      expect(codes(judged(source([wrong, ...others])))).toEqual(
        expect.arrayContaining(["NodeWithoutRoute", "RouteWithoutNode"]),
      );
    }
    const upper = { ...first, name: name.toUpperCase() };
    const dualStack = { ...first, name: `${name}____10100000024` };
    expect(codes(judged(source([upper, ...others])))).toEqual([]);
    // Its name at the gateway is another one, and that is all.
    expect(codes(judged(source([dualStack, ...others])))).toEqual(["GatewayRouteDiffers"]);
  });

  it("name a route that leads to no node, with a grace", () => {
    const { findings, isEqual, isSettled } = judged({ nodes: nodes.slice(0, 2), managedCluster: managedCluster(2) });
    expect(findings).toMatchObject([{ code: "RouteWithoutNode", subject: node(0, 2).name, graceSeconds: 600 }]);
    expect([isEqual, isSettled]).toEqual([false, false]);
  });

  it("do not take nodes that could not be read for none", () => {
    const { nodes: _, ...blind } = clusterOf("aks0", 0, nodes);
    const judgement = judgeRoutes({ ...orderlyWorld(3), clusters: [blind] }, { nowEpochMs });
    expect(codes(judgement)).toEqual(["NodesUnknown"]);
    expect(judgement.isEqual).toBe(false);
  });

  it("let a stopped cluster be: it has routes and no machines", () => {
    const stopped = managedCluster(3, { powerState: { code: "Stopped" } });
    expect(judged({ nodes: [], managedCluster: stopped })).toMatchObject({
      findings: [],
      isEqual: true,
      isSettled: true,
    });
  });

  it("say that the gateway differs until it is written", () => {
    const table = { gatewayTable: gatewayTable(atGateway.slice(1)) };
    const judgement = judged({}, table);
    expect(judgement.findings).toMatchObject([{ code: "GatewayRouteDiffers", cluster: "aks0", subject: "gw-rt" }]);
    expect(judgement.findings[0]?.sentence).toBe(
      "gw-rt does not follow aks0: 1 route to add: 10.100.0.0/24 → 10.0.5.4.",
    );
    expect(judgement.isEqual).toBe(false);
    expect(codes(judged({}, { gatewayTable: gatewayTable(judgement.routes ?? []) }))).toEqual([]);
  });

  it("name a foreign route on a prefix of ours, unless it leads the right way", () => {
    const rest = atGateway.slice(1);
    const wrong = judged(
      {},
      { gatewayTable: gatewayTable([armRoute("by-hand", "10.100.0.0/24", "10.0.5.99"), ...rest]) },
    );
    expect(wrong.findings).toMatchObject([{ code: "RouteBlocked", cluster: "aks0", subject: "by-hand" }]);
    expect(wrong).not.toHaveProperty("routes");
    expect(wrong.isEqual).toBe(false);
    const right = judged(
      {},
      { gatewayTable: gatewayTable([armRoute("by-hand", "10.100.0.0/24", "10.0.5.4"), ...rest]) },
    );
    expect(right).toMatchObject({ findings: [], isEqual: true });
  });

  it("keep what is there when a cluster's own table is gone", () => {
    const judgement = judged({ sourceTable: { id: tableId("aks0-rt") } });
    expect(judgement.findings).toMatchObject([{ code: "SourceTableGone", subject: "aks0-rt" }]);
    expect(judgement).not.toHaveProperty("routes");
    expect(judgement.isEqual).toBe(false);
  });

  it("name a cluster that is gone without a ticket", () => {
    const { managedCluster: _, nodes: __, ...gone } = clusterOf("aks0", 0, []);
    const clusters = [{ ...gone, ...source(inTable) }];
    const judgement = judgeRoutes({ ...orderlyWorld(3), clusters }, { nowEpochMs });
    expect(judgement).toMatchObject({ findings: [{ code: "ClusterGone" }], isEqual: false });
    expect(judgement).not.toHaveProperty("routes");
  });

  it("take out the routes of a cluster that is gone with its machines, whatever is left in its table, without a brake", () => {
    const { managedCluster: _, ...gone } = clusterOf("aks0", 0, []);
    const clusters = [{ ...gone, ...source(inTable) }];
    const judgement = judgeRoutes({ ...orderlyWorld(3), clusters }, { nowEpochMs });
    expect(judgement).toMatchObject({
      routes: [],
      findings: [{ code: "ClusterGone" }, { code: "GatewayRouteDiffers" }],
    });
    expect(judgement).not.toHaveProperty("brake");
  });

  it("name the gateway's table when it is gone or on no subnet, and only where a cluster needs it", () => {
    const gone = judged({}, { gatewayTable: { id: tableId("gw-rt") } });
    expect(gone.findings).toMatchObject([{ code: "GatewayTableGone", subject: "gw-rt" }]);
    expect(gone).not.toHaveProperty("routes");
    const detached = judged({}, { gatewayTable: { id: tableId("gw-rt"), body: armTable(atGateway) } });
    expect(detached.findings).toMatchObject([{ code: "GatewayTableDetached" }]);
    expect([gone.isEqual, detached.isEqual]).toEqual([false, false]);
    const nobody = { ...orderlyWorld(), gatewayTable: { id: tableId("gw-rt") } };
    expect(judgeRoutes(nobody, { nowEpochMs })).toMatchObject({ findings: [], isEqual: true });
  });

  it("empty what a cluster leaves behind that has left kubenet, without asking", () => {
    const left = judged({ managedCluster: managedCluster(3, overlay), ...source([]) });
    expect(left).toMatchObject({
      routes: [],
      findings: [{ code: "ClusterLeftKubenet" }, { code: "GatewayRouteDiffers" }],
    });
    expect(left).not.toHaveProperty("brake");
    const after = judged(
      { managedCluster: managedCluster(3, overlay), ...source([]) },
      { gatewayTable: gatewayTable([]) },
    );
    expect(after).toMatchObject({ isEqual: true, isSettled: true });
  });

  it("follow AKS while it takes a cluster off kubenet", () => {
    const leaving = managedCluster(3, { ...overlay, provisioningState: "Updating" });
    const judgement = judged({ managedCluster: leaving, ...source(inTable.slice(0, 1)) });
    expect(judgement.routes).toEqual(atGateway.slice(0, 1));
    expect(judgement).not.toHaveProperty("brake");
    expect(judgement.isSettled).toBe(false);
  });

  it("are bounded: many of one kind are counted", () => {
    const many = Array.from({ length: 60 }, (_, index) => node(0, index));
    const judgement = judged({ nodes: many, ...source([]) }, { gatewayTable: gatewayTable([]) });
    expect(judgement.findings).toHaveLength(FINDINGS_OF_A_KIND_MAX);
    expect(judgement.findings.at(-1)).toMatchObject({ subject: "others", sentence: "41 more like this in aks0." });
  });
});

describe("isSettled", () => {
  it.each([
    ["the cluster is being changed", managedCluster(3, { provisioningState: "Updating" })],
    ["a pool is being changed", managedCluster(3, { agentPoolProfiles: [{ count: 3, provisioningState: "Scaling" }] })],
    ["machines are still to come", managedCluster(4)],
    ["machines are still to go", managedCluster(2)],
  ])("is not while %s", (_name, cluster) => {
    expect(judged({ managedCluster: cluster })).toMatchObject({ isEqual: true, isSettled: false });
  });

  it("does not count machines of stopped pools", () => {
    const pools = [
      { count: 3, provisioningState: "Succeeded" },
      { count: 2, provisioningState: "Succeeded", powerState: { code: "Stopped" } },
    ];
    expect(judged({ managedCluster: managedCluster(0, { agentPoolProfiles: pools }) }).isSettled).toBe(true);
  });

  it("is not while a machine is being made", () => {
    const made = [...nodes.slice(0, 2), node(0, 2, { provisioningState: "Creating" })];
    expect(judged({ nodes: made }).isSettled).toBe(false);
  });
});
