import { describe, expect, it } from "vitest";
import {
  type EnvironmentList,
  type EnvironmentStatus,
  environmentList,
  environmentStatus,
} from "../../src/contracts/environmentStatus.ts";
import { unwellInWords } from "../../src/domain/backendWatch.ts";
import { type EnvironmentState, emptyEnvironment } from "../../src/domain/environmentLock.ts";
import { remember } from "../../src/domain/environmentMemory.ts";
import { environmentSummary, environmentView } from "../../src/domain/environmentView.ts";
import { judgeRoutes } from "../../src/domain/judgeRoutes.ts";
import {
  confirm,
  countEvent,
  emptyRouteSync,
  type RouteSyncState,
  record,
  recordBackends,
} from "../../src/domain/routeSyncState.ts";
import { nowEpochMs, orderlyWorld, randomWorld } from "./routeWorld.ts";
import { seedSpec } from "./seedSpec.ts";

const at = (seconds: number): string => new Date(nowEpochMs + seconds * 1000).toISOString();

function standing(networkPlugin: "kubenet" | "azure", clusterId?: string): EnvironmentState {
  const spec = seedSpec({ name: "shop", cluster: { networkPlugin } });
  const outputs = clusterId === undefined ? {} : { clusterId };
  const built = remember(undefined, { kind: "provisioned", spec, outputs }, "RITM0010001");
  const key = { ticketNumber: "RITM0010002", attempt: 1 };
  const queue = [{ ticketNumber: "RITM0010003", attempt: 1 }];
  return { ...emptyEnvironment, holder: key, queue, ...(built === undefined ? {} : { built }) };
}

/** After a pass that wrote, and one that was held back for good reason. */
function busyState(seed: number): RouteSyncState {
  const verdict = judgeRoutes(randomWorld(seed), { nowEpochMs });
  const first = { instanceId: "routes.shop.1", reason: "event", reads: 4, writes: 1 } as const;
  const times = { hintAt: at(-20), startedAt: at(-5), finishedAt: at(0), writtenAt: at(0), healthyAt: at(25) };
  const equal = judgeRoutes(orderlyWorld(2), { nowEpochMs });
  const [after] = record(emptyRouteSync, { ...first, ...times, change: "1 route to add", verdict: equal });
  const ended = { startedAt: at(300), finishedAt: at(301), writtenAt: at(301) };
  const [braked] = record(countEvent(after, { ignored: "forgedTopic" }), {
    ...first,
    ...ended,
    reason: "sweep",
    verdict,
  });
  const unwell = { askedUntil: at(601), seen: unwellInWords(2, ["10.100.0.4 Unhealthy"]) };
  const seen = recordBackends(braked, { instanceId: first.instanceId, writtenAt: at(301), unwell });
  return confirm(seen, { digest: verdict.brake?.digest ?? "", at: at(302) })[0];
}

const facts = (environment: EnvironmentState, routes?: RouteSyncState) => ({
  environment,
  routes,
  nowEpochMs: nowEpochMs + 600_000,
});

describe("environmentView", () => {
  it("shows what stands, whose turn it is, and how fresh the routes are", () => {
    const view = environmentView(facts(standing("kubenet", "/id/of/it"), busyState(3)));
    expect(view).toMatchObject({
      name: "shop",
      lastTicket: "RITM0010001",
      runningTicket: "RITM0010002",
      waitingTickets: ["RITM0010003"],
      clusters: [{ name: "secureaks1", resourceId: "/id/of/it", state: "standing", hasTraffic: true }],
      gatewayRoutes: { isRunning: false, lastEqualAt: at(0), freshnessSeconds: 600, counters: { passCount: 2 } },
    });
    expect(view?.gatewayRoutes?.passes).toMatchObject([
      { reason: "sweep", unwell: { seen: "Not healthy, of 2 backend servers: 10.100.0.4 Unhealthy" } },
      { reason: "event", secondsToWritten: 20, secondsToHealthy: 45 },
    ]);
    // Of two writes of one instance each has its own end.
    expect(view?.gatewayRoutes?.passes[0]).not.toHaveProperty("healthyAt");
    expect(view?.gatewayRoutes?.passes[1]).not.toHaveProperty("unwell");
  });

  it("is what the contract says, no field more, in every state", () => {
    const seeds = Array.from({ length: 60 }, (_, index) => index + 1);
    const views = seeds.map((seed) => environmentView(facts(standing("kubenet"), busyState(seed))));
    expect(views.some((view) => view?.gatewayRoutes?.held?.isConfirmed === true)).toBe(true);
    expect(views.some((view) => view?.gatewayRoutes?.held === undefined)).toBe(true);
    for (const [index, view] of views.entries()) {
      const status: EnvironmentStatus = environmentStatus.parse(view);
      expect(status, `seed ${seeds[index]}`).toEqual(view);
      const environments = view === undefined ? [] : [environmentSummary(view)];
      const list: EnvironmentList = environmentList.parse({ environments });
      expect(list, `seed ${seeds[index]}`).toEqual({ environments });
    }
  });

  it("says that a cluster is being built until its id is known, or taken away", () => {
    const leaving = environmentView({ ...facts(standing("kubenet", "/id")), leaving: ["SecureAks1"] });
    expect(leaving?.clusters).toMatchObject([{ state: "leaving" }]);
    const view = environmentView(facts(standing("kubenet")));
    expect(view?.clusters).toMatchObject([{ state: "building" }]);
    expect(view?.gatewayRoutes).toMatchObject({ passes: [], findings: [] });
    expect(view?.gatewayRoutes).not.toHaveProperty("freshnessSeconds");
  });

  it("has no routes where no pod is reached by one, unless there once were some", () => {
    expect(environmentView(facts(standing("azure")))).not.toHaveProperty("gatewayRoutes");
    expect(environmentView(facts(standing("azure"), emptyRouteSync))).not.toHaveProperty("gatewayRoutes");
    expect(environmentView(facts(standing("azure"), busyState(1)))).toHaveProperty("gatewayRoutes");
  });

  it("is none of an environment that is not there", () => {
    expect(environmentView(facts(emptyEnvironment, emptyRouteSync))).toBeUndefined();
  });
});

describe("environmentSummary", () => {
  it("counts the findings that stand open", () => {
    const [oldest, ...others] = busyState(5).findings;
    if (oldest === undefined) throw new Error("Seed 5 has findings.");
    const findings = [
      { ...oldest, isOpen: true, since: at(9) },
      { ...oldest, subject: "other", isOpen: true, since: at(3) },
      ...others.map((each) => ({ ...each, isOpen: false })),
    ];
    const view = environmentView(facts(standing("kubenet"), { ...busyState(5), findings }));
    expect(view && environmentSummary(view)).toMatchObject({ openFindingCount: 2, clusters: ["secureaks1"] });
    const times = view?.gatewayRoutes?.findings.map(({ since }) => since) ?? [];
    expect(times).toEqual(times.toSorted());
  });
});
