/** How the log is found, read and put to machines: with an ARM and a workspace that say what they are told to. */
import { describe, expect, it } from "vitest";
import { findEgressLog, readEgressLog } from "../../src/activities/readEgressLog.ts";
import { readEgressSources } from "../../src/activities/readEgressSources.ts";
import { type ArmAnswer, NoAnswerError } from "../../src/azure/armClient.ts";
import type { LogAnswer } from "../../src/azure/logsClient.ts";
import type { EgressScope } from "../../src/domain/egressScope.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { TOTALS_MAX } from "../../src/resources/deniedEgressQuery.ts";
import { firewallDiagnostics } from "../../src/resources/diagnosticSetting.ts";
import { atMinute, context, flow } from "../domain/deniedEgress/egressWorld.ts";
import { seedSpec } from "../domain/seedSpec.ts";

const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers";
const scope: EgressScope = {
  environment: "shop",
  location: "westeurope",
  spec: seedSpec(),
  firewallId: `${SUBSCRIPTION}/Microsoft.Network/azureFirewalls/fw`,
  workspaceId: `${SUBSCRIPTION}/Microsoft.OperationalInsights/workspaces/logs`,
  customerId: "remembered",
  diagnosticSettingId: "setting",
  clusters: context.clusters.map(({ name, networkPlugin, nodePrefix }) => ({
    ...{ name, networkPlugin, nodePrefix },
    clusterId: name,
    nodeGroupId: `${SUBSCRIPTION}/nodes-of-${name}`,
  })),
  switches: context.switches,
  isBuilt: true,
  isLeaving: false,
};

function answered(status: number, body: JsonObject = {}): ArmAnswer {
  const none = { etag: undefined, operationUrl: undefined, location: undefined, correlationId: undefined };
  return { status, body, retryAfterSeconds: undefined, ...none };
}

const workspace = answered(200, { properties: { customerId: "c0ffee" } });
const setting = answered(200, firewallDiagnostics.desired(seedSpec(), {}));
const find = (of: ArmAnswer, way: ArmAnswer, parts: Partial<EgressScope> = {}) =>
  findEgressLog({ get: async (id) => (id === scope.workspaceId ? of : way) }, { ...scope, ...parts });

describe("findEgressLog", () => {
  it("finds the workspace, and what is otherwise about the way there", async () => {
    const look = { firewall: "fw", workspace: "logs" };
    const found = { kind: "found", customerId: "c0ffee" };
    expect(await find(workspace, setting)).toEqual({ ...found, look: { ...look, diagnosticSetting: [] } });
    expect(await find(workspace, answered(404))).toEqual({ ...found, look: { ...look, diagnosticSetting: "missing" } });
    // What may not be read, or not now, is not missing.
    for (const status of [403, 429, 503]) expect(await find(workspace, answered(status))).toEqual({ ...found, look });
  });

  it("goes on with the id that it remembers when ARM does not answer about the workspace", async () => {
    expect(await find(answered(503), setting)).toMatchObject({ kind: "found", customerId: "remembered" });
    const { customerId: _, ...unknown } = scope;
    expect(
      await findEgressLog({ get: async (id) => (id === scope.workspaceId ? answered(503) : setting) }, unknown),
    ).toMatchObject({ kind: "failed", failureKind: "other" });
  });

  it("calls nothing gone that is not made yet", async () => {
    expect(await find(answered(404), setting)).toMatchObject({ kind: "failed", failureKind: "workspaceGone" });
    expect(await find(answered(404), setting, { isBuilt: false })).toBe("notYet");
    expect(await find(workspace, answered(404), { isBuilt: false })).toBe("notYet");
  });
});

describe("readEgressLog", () => {
  const read = (answer: LogAnswer) =>
    readEgressLog({ query: async () => answer }, scope, { from: atMinute(0), to: atMinute(30) }, "c0ffee");
  const failure = (status: number) => ({ status, code: "x", message: "x", advice: "x" });

  it("reads fewer totals than an answer can have, and takes as many for too much", async () => {
    const columns = ["Part", "Slice", "Kind", "Prefix", "Count", "DestinationCount", "LogTime"];
    const totals = (count: number): LogAnswer => ({
      kind: "rows",
      columns,
      rows: [
        ["clock", null, null, null, null, null, atMinute(40)],
        ...Array.from({ length: count }, () => ["total", atMinute(1), "network", "10.0.5.0/24", 1, 1, null]),
      ],
    });
    expect(await read(totals(TOTALS_MAX - 1))).toMatchObject({ kind: "read" });
    expect(await read(totals(TOTALS_MAX))).toMatchObject({ kind: "failed", failureKind: "tooMuch" });
  });

  it("tells apart what the log does not answer for, and how long it wants to be left alone", async () => {
    const kinds = await Promise.all(
      (
        [
          { kind: "tooMuch", failure: failure(504) },
          { kind: "busy", failure: failure(429), retryAfterSeconds: 90 },
          { kind: "refused", failure: failure(404) },
          { kind: "refused", failure: failure(403) },
          { kind: "refused", failure: failure(400) },
          { kind: "busy", failure: failure(503) },
        ] as const
      ).map(read),
    );
    expect(kinds.map((each) => (each.kind === "failed" ? [each.failureKind, each.retryAfterSeconds] : []))).toEqual([
      ["tooMuch", undefined],
      ["throttled", 90],
      ["workspaceGone", undefined],
      ["refused", undefined],
      ["other", undefined],
      ["other", undefined],
    ]);
  });
});

describe("readEgressSources", () => {
  const from = (minute: number, flows = [flow(minute + 1)]) => {
    const asked: string[] = [];
    const arm = {
      get: async (id: string): Promise<ArmAnswer> => {
        asked.push(id);
        throw new NoAnswerError(`GET ${id}: socket hang up`);
      },
    };
    const window = {
      sequence: 1,
      from: atMinute(minute),
      to: atMinute(minute + 5),
      overlapFrom: atMinute(0),
      isCut: false,
    };
    const question = { scope, flows, window, known: context.nodes, at: atMinute(minute + 7) };
    const logs = { query: async () => Promise.reject(new Error("Nobody asks for pods.")) };
    return readEgressSources({ arm, logs }, question).then((sources) => ({ sources, asked: asked.length > 0 }));
  };

  it("looks at machines when one is unknown, and once in half an hour", async () => {
    expect((await from(10)).asked).toBe(false);
    expect((await from(25)).asked).toBe(true);
    expect((await from(10, [flow(11, { sourceAddress: "10.0.5.99" })])).asked).toBe(true);
    expect((await from(25, [])).asked).toBe(false);
  });

  it("goes on with what it knows when they cannot be looked at", async () => {
    const { sources } = await from(25);
    expect(sources).toEqual({
      nodes: context.nodes,
      looks: [{ cluster: "secureaks1" }, { cluster: "secureaks2" }],
      pods: [],
    });
  });
});
