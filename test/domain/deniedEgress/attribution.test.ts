import { describe, expect, it } from "vitest";
import {
  attribution,
  clusterOfPrefix,
  snatInWords,
  sourceInWords,
} from "../../../src/domain/deniedEgress/attribution.ts";
import {
  GONE_NODES_HOURS,
  GONE_NODES_MAX,
  type KnownNode,
  nodeAt,
  rememberNodes,
} from "../../../src/domain/deniedEgress/nodeDirectory.ts";
import { atMinute, clusterNodes, context } from "./egressWorld.ts";
import { WatchRun } from "./watchRun.ts";

const node = (address: string, name: string, createdAt?: string) => ({
  address,
  node: name,
  pool: "nodepool1",
  ...(createdAt === undefined ? {} : { createdAt }),
});

describe("rememberNodes and nodeAt", () => {
  it("tell which node had an address at a time, also after it went and another got its address", () => {
    let nodes: readonly KnownNode[] = rememberNodes(
      [],
      [{ cluster: "a", nodes: [node("10.0.5.4", "old", atMinute(0))] }],
      atMinute(10),
    );
    nodes = rememberNodes(nodes, [{ cluster: "a", nodes: [node("10.0.5.4", "new", atMinute(18))] }], atMinute(20));
    expect([5, 17, 18, 19, 25].map((minute) => nodeAt(nodes, "10.0.5.4", atMinute(minute))?.node)).toEqual([
      "old",
      "old",
      "new",
      "new",
      "new",
    ]);
    // A row of before comes late, when the other has gone, too.
    const gone = rememberNodes(nodes, [{ cluster: "a", nodes: [] }], atMinute(30));
    expect([17, 19, 25, 29, 30].map((minute) => nodeAt(gone, "10.0.5.4", atMinute(minute))?.node)).toEqual([
      "old",
      "new",
      "new",
      "new",
      undefined,
    ]);
    expect(nodeAt(nodes, "10.0.5.4", atMinute(-1))).toBeUndefined();
    expect(nodeAt(nodes, "10.0.5.9", atMinute(25))).toBeUndefined();
  });

  it("do not take nodes that could not be read for gone, and those of a cluster that is gone for gone", () => {
    const nodes = rememberNodes([], [{ cluster: "a", nodes: [node("10.0.5.4", "n")] }], atMinute(0));
    expect(rememberNodes(nodes, [{ cluster: "a" }], atMinute(5))).toEqual(nodes);
    expect(rememberNodes(nodes, [], atMinute(5))).toEqual([{ ...nodes[0], goneAt: atMinute(5) }]);
  });

  it("are what the watch knows the nodes by, those that went among them", () => {
    const run = new WatchRun();
    run.pass(5);
    run.nodes = clusterNodes.map(({ cluster, nodes = [] }) => ({ cluster, nodes: nodes.slice(1) }));
    run.pass(10);
    expect(run.state.nodes.filter(({ goneAt }) => goneAt === atMinute(10)).map(({ address }) => address)).toEqual([
      "10.0.5.4",
      "10.0.6.4",
    ]);
    expect(run.state.nodes).toHaveLength(3);
  });

  it("forget what went two days ago, and more than so many", () => {
    const gone = rememberNodes(
      rememberNodes([], [{ cluster: "a", nodes: [node("10.0.5.4", "n")] }], atMinute(0)),
      [],
      atMinute(5),
    );
    expect(rememberNodes(gone, [], atMinute(5 + 60 * GONE_NODES_HOURS))).toEqual([]);
    expect(rememberNodes(gone, [], atMinute(4 + 60 * GONE_NODES_HOURS))).toEqual(gone);
    const many = Array.from({ length: GONE_NODES_MAX + 50 }, (_, index) =>
      node(`10.${index % 200}.0.${index % 7}`, `n${index}`),
    );
    expect(
      rememberNodes(rememberNodes([], [{ cluster: "a", nodes: many }], atMinute(0)), [], atMinute(5)),
    ).toHaveLength(GONE_NODES_MAX);
  });

  it("keep those that went last", () => {
    const [first, second] = [0, 1].map((net) =>
      Array.from({ length: 300 }, (_, index) => node(`10.${net}.${index % 7}.${index % 200}`, `n${net}-${index}`)),
    );
    let nodes = rememberNodes([], [{ cluster: "a", nodes: [...(first ?? []), ...(second ?? [])] }], atMinute(0));
    nodes = rememberNodes(nodes, [{ cluster: "a", nodes: second ?? [] }], atMinute(5));
    nodes = rememberNodes(nodes, [{ cluster: "a", nodes: [] }], atMinute(10));
    expect(nodes.filter(({ goneAt }) => goneAt === atMinute(10))).toHaveLength(300);
    expect(nodes).toHaveLength(GONE_NODES_MAX);
  });

  it("forget what went of a cluster that cannot be read any more", () => {
    let nodes = rememberNodes([], [{ cluster: "a", nodes: [node("10.0.5.4", "n")] }], atMinute(0));
    nodes = rememberNodes(nodes, [{ cluster: "a", nodes: [] }], atMinute(5));
    expect(rememberNodes(nodes, [{ cluster: "a" }], atMinute(5 + 60 * GONE_NODES_HOURS))).toEqual([]);
  });

  it("know a node whatever the case in which its name is written", () => {
    const nodes = rememberNodes([], [{ cluster: "a", nodes: [node("10.0.5.4", "aks-vmss00000A")] }], atMinute(0));
    const again = rememberNodes(nodes, [{ cluster: "A", nodes: [node("10.0.5.4", "AKS-vmss00000a")] }], atMinute(5));
    expect(again).toHaveLength(1);
  });

  it("take the one that came last, of two that fit", () => {
    const [old, young] = [atMinute(0), atMinute(10)].map((createdAt) => ({
      ...node("10.0.5.4", createdAt, createdAt),
      cluster: "a",
    }));
    if (old === undefined || young === undefined) throw new Error("There are two.");
    for (const nodes of [
      [old, young],
      [young, old],
    ])
      expect(nodeAt(nodes, "10.0.5.4", atMinute(12))).toEqual(young);
  });
});

describe("attribution", () => {
  const pod = {
    address: "10.0.6.20",
    namespace: "shop",
    name: "cart-1",
    workload: "cart",
    firstAt: atMinute(10),
    lastAt: atMinute(20),
  };

  it("names node, pool and cluster, and says how the hidden pod is found", () => {
    const source = attribution(context)("10.0.5.4", atMinute(1));
    expect(source).toEqual({
      address: "10.0.5.4",
      cluster: "secureaks1",
      pool: "nodepool1",
      node: "aks-nodepool1-vmss000000",
      hiddenBySnat: true,
    });
    expect(sourceInWords(source)).toBe("node aks-nodepool1-vmss000000 of pool nodepool1 (10.0.5.4)");
    const [kubenet, azure] = context.clusters;
    expect(snatInWords(source, kubenet)).toContain("With kubenet the log can never name it.");
    expect(snatInWords(source, azure)).toContain("nonMasqueradeCIDRs");
    expect(snatInWords({ ...source, hiddenBySnat: false }, kubenet)).toBe("");
  });

  it("names the pod where its own address is seen, at the time at which it had it, and only when it is one", () => {
    const tell = attribution({ ...context, pods: [pod] });
    expect(tell("10.0.6.20", atMinute(21))).toMatchObject({
      cluster: "secureaks2",
      pod: { namespace: "shop", name: "cart-1", workload: "cart" },
      hiddenBySnat: false,
    });
    expect(sourceInWords(tell("10.0.6.20", atMinute(15)))).toBe("pod shop/cart-1 of cart (10.0.6.20)");
    // The inventory is written once a minute: what it has not seen yet, or not any more, may be there.
    expect([7.9, 8, 22, 22.1].map((minute) => tell("10.0.6.20", atMinute(minute)).pod?.name)).toEqual([
      undefined,
      "cart-1",
      "cart-1",
      undefined,
    ]);
    const two = attribution({ ...context, pods: [pod, { ...pod, name: "cart-2" }] });
    expect(two("10.0.6.20", atMinute(15)).pod).toBeUndefined();
    const alike = attribution({ ...context, pods: [pod, { ...pod, namespace: "test" }] });
    expect(alike("10.0.6.20", atMinute(15)).pod).toBeUndefined();
    const onHost = attribution({ ...context, pods: [{ ...pod, address: "10.0.6.4" }] });
    expect(onHost("10.0.6.4", atMinute(15))).toMatchObject({ node: "aks-nodepool2-vmss000000", hiddenBySnat: true });
    expect(onHost("10.0.6.4", atMinute(15))).not.toHaveProperty("pod");
  });

  it("says what is not known", () => {
    const tell = attribution(context);
    expect(sourceInWords(tell("10.0.5.77", atMinute(1)))).toBe(
      "10.0.5.77, which is in the subnet of secureaks1 and was no known node's",
    );
    expect(sourceInWords(tell("10.0.9.1", atMinute(1)))).toBe("10.0.9.1, which is in no cluster's subnet");
    expect(clusterOfPrefix("10.0.6.0/24", context.clusters)?.name).toBe("secureaks2");
    // A cluster that went had had the subnet in which another is now.
    const [now, before] = ["10.0.6.0/25", "10.0.6.0/24"].map((nodePrefix) => ({
      name: nodePrefix,
      networkPlugin: "kubenet" as const,
      nodePrefix,
    }));
    if (now === undefined || before === undefined) throw new Error("There are two.");
    expect(clusterOfPrefix("10.0.6.0/24", [now, before])).toBe(before);
    expect([clusterOfPrefix("", context.clusters), clusterOfPrefix("other", context.clusters)]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
