import { describe, expect, it } from "vitest";
import { judgeRoutes } from "../../src/domain/judgeRoutes.ts";
import { findingKey } from "../../src/domain/routeFinding.ts";
import { ignoredReasons } from "../../src/domain/routeHint.ts";
import {
  begin,
  confirm,
  countEvent,
  displace,
  emptyRouteSync,
  end,
  freshnessSeconds,
  PASSES_KEPT,
  type PassReport,
  type RouteSyncState,
  record,
} from "../../src/domain/routeSyncState.ts";
import { clusterOf, gatewayTable, node, nowEpochMs, orderlyWorld, randomWorld, routesTo } from "./routeWorld.ts";
import { SeededRandom } from "./seededRandom.ts";

const at = (seconds: number): string => new Date(nowEpochMs + seconds * 1000).toISOString();

function report(seconds: number, more: Partial<PassReport> = {}): PassReport {
  const finishedAt = at(seconds);
  return {
    instanceId: "routes.shop.1",
    reason: "sweep",
    startedAt: finishedAt,
    finishedAt,
    reads: 3,
    writes: 0,
    ...more,
  };
}

const equal = judgeRoutes(orderlyWorld(3), { nowEpochMs });

/** A world whose only cluster has lost all its own routes. */
function emptied() {
  const truths = orderlyWorld(3);
  const bare = truths.clusters.map((each) => ({
    ...each,
    sourceTable: { ...each.sourceTable, body: { properties: { routes: [] } } },
  }));
  return { ...truths, clusters: bare };
}

describe("begin, end and displace", () => {
  it("let one instance work at a time, and lose no hint", () => {
    const seeds = Array.from({ length: 500 }, (_, index) => index + 1);
    for (const seed of seeds) {
      const random = new SeededRandom(seed);
      let state = emptyRouteSync;
      let unseen = 0;
      let working: string | undefined;
      for (let step = 0; step < 60; step++) {
        if (working !== undefined && random.below(3) === 0) {
          // What the look saw is what was there when it began; then the instance tries to end.
          const [next, { again }] = end(state, { instanceId: working });
          state = next;
          if (!again) working = undefined;
          if (again) unseen = 0;
          else expect(unseen, `seed ${seed}`).toBe(0);
        } else {
          const instanceId = `i${step}`;
          const [next, answer] = begin(state, { instanceId, at: at(step) });
          state = next;
          if (answer.kind === "go") {
            expect(working, `seed ${seed}`).toBeUndefined();
            working = instanceId;
            unseen = 0;
          } else {
            expect(answer.with, `seed ${seed}`).toBe(working);
            unseen++;
          }
        }
      }
    }
  });

  it("give the same answer when asked again, and nothing to an instance that does not work", () => {
    const [first, go] = begin(emptyRouteSync, { instanceId: "a", at: at(0) });
    expect(begin(first, { instanceId: "a", at: at(9) })).toEqual([first, go]);
    expect(end(first, { instanceId: "b" })).toEqual([first, { again: false }]);
    expect(end(first, { instanceId: "a" })[0]).toEqual(emptyRouteSync);
  });

  it("take the turn from the dead, once, and from nobody else", () => {
    const [held] = begin(emptyRouteSync, { instanceId: "dead", at: at(0) });
    const [first, go] = displace(held, { instanceId: "a", dead: "dead", at: at(1) });
    expect(go).toEqual({ kind: "go" });
    const [second, busy] = displace(first, { instanceId: "b", dead: "dead", at: at(2) });
    expect(busy).toEqual({ kind: "busy", with: "a" });
    expect(end(second, { instanceId: "dead" })).toEqual([second, { again: false }]);
    expect(end(second, { instanceId: "a" })[1]).toEqual({ again: true, kind: "go" });
  });
});

describe("record", () => {
  it("keeps the last passes, sums what they cost, and knows when all was equal", () => {
    let state = emptyRouteSync;
    for (let pass = 0; pass < 15; pass++) {
      const isLast = pass === 14;
      [state] = record(state, report(pass, { writes: 1, ...(isLast ? {} : { verdict: equal }) }));
    }
    expect(state.passes).toHaveLength(PASSES_KEPT);
    expect(state.passes[0]).toMatchObject({ finishedAt: at(14), isEqual: false });
    expect(state.counters).toMatchObject({ passCount: 15, readCount: 45, writeCount: 15, failedPassCount: 0 });
    expect(state.lastEqualAt).toBe(at(13));
    expect(freshnessSeconds(state, nowEpochMs + 20_000)).toBe(7);
    expect(freshnessSeconds(emptyRouteSync, nowEpochMs)).toBeUndefined();
  });

  it("is not made younger by a pass that ends before the one before it", () => {
    const verdict = judgeRoutes(emptied(), { nowEpochMs });
    const [first] = record(emptyRouteSync, report(100, { verdict: { ...verdict, isEqual: true } }));
    const [second, changes] = record(first, report(40, { verdict: { ...verdict, isEqual: true } }));
    expect(second).toMatchObject({ lastEqualAt: at(100), held: { since: at(100) } });
    expect(second.findings.map(({ since }) => since)).toEqual(first.findings.map(() => at(40)));
    expect(changes).toEqual({ opened: [], closed: [] });
    const [third] = record(second, report(200, { verdict }));
    expect(third.held?.since).toBe(at(100));
  });

  it("leaves what is known as it is when a pass could not look", () => {
    const broken = judgeRoutes(emptied(), { nowEpochMs });
    const [state] = record(emptyRouteSync, report(0, { verdict: broken }));
    const failure = { code: "AuthorizationFailed", message: "No.", advice: "Grant it." };
    const [after, changes] = record(state, report(60, { failure }));
    expect(after).toMatchObject({ findings: state.findings, held: state.held });
    expect(after.counters.failedPassCount).toBe(1);
    expect(changes).toEqual({ opened: [], closed: [] });
  });

  it("keeps the time at which a finding was first seen, opens and closes each once", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new SeededRandom(seed);
      const verdicts = [seed, seed + 2].map((each) => judgeRoutes(randomWorld(each), { nowEpochMs }));
      let state: RouteSyncState = emptyRouteSync;
      const open = new Set<string>();
      for (let pass = 0; pass < 8; pass++) {
        const before = state;
        // Clocks of two machines differ: a pass may end before the one before it.
        const seconds = pass * 300 - random.below(2) * 301;
        const verdict = verdicts[random.below(2)];
        const [next, { opened, closed }] = record(state, report(seconds, verdict === undefined ? {} : { verdict }));
        state = next;
        for (const finding of state.findings) {
          const earlier = before.findings.find((each) => findingKey(each) === findingKey(finding));
          if (earlier !== undefined) expect(finding.since <= earlier.since, `seed ${seed}`).toBe(true);
          expect(finding.since <= at(seconds), `seed ${seed}`).toBe(true);
        }
        for (const finding of closed) expect(open.delete(findingKey(finding)), `seed ${seed}`).toBe(true);
        for (const finding of opened) {
          expect(open.has(findingKey(finding)), `seed ${seed}`).toBe(false);
          open.add(findingKey(finding));
        }
        const standing = state.findings.filter(({ isOpen }) => isOpen).map(findingKey);
        expect([...open].sort(), `seed ${seed}`).toEqual(standing.sort());
      }
    }
  });

  it("opens what Azure itself passes through only when it lasts", () => {
    const [cluster] = orderlyWorld(2).clusters;
    if (cluster?.nodes === undefined) throw new Error("The world has a cluster.");
    const truths = { ...orderlyWorld(2), clusters: [{ ...cluster, nodes: cluster.nodes.slice(0, 1) }] };
    const verdict = judgeRoutes(truths, { nowEpochMs });
    expect(verdict.findings).toMatchObject([{ code: "RouteWithoutNode" }]);
    const [young, none] = record(emptyRouteSync, report(0, { verdict }));
    expect([young.findings[0]?.isOpen, none.opened]).toEqual([false, []]);
    const [stillYoung] = record(young, report(599, { verdict }));
    const [old, { opened }] = record(stillYoung, report(600, { verdict }));
    expect([stillYoung.findings[0]?.isOpen, old.findings[0]?.isOpen, opened.length]).toEqual([false, true, 1]);
    expect(opened[0]?.since).toBe(at(0));
    // What is open stays so, whatever a clock says.
    const [back, changes] = record(old, report(-60, { verdict }));
    expect([back.findings[0]?.isOpen, changes.closed]).toEqual([true, []]);
  });

  it("stays small in the worst of worlds", () => {
    const sizes = [200, 190, 100, 100];
    const clusters = sizes.map((size, index) => {
      const nodes = Array.from({ length: size }, (_, each) => node(index, each));
      return {
        ...clusterOf(`aks${index}`, index, nodes),
        sourceTable: { id: "/rt", body: { properties: { routes: [] } } },
      };
    });
    const gateway = clusters.flatMap(({ nodes, cluster }, index) => routesTo(nodes, index, cluster));
    const verdict = judgeRoutes(
      { ...orderlyWorld(), gatewayTable: gatewayTable(gateway.slice(0, 390)), clusters },
      { nowEpochMs },
    );
    let state = emptyRouteSync;
    for (let pass = 0; pass < 30; pass++) [state] = record(state, report(pass, { verdict }));
    // Azure Storage takes 64 KB in a column; larger states go to blobs, which is slow.
    expect(JSON.stringify(state).length).toBeLessThan(64 * 1024);
  });
});

describe("confirm", () => {
  const held = judgeRoutes(emptied(), { nowEpochMs });
  const digest = held.brake?.digest ?? "";
  const [braked] = record(emptyRouteSync, report(0, { verdict: held }));

  it("lets exactly the held change through", () => {
    expect(braked.held).toMatchObject({ digest, since: at(0), lostCount: 3, ownCount: 3 });
    expect(confirm(emptyRouteSync, { digest, at: at(1) })).toEqual([emptyRouteSync, { kind: "refused" }]);
    expect(confirm(braked, { digest: "other", at: at(1) })).toEqual([braked, { kind: "refused", held: digest }]);
    const [confirmed, answer] = confirm(braked, { digest, at: at(1) });
    expect(answer).toEqual({ kind: "confirmed" });
    expect(begin(confirmed, { instanceId: "a", at: at(2) })[1]).toEqual({ kind: "go", confirmed: digest });
    const released = judgeRoutes(emptied(), { nowEpochMs, confirmed: digest });
    expect(released).toMatchObject({ released: digest, routes: [] });
  });

  it("is spent by the write, kept while the write fails, and dropped when the change is another", () => {
    const [confirmed] = confirm(braked, { digest, at: at(1) });
    const { brake: _, ...released } = { ...held, released: digest };
    expect(record(confirmed, report(2, { verdict: released }))[0]).toMatchObject({
      confirmed: { digest },
      held: { digest },
    });
    expect(record(confirmed, report(2))[0]).toMatchObject({ confirmed: { digest } });
    expect(record(confirmed, report(2, { verdict: held }))[0]).toMatchObject({ confirmed: { digest } });
    for (const more of [
      { verdict: released, released: digest },
      { released: digest },
      { verdict: equal },
      { verdict: { ...held, brake: { ...held.brake, digest: "another" } as never } },
    ])
      expect(record(confirmed, report(2, more))[0]).not.toHaveProperty("confirmed");
    expect(record(confirmed, report(2, { verdict: equal }))[0]).not.toHaveProperty("held");
  });
});

describe("countEvent", () => {
  it("counts what was followed, and what was not by its reason", () => {
    const followed = countEvent(countEvent(emptyRouteSync, {}), {});
    const state = [...ignoredReasons, ignoredReasons[0]].reduce(
      (before, ignored) => countEvent(before, { ignored }),
      followed,
    );
    expect(state.counters).toMatchObject({
      followedEventCount: 2,
      ignoredEventCounts: { otherSubscription: 2, forgedTopic: 1, unknownType: 1 },
    });
  });
});
