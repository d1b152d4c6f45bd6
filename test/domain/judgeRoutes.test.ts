import { describe, expect, it } from "vitest";
import { gatewayRouteName, ownerOf } from "../../src/domain/gatewayRouteName.ts";
import { nameOf, nextHopOf, type PodRoute, podRoutes, prefixOf, routesOf } from "../../src/domain/gatewayRoutes.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { judgeRoutes, type RouteJudgement } from "../../src/domain/judgeRoutes.ts";
import type { ClusterTruths, RouteTruths } from "../../src/domain/routeTruths.ts";
import { nowEpochMs, randomWorld, shuffledWorld, written } from "./routeWorld.ts";
import { SeededRandom } from "./seededRandom.ts";

const SEEDS = 600;
const cases = Array.from({ length: SEEDS }, (_, index) => {
  const truths = randomWorld(index + 1);
  const judgement = judgeRoutes(truths, { nowEpochMs });
  const confirmed = judgement.brake?.digest;
  /** The same with everything confirmed. */
  const whole = confirmed === undefined ? judgement : judgeRoutes(truths, { nowEpochMs, confirmed });
  return { seed: `seed ${index + 1}`, truths, judgement, whole };
});

describe("judgeRoutes", () => {
  it("meets every kind of world", () => {
    const codes = cases.flatMap(({ judgement }) => judgement.findings.map(({ code }) => code));
    const reasons = cases.map(({ judgement }) => judgement.brake?.reason ?? "open");
    const counts = Object.fromEntries(
      [...Map.groupBy([...codes, ...reasons], String)].map(([key, all]) => [key, all.length]),
    );
    for (const kind of [
      "open",
      "mostRoutes",
      "lastRouteOfNode",
      "NodeWithoutRoute",
      "RouteWithoutNode",
      "NodesUnknown",
      "GatewayRouteDiffers",
      "RouteBlocked",
      "SourceTableGone",
      "ClusterGone",
      "ClusterLeftKubenet",
    ])
      expect(counts[kind] ?? 0, kind).toBeGreaterThan(10);
  });

  it("has nothing to write once what it said is written", () => {
    for (const { seed, truths, judgement } of cases) {
      const again = judgeRoutes(written(truths, judgement.routes), { nowEpochMs });
      expect(again.routes, seed).toBeUndefined();
      expect(again.brake?.digest, seed).toBe(judgement.brake?.digest);
      const lasting = judgement.findings.filter(({ code }) => code !== "GatewayRouteDiffers" && code !== "Braked");
      expect(
        again.findings.filter(({ code }) => code !== "Braked"),
        seed,
      ).toEqual(lasting);
    }
  });

  it("makes the table equal, held changes once they are confirmed", () => {
    for (const { seed, truths, judgement, whole } of cases) {
      expect(whole.brake, seed).toBeUndefined();
      expect(whole.released, seed).toBe(judgement.brake?.digest);
      const routes = whole.routes ?? routesOf(truths.gatewayTable.body ?? {});
      expect(judgedRoutes(truths, routes).map(inOneLine).sort(), seed).toEqual(target(truths).map(wantedLine).sort());
    }
  });

  it("writes nothing that Azure refuses, and never a default route", () => {
    for (const { seed, truths, whole } of cases) {
      const routes = judgedRoutes(truths, whole.routes ?? []);
      const names = routes.map((route) => nameOf(route).toLowerCase());
      const prefixes = routes.map(prefixOf);
      expect(new Set(names).size, seed).toBe(names.length);
      expect(new Set(prefixes).size, seed).toBe(prefixes.length);
      expect(Math.max(0, ...names.map(({ length }) => length)), seed).toBeLessThanOrEqual(80);
      const own = routes.filter((route) => !routesOf(truths.gatewayTable.body ?? {}).includes(route));
      expect(own.map(prefixOf), seed).not.toContain("0.0.0.0/0");
    }
  });

  it("leaves foreign routes, and those of clusters that it cannot judge, byte by byte as they are", () => {
    for (const { seed, truths, judgement } of cases) {
      const before = routesOf(truths.gatewayTable.body ?? {});
      const own = new Set(judgedRoutes(truths, before));
      const after = new Set(judgement.routes ?? before);
      expect(
        before.filter((route) => !own.has(route) && !after.has(route)),
        seed,
      ).toEqual([]);
    }
  });

  it("says the same whatever the order of what was read", () => {
    const sorted = ({ routes, findings, ...rest }: RouteJudgement): string =>
      JSON.stringify([rest, findings.map(({ sentence }) => sentence).sort(), routes?.map(inOneLine).sort()]);
    for (const [index, { seed, truths, judgement }] of cases.entries()) {
      const shuffled = judgeRoutes(shuffledWorld(truths, new SeededRandom(index)), { nowEpochMs });
      expect(sorted(shuffled), seed).toBe(sorted(judgement));
    }
  });

  it("brakes exactly when most routes, or the last one of a living node, would be lost", () => {
    for (const { seed, truths, judgement } of cases) {
      expect(judgement.brake !== undefined, seed).toBe(isDangerous(truths));
    }
  });

  it("never takes the last route of a living node away unconfirmed", () => {
    for (const { seed, truths, judgement } of cases) {
      const before = routesOf(truths.gatewayTable.body ?? {});
      const after = judgement.routes ?? before;
      for (const { node, lost } of reachedNodes(truths, after)) expect(lost, `${seed} ${node}`).toBe(false);
    }
  });
});

/** Clusters whose own table says what is right. */
function judged(truths: RouteTruths): readonly ClusterTruths[] {
  return truths.clusters.filter((cluster) => cluster.sourceTable.body !== undefined || isLeft(cluster));
}

/** It has left kubenet, or is gone with all its machines. */
function isLeft({ managedCluster, nodes }: ClusterTruths): boolean {
  if (managedCluster === undefined) return nodes?.length === 0;
  return !JSON.stringify(managedCluster).includes('"kubenet"');
}

function judgedRoutes(truths: RouteTruths, routes: readonly JsonObject[]): readonly JsonObject[] {
  const names = judged(truths).map(({ cluster }) => cluster);
  return routes.filter((route) => ownerOf(names, nameOf(route)) !== undefined);
}

/** The routes that the judged clusters are to have: of one name the first, none on a prefix that somebody else's route has. */
function target(truths: RouteTruths): readonly PodRoute[] {
  const before = routesOf(truths.gatewayTable.body ?? {});
  const own = new Set(judgedRoutes(truths, before));
  const taken = new Set(before.filter((route) => !own.has(route)).map(prefixOf));
  const names = new Set<string>();
  return judged(truths)
    .filter((cluster) => !isLeft(cluster))
    .flatMap(({ cluster, place, sourceTable }) =>
      podRoutes(routesOf(sourceTable.body ?? {}), place).map((route) => ({
        ...route,
        name: gatewayRouteName(cluster, route.name).toLowerCase(),
      })),
    )
    .sort((left, right) => (`${left.name} ${left.addressPrefix}` < `${right.name} ${right.addressPrefix}` ? -1 : 1))
    .filter(({ name, addressPrefix }) => {
      const isFree = !taken.has(addressPrefix) && !names.has(name);
      if (isFree) names.add(name);
      return isFree;
    });
}

/** The definition, once more and by hand: what would be lost of the routes whose nodes are not known to be gone. */
function isDangerous(truths: RouteTruths): boolean {
  const before = routesOf(truths.gatewayTable.body ?? {});
  const own = new Set(judgedRoutes(truths, before));
  const wanted = target(truths).map(({ name, ...properties }) => ({ name, properties }));
  const after: readonly JsonObject[] = [...before.filter((route) => !own.has(route)), ...wanted];
  const served = new Set(after.map(prefixOf));
  const counted = [...own].filter((route) => {
    const cluster = judged(truths).find((each) => ownerOf([each.cluster], nameOf(route)) !== undefined);
    if (cluster === undefined || isLeft(cluster)) return false;
    if (cluster.nodes === undefined) return true;
    const staying = cluster.nodes.filter(({ provisioningState }) => provisioningState !== "Deleting");
    const isNamed = staying.some(
      ({ name }) => gatewayRouteName(cluster.cluster, name).toLowerCase() === nameOf(route).toLowerCase(),
    );
    const isReachedOtherwise = after.some((other) => nextHopOf(other) === nextHopOf(route));
    return isNamed || (staying.some(({ address }) => address === nextHopOf(route)) && !isReachedOtherwise);
  });
  const lost = counted.filter(
    (route) =>
      !served.has(prefixOf(route)) &&
      !after.some((other) => nameOf(other).toLowerCase() === nameOf(route).toLowerCase()) &&
      !after.some((other) => nextHopOf(other) === nextHopOf(route)),
  );
  if (lost.length > counted.length / 2) return true;
  return reachedNodes(truths, after).some((each) => each.lost);
}

/** Living nodes that the gateway reaches, and whether nothing of that is left afterwards. */
function reachedNodes(truths: RouteTruths, after: readonly JsonObject[]) {
  const before = routesOf(truths.gatewayTable.body ?? {});
  return judged(truths)
    .filter((cluster) => !isLeft(cluster))
    .flatMap(({ cluster, nodes = [] }) =>
      nodes
        .filter(({ provisioningState }) => provisioningState !== "Deleting")
        .flatMap(({ name, address }) => {
          const own = before.filter(
            (route) =>
              nameOf(route).toLowerCase() === gatewayRouteName(cluster, name).toLowerCase() &&
              nextHopOf(route) === address,
          );
          const isReached = after.some((route) => nextHopOf(route) === address);
          const lost = !isReached && own.some((route) => !after.map(prefixOf).includes(prefixOf(route)));
          return own.length === 0 ? [] : [{ node: name, lost }];
        }),
    );
}

function inOneLine(route: JsonObject): string {
  return [nameOf(route).toLowerCase(), prefixOf(route), nextHopOf(route)].join(" ");
}

function wantedLine({ name, addressPrefix, nextHopIpAddress }: PodRoute): string {
  return [name, addressPrefix, nextHopIpAddress].join(" ");
}
