import { describe, expect, it } from "vitest";
import { parseDeniedFlows } from "../../src/contracts/deniedFlowRow.ts";

const columns = [
  "Part",
  "Slice",
  "Kind",
  "Firewall",
  "SourceIp",
  "Prefix",
  "Target",
  "Port",
  "Protocol",
  "Reason",
  "Rule",
  "Count",
  "FirstAt",
  "LastAt",
  "DestinationCount",
  "TableName",
  "NewestAt",
  "RowCount",
  "LagSeconds",
  "LogTime",
];

type Cells = Readonly<Record<string, unknown>>;
const line = (cells: Cells): readonly unknown[] => columns.map((column) => cells[column] ?? null);

const flow: Cells = {
  Part: "flow",
  Slice: "2026-11-02T08:05:00Z",
  Kind: "application",
  Firewall: "/subscriptions/s/…/fw",
  SourceIp: "10.0.5.4",
  Prefix: "10.0.5.0/24",
  Target: "quay.io",
  Port: 443,
  Protocol: "HTTPS",
  Reason: "default",
  Rule: "",
  Count: 3,
  FirstAt: "2026-11-02T08:01:02.1234567Z",
  LastAt: "2026-11-02T08:02:00Z",
};
const total: Cells = {
  Part: "total",
  Slice: "2026-11-02T08:05:00Z",
  Kind: "application",
  Prefix: "10.0.5.0/24",
  Count: 3,
  DestinationCount: 1,
};
const tables: readonly Cells[] = [
  { Part: "table", TableName: "AZFWNetworkRule", NewestAt: "2026-11-02T08:04:00Z", RowCount: 3, LagSeconds: 300 },
  { Part: "table", TableName: "AZFWApplicationRule", NewestAt: "2026-11-02T08:05:00Z", RowCount: 1, LagSeconds: 500 },
  { Part: "table", TableName: "AZFWThreatIntel", NewestAt: null, RowCount: 0, LagSeconds: 0 },
];
const clock: Cells = { Part: "clock", LogTime: "2026-11-02T08:10:00Z" };

const parsed = (...cells: readonly Cells[]) => parseDeniedFlows(columns, cells.map(line));

describe("parseDeniedFlows", () => {
  it("reads flows, totals, tables and the log's clock", () => {
    const result = parsed(flow, total, ...tables, clock);
    expect(result).toEqual({
      ok: true,
      read: {
        lagSeconds: 200,
        reading: {
          flows: [
            {
              slice: "2026-11-02T08:05:00.000Z",
              kind: "application",
              firewallId: "/subscriptions/s/…/fw",
              sourceAddress: "10.0.5.4",
              destination: { kind: "fqdn", name: "quay.io" },
              port: 443,
              protocol: "HTTPS",
              reason: "default",
              rule: "",
              count: 3,
              firstAt: "2026-11-02T08:01:02.123Z",
              lastAt: "2026-11-02T08:02:00.000Z",
            },
          ],
          totals: [
            {
              slice: "2026-11-02T08:05:00.000Z",
              kind: "application",
              sourcePrefix: "10.0.5.0/24",
              count: 3,
              destinationCount: 1,
            },
          ],
          tables: ["AZFWApplicationRule", "AZFWNetworkRule", "AZFWThreatIntel"],
          newestRowAt: "2026-11-02T08:05:00.000Z",
          logTime: "2026-11-02T08:10:00.000Z",
        },
      },
    });
  });

  it("tells names, addresses and what has no name apart, and ports that are none", () => {
    const seen = parsed(
      { ...flow, Target: "20.1.2.3", Kind: "network", Port: -1, Protocol: "ICMP" },
      { ...flow, Target: "", Reason: "sniMissing" },
      clock,
    );
    expect(seen.ok && seen.read.reading.flows.map(({ destination, port }) => [destination, port])).toEqual([
      [{ kind: "address", name: "20.1.2.3" }, undefined],
      [{ kind: "unknown", name: "" }, 443],
    ]);
  });

  it.each([
    ["a source that is no address", { SourceIp: "ten" }, "Row 2 of 3: SourceIp: must be an IPv4 address."],
    ["a count that is missing", { Count: null }, "Row 2 of 3: Count: "],
    ["half a connection", { Count: 1.5 }, "Row 2 of 3: Count: "],
    ["a reason that nobody knows", { Reason: "why" }, "Row 2 of 3: Reason: "],
    ["an instant that is none", { FirstAt: "yesterday" }, "Row 2 of 3: FirstAt: "],
    ["a part that nobody asked for", { Part: "other" }, "Row 2 of 3: Part: "],
  ])("names the row with %s, and takes none", (_, cells, mistake) => {
    const result = parsed(flow, { ...flow, ...cells }, clock);
    expect(result.ok ? "" : result.mistake).toContain(mistake);
  });

  it("does not take an answer without the log's clock: it is not the answer to the question", () => {
    expect(parsed(flow)).toEqual({ ok: false, mistake: "The answer has no row that tells the log's time." });
  });
});
