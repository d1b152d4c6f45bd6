import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LogLab, startLogLab } from "./logLab.ts";

const DAY_MS = 86_400_000;

let lab: LogLab;
beforeAll(async () => {
  lab = await startLogLab();
});
afterAll(() => lab.stop());
afterEach(() => lab.azure.setFaults([], {}));

/** Writes that many rows now and returns them as they are kept. */
function written(count: number, port: number) {
  for (let index = 0; index < count; index++)
    lab.azure.world.log(lab.workspaceId, "AZFWNetworkRule", { SourcePort: index, DestinationPort: port });
  return lab.azure.logRows(lab.workspaceId, "AZFWNetworkRule").filter(({ row }) => row.DestinationPort === port);
}

describe("the ingestion of rows", () => {
  it("takes 30 s to 20 min, five minutes for half of them, and keeps no order", () => {
    const delays = written(1_000, 1).map(({ ingestedAtEpochMs }) => (ingestedAtEpochMs - lab.clock.now()) / 1000);
    const sorted = [...delays].sort((left, right) => left - right);
    expect(sorted[0]).toBeGreaterThanOrEqual(30);
    expect(sorted.at(-1)).toBeLessThanOrEqual(1200);
    expect(sorted[500]).toBeGreaterThan(250);
    expect(sorted[500]).toBeLessThan(350);
    expect(delays).not.toEqual(sorted);
  });

  it("loses, doubles and delays rows by share, and stamps anew what is older than two days", () => {
    lab.azure.setFaults([], { logLost: 0.2 });
    expect(written(500, 2).length).toBeGreaterThan(350);
    expect(written(0, 2).length).toBeLessThan(450);
    lab.azure.setFaults([], { logDuplicated: 1 });
    const doubled = written(10, 3);
    expect(doubled).toHaveLength(20);
    expect(new Set(doubled.map(({ row }) => JSON.stringify(row))).size).toBe(10);
    lab.azure.setFaults([], { logLate: 1 });
    const now = lab.clock.now();
    const ages = written(500, 4).map(({ row, ingestedAtEpochMs }) => ({
      late: ingestedAtEpochMs - now,
      age: ingestedAtEpochMs - Date.parse(String(row.TimeGenerated)),
    }));
    expect(ages.every(({ late }) => late > 1_200_000 && late < 2.6 * DAY_MS)).toBe(true);
    expect(ages.some(({ late }) => late > 2 * DAY_MS)).toBe(true);
    expect(ages.every(({ late, age }) => age === (late > 2 * DAY_MS ? 0 : late))).toBe(true);
  });

  it("suffers one row by script", () => {
    const answer = { status: 500, code: "x", message: "x" };
    lab.azure.setFaults([{ match: { path: "/log-hub$" }, when: "log.lost", answer, after: 1 }]);
    expect(written(3, 5).map(({ row }) => row.SourcePort)).toEqual([0, 2]);
  });

  it("takes rows from outside, names every mistake in them, and then takes none", async () => {
    const send = (body: object[] | object) =>
      lab.send("POST", `/_local/log?workspace=${lab.workspaceId}&table=AzureDiagnostics`, {
        apiVersion: "",
        body: JSON.stringify(body),
      });
    const message = "ICMP Type=8 request from 10.1.1.4 to 1.2.3.4. Action: Deny.. ";
    const good = { row: { ResourceType: "AZUREFIREWALLS", msg_s: message }, ingestedAt: "2026-11-04T12:00:00Z" };
    expect((await send([good])).body).toEqual({ added: 1 });
    const bad = [good, { row: { Nonsense: 1, DurationMs: "x" }, ingestedAt: "soon" }];
    expect((await send(bad)).body.error).toBe(
      "/1/ingestedAt: is no datetime; /1/row/Nonsense: the table has no such column; /1/row/DurationMs: is no long.",
    );
    const many = { columns: { msg_s: ["a", "b"] }, ingestedAtEpochMs: [lab.clock.now(), lab.clock.now()] };
    expect((await send(many)).body).toEqual({ added: 2 });
    expect((await send({ ...many, columns: { msg_s: ["a"] } })).body.error).toContain("1 values for 2 rows");
    expect(await lab.ask("AzureDiagnostics | where msg_s has 'Action: Deny' | project msg_s")).toEqual([
      { msg_s: message },
    ]);
  });
});
