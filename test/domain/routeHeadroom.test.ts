import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
import { judgeRoutes, type RouteJudgement } from "../../src/domain/judgeRoutes.ts";
import { codes, inTable, judged, source } from "./judgedCluster.ts";
import { armRoute, clusterOf, gatewayTable, node, nowEpochMs, orderlyWorld } from "./routeWorld.ts";

/** Routes of somebody else's. */
const theirs = (count: number): readonly JsonObject[] =>
  Array.from({ length: count }, (_, index) =>
    armRoute(`t${index}`, `172.${16 + (index >> 8)}.0.${index & 255}/32`, "10.0.0.4"),
  );

/** A cluster with so many nodes, and what is in the gateway's table before. */
function nodesAndOthers(nodeCount: number, table: readonly JsonObject[]): RouteJudgement {
  const nodes = Array.from({ length: nodeCount }, (_, index) => node(0, index));
  const world = { ...orderlyWorld(), clusters: [clusterOf("aks0", 0, nodes)], gatewayTable: gatewayTable(table) };
  return judgeRoutes(world, { nowEpochMs });
}

describe("routeHeadroom", () => {
  it.each([
    [219, 100, 319, 79, false],
    [220, 100, 320, 80, true],
    [200, 200, 400, 100, true],
  ])(
    "with %i nodes and %i routes of others is %i routes, %i percent",
    (nodeCount, others, routeCount, percent, isLow) => {
      const judgement = nodesAndOthers(nodeCount, theirs(others));
      expect(judgement.headroom).toEqual({ table: "gw-rt", routeCount, routeCountMax: 400, usedPercent: percent });
      expect(codes(judgement).includes("HeadroomLow")).toBe(isLow);
      expect(codes(judgement)).not.toContain("TableFull");
    },
  );

  it("is used up and no more: what has no room is named, so that Azure does not refuse the rest with it", () => {
    const judgement = nodesAndOthers(205, theirs(200));
    expect(judgement.routes).toHaveLength(400);
    expect(judgement.findings.find(({ code }) => code === "TableFull")?.sentence).toContain(
      "5 nodes cannot be reached",
    );
    expect(judgement.isEqual).toBe(false);
  });

  it("goes to routes that get another name before it goes to new ones", () => {
    const old = [2, 3].map((index) => armRoute(`aks0_old-${index}`, `10.100.${index}.0/24`, `10.0.5.${4 + index}`));
    const judgement = nodesAndOthers(4, [...theirs(398), ...old]);
    expect(judgement.changes.added.map(({ addressPrefix }) => addressPrefix)).toEqual([
      "10.100.2.0/24",
      "10.100.3.0/24",
    ]);
    expect(judgement.routes).toHaveLength(400);
  });

  it("is looked at in the clusters' own tables, too", () => {
    expect(judged(source([...inTable, ...theirs(316)])).findings).toEqual([]);
    expect(judged(source([...inTable, ...theirs(317)])).findings).toMatchObject([
      { code: "HeadroomLow", cluster: "aks0", subject: "aks0-rt" },
    ]);
  });
});
