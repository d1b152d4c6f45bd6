import { describe, expect, it } from "vitest";
import type { LogReading } from "../../src/domain/deniedEgress/deniedFlow.ts";
import { FLOWS_MAX } from "../../src/resources/deniedEgressQuery.ts";
import { SeededRandom } from "../domain/seededRandom.ts";
import { askLog, askRows, FIREWALL, type LoggedRow } from "../harness/tableLog.ts";

const at = "2026-11-02T08:01:02.000Z";
const ingestedAt = "2026-11-02T08:05:30.000Z";

function row(table: string, cells: LoggedRow["cells"], times: Partial<LoggedRow> = {}): LoggedRow {
  return { table, at, ingestedAt, cells, ...times };
}

const web = { Action: "Deny", SourceIp: "10.0.5.4", SourcePort: 40_000, DestinationPort: 443, Protocol: "HTTPS" };
const refusedName = (fqdn: string, cells: LoggedRow["cells"] = {}, times: Partial<LoggedRow> = {}): LoggedRow =>
  row(
    "AZFWApplicationRule",
    { ...web, Fqdn: fqdn, ActionReason: "No rule matched. Proceeding with default action.", ...cells },
    times,
  );
const legacy = (msg: string, cells: LoggedRow["cells"] = {}, times: Partial<LoggedRow> = {}): LoggedRow =>
  row(
    "AzureDiagnostics",
    {
      ResourceType: "AZUREFIREWALLS",
      Category: "AzureFirewallApplicationRule",
      OperationName: "AzureFirewallApplicationRuleLog",
      msg_s: msg,
      ...cells,
    },
    times,
  );
const legacyNetwork = {
  Category: "AzureFirewallNetworkRule",
  OperationName: "AzureFirewallNetworkRuleLog",
} as const;

const inWords = ({ flows }: LogReading): readonly string[] =>
  flows
    .map(
      ({ kind, sourceAddress, destination, port, protocol, reason, rule, count }) =>
        `${kind} ${sourceAddress} → ${destination.kind}:${destination.name}:${port ?? "-"} ${protocol} ${reason} [${rule}] ×${count}`,
    )
    .sort();

describe("the question about denied egress, asked of the tables of the firewall's own", () => {
  it("tells network, application and threat apart, and why each was refused", () => {
    const network = { Action: "Deny", SourceIp: "10.0.6.9", SourcePort: 5, DestinationIp: "9.9.9.9" };
    const reading = askRows([
      refusedName("Quay.IO"),
      refusedName("blocked.example", { Rule: "no", RuleCollection: "mine", ActionReason: "" }),
      refusedName("", { ActionReason: "SNI TLS extension was missing." }),
      refusedName("", { TargetUrl: "plain.example/a?b", Protocol: "HTTP ", DestinationPort: 80 }),
      refusedName("20.1.2.3", { Protocol: "HTTP", DestinationPort: 80 }),
      row("AZFWNetworkRule", {
        ...network,
        DestinationPort: 53,
        Protocol: "UDP",
        ActionReason: "Default Action",
      }),
      row("AZFWNetworkRule", { ...network, DestinationPort: 0, SourcePort: 0, Protocol: "ICMP Type=8" }),
      row("AZFWNetworkRule", { ...network, DestinationPort: 25, Protocol: "TCP", Rule: "noMail", RuleCollection: "c" }),
      row("AZFWThreatIntel", {
        ...web,
        Fqdn: "evil.example",
        DestinationIp: "6.6.6.6",
        ThreatDescription: "Bot network",
      }),
      // Not refused, not of our subnets, not of our firewall.
      refusedName("mcr.microsoft.com", { Action: "Allow" }),
      row("AZFWThreatIntel", { ...web, Action: "Alert", Fqdn: "odd.example" }),
      refusedName("else.example", { SourceIp: "10.9.5.4" }),
      refusedName("else.example", { SourceIp: "not an address" }),
      refusedName("other.example", { _ResourceId: `${FIREWALL}2` }),
    ]);
    expect(inWords(reading)).toEqual([
      "application 10.0.5.4 → address:20.1.2.3:80 HTTP default [] ×1",
      "application 10.0.5.4 → fqdn:blocked.example:443 HTTPS rule [mine/no] ×1",
      "application 10.0.5.4 → fqdn:plain.example:80 HTTP default [] ×1",
      "application 10.0.5.4 → fqdn:quay.io:443 HTTPS default [] ×1",
      "application 10.0.5.4 → unknown::443 HTTPS sniMissing [] ×1",
      "network 10.0.6.9 → address:9.9.9.9:- ICMP default [] ×1",
      "network 10.0.6.9 → address:9.9.9.9:25 TCP rule [c/noMail] ×1",
      "network 10.0.6.9 → address:9.9.9.9:53 UDP default [] ×1",
      "threat 10.0.5.4 → fqdn:evil.example:443 HTTPS threatIntelligence [Bot network] ×1",
    ]);
    expect(reading).toMatchObject({
      tables: ["AZFWApplicationRule", "AZFWNetworkRule", "AZFWThreatIntel"],
      newestRowAt: at,
      logTime: "2026-11-02T09:00:00.000Z",
    });
  });

  it("does not tell of what the environment itself tries in order to be refused", () => {
    const rows = [refusedName("www.example.com"), refusedName("www.example.com", { DestinationPort: 80 })];
    const reading = askRows(rows, { ignored: { name: "www.example.com", port: 443 } });
    expect(inWords(reading)).toEqual(["application 10.0.5.4 → fqdn:www.example.com:80 HTTPS default [] ×1"]);
    expect(reading.totals).toMatchObject([{ count: 1 }]);
  });

  it("answers from a workspace that has no such table yet", () => {
    expect(askRows([])).toEqual({ flows: [], totals: [], tables: [], logTime: "2026-11-02T09:00:00.000Z" });
  });
});

describe("the same question, asked of the legacy table", () => {
  it("understands every shape of its sentences", () => {
    const from = "10.0.5.4:55611";
    const reading = askRows([
      legacy("TCP request from 10.0.5.4:1234 to 1.2.3.4:22. Action: Deny.", legacyNetwork),
      legacy("ICMP Type=8 request from 10.0.5.4 to 1.2.3.4. Action: Deny.. ", legacyNetwork),
      legacy(
        "UDP request from 10.0.5.4:5353 to 9.9.9.9:53. Action: Deny.. Policy: p. Rule Collection Group: g. Rule Collection: c. Rule: r",
        legacyNetwork,
      ),
      legacy(
        `HTTPS request from ${from} to www.example.com:443. Action: Deny. No rule matched. Proceeding with default action`,
      ),
      legacy(
        `HTTP  request from ${from} to example.com:80. Url: example.com/a. Action: Deny. No rule matched. Proceeding with default action`,
      ),
      legacy(
        `HTTPS request from ${from} to by.rule:8443. Action: Deny. Rule Collection: aksfwar. Rule: fq.dn. Web Category: News`,
      ),
      legacy(`HTTPS request from ${from}. Action: Deny. Reason: SNI TLS extension was missing.`),
      legacy(
        `HTTPS request from 10.0.5.5:1. was denied. Reason: SNI TLS extension was missing.`.replace("1. was", "1 was"),
      ),
      legacy(`HTTP request from ${from} to evil.example:80. Action: Deny. ThreatIntel: Bot Networks`, {
        ...legacyNetwork,
        OperationName: "AzureFirewallThreatIntelLog",
      }),
      // Not refused, and not the firewall's.
      legacy("UDP request from 10.0.5.4:5353 to 9.9.9.9:53. Action: Allow.. Policy: p", legacyNetwork),
      legacy("TCP request from 10.0.5.4:1024 to 2.2.2.2:80 was DNAT'ed to 10.0.4.4:80", legacyNetwork),
      legacy("DNS Request: 10.0.5.4:7943 - 8951 AAAA IN name. udp 58 false 512 NOERROR qr,rd,ra 135 0.0049s"),
      legacy("TCP request from 10.0.5.4:1234 to 1.2.3.4:22. Action: Deny.", { ResourceType: "VAULTS" }),
    ]);
    expect(inWords(reading)).toEqual([
      "application 10.0.5.4 → fqdn:by.rule:8443 HTTPS rule [aksfwar/fq.dn] ×1",
      "application 10.0.5.4 → fqdn:example.com:80 HTTP default [] ×1",
      "application 10.0.5.4 → fqdn:www.example.com:443 HTTPS default [] ×1",
      "application 10.0.5.4 → unknown::- HTTPS sniMissing [] ×1",
      "application 10.0.5.5 → unknown::- HTTPS sniMissing [] ×1",
      "network 10.0.5.4 → address:1.2.3.4:- ICMP default [] ×1",
      "network 10.0.5.4 → address:1.2.3.4:22 TCP default [] ×1",
      "network 10.0.5.4 → address:9.9.9.9:53 UDP rule [c/r] ×1",
      "threat 10.0.5.4 → fqdn:evil.example:80 HTTP threatIntelligence [Bot Networks] ×1",
    ]);
  });

  /** As public parsers and issues quote them: github.com/Azure/Azure-Sentinel, github.com/MicrosoftDocs/azure-docs. */
  it.each<readonly [string, string]>([
    [
      "TCP request from 10.1.1.4:1234 to 1.2.3.4:443. Action: Deny.",
      "network 10.1.1.4 → address:1.2.3.4:443 TCP default []",
    ],
    [
      "ICMP Type=8 request from 10.1.1.4 to 1.2.3.4. Action: Deny.. ",
      "network 10.1.1.4 → address:1.2.3.4:- ICMP default []",
    ],
    [
      "UDP request from 10.1.1.4:5353 to 9.9.9.9:53. Action: Allow.. Policy: p. Rule Collection Group: g. Rule Collection: c. Rule: r",
      "",
    ],
    [
      "UDP request from 10.1.1.4:5353 to 9.9.9.9:53. Action: Deny.. Policy: p. Rule Collection Group: g. Rule Collection: c. Rule: r",
      "network 10.1.1.4 → address:9.9.9.9:53 UDP rule [c/r]",
    ],
    [
      "HTTPS request from 10.13.1.4:55611 to www.example.com:443. Action: Deny. No rule matched. Proceeding with default action",
      "application 10.13.1.4 → fqdn:www.example.com:443 HTTPS default []",
    ],
    [
      "HTTP  request from 10.13.1.4:55611 to example.com:80. Url: example.com/a. Action: Deny. No rule matched. Proceeding with default action",
      "application 10.13.1.4 → fqdn:example.com:80 HTTP default []",
    ],
    ["HTTPS request from 10.13.1.4:55611 to host:443. Action: Allow. Rule Collection: aksfwar. Rule: fqdn", ""],
    [
      "HTTPS request from 10.13.1.4:55611 to host:443. Action: Deny. Policy: p.q. Rule Collection Group: g. Rule Collection: c. Rule: r. Web Category: News",
      "application 10.13.1.4 → fqdn:host:443 HTTPS rule [c/r]",
    ],
    [
      "HTTPS request from 10.13.1.4:55611. Action: Deny. Reason: SNI TLS extension was missing.",
      "application 10.13.1.4 → unknown::- HTTPS sniMissing []",
    ],
    [
      "HTTPS request from 10.13.1.4:55611 was denied. Reason: SNI TLS extension was missing.",
      "application 10.13.1.4 → unknown::- HTTPS sniMissing []",
    ],
    ["TCP request from 1.1.1.1:1024 to 2.2.2.2:80 was DNAT'ed to 10.0.4.4:80", ""],
    ["DNS Request: 10.12.3.5:7943 - 8951 AAAA IN name. udp 58 false 512 NOERROR qr,rd,ra 135 0.0049s", ""],
    [
      "TCP request from 10.1.1.4:1234 to 6.6.6.6:443. Action: Deny. ThreatIntel: Bot Networks",
      "threat 10.1.1.4 → address:6.6.6.6:443 TCP threatIntelligence [Bot Networks]",
    ],
    ["TCP request from 10.1.1.4:1234 to 6.6.6.6:443. Action: Alert. ThreatIntel: Bot Networks", ""],
    ["HTTPS request from [fd00::5]:55611 to www.example.com:443. Action: Deny. No rule matched.", ""],
  ])("reads the sentence: %s", (sentence, told) => {
    const kind = /^(HTTPS?|MSSQL) /.test(sentence) ? {} : legacyNetwork;
    const rows = askRows([legacy(sentence, kind)], { sourcePrefixes: ["10.0.0.0/8"] });
    expect(inWords(rows)).toEqual(told === "" ? [] : [`${told} ×1`]);
  });

  it("takes nothing that stands in a URL for what the firewall says", () => {
    const request = (url: string, end: string): LoggedRow =>
      legacy(`HTTP  request from 10.0.5.4:55611 to shop.example:80. Url: shop.example/${url}. Action: ${end}`);
    const refused = "Deny. No rule matched. Proceeding with default action";
    const allowed = "Allow. Rule Collection: c. Rule: r";
    const reading = (url: string, end: string): readonly string[] => inWords(askRows([request(url, end)]));
    for (const url of [
      "a?ThreatIntel: Bot Networks",
      "a. Action: Allow. Rule Collection: mine. Rule: all",
      "a?SNI TLS extension was missing. Reason: none",
      "a was denied to 9.9.9.9:53",
    ]) {
      expect(reading(url, refused), url).toEqual(["application 10.0.5.4 → fqdn:shop.example:80 HTTP default [] ×1"]);
      expect(reading(url, allowed), url).toEqual([]);
    }
    expect(reading("a. Action: Deny", allowed)).toEqual([]);
  });

  it("is not stopped by a port that there cannot be", () => {
    for (const port of [65_536, 99_999, 4_294_967_297])
      expect(
        inWords(
          askRows([legacy(`HTTP request from 10.0.5.4:5 to odd.example:${port}. Action: Deny. No rule matched.`)]),
        ),
        String(port),
      ).toEqual(["application 10.0.5.4 → fqdn:odd.example:- HTTP default [] ×1"]);
  });

  it("counts a connection once that both schemas tell of, whichever row comes first", () => {
    const sentence =
      "HTTPS request from 10.0.5.4:40000 to quay.io:443. Action: Deny. No rule matched. Proceeding with default action";
    const nameless = "HTTPS request from 10.0.5.4:40000. Action: Deny. Reason: SNI TLS extension was missing.";
    const early = { ingestedAt: "2026-11-02T08:02:30.000Z" };
    const count = (...rows: readonly LoggedRow[]): readonly (readonly [string, number])[] =>
      askRows(rows).flows.map(({ slice, count: hits }) => [slice.slice(11, 16), hits] as const);
    expect(count(refusedName("quay.io"), legacy(sentence))).toEqual([["08:05", 1]]);
    expect(count(refusedName("quay.io", {}, early), legacy(sentence))).toEqual([["08:02", 1]]);
    expect(count(refusedName("quay.io"), legacy(sentence, {}, early))).toEqual([["08:02", 1]]);
    expect(
      count(
        refusedName("", { ActionReason: "SNI TLS extension was missing." }),
        legacy(nameless, {}, { at: "2026-11-02T08:01:02.700Z" }),
      ),
    ).toEqual([["08:05", 1]]);
    expect(
      count(
        row("AZFWNetworkRule", {
          ...{ Action: "Deny", SourceIp: "10.0.5.4", SourcePort: 0, Protocol: "ICMP Type=8" },
          ...{ DestinationIp: "1.2.3.4", DestinationPort: 0, ActionReason: "Default Action" },
        }),
        legacy("ICMP Type=8 request from 10.0.5.4 to 1.2.3.4. Action: Deny.. ", legacyNetwork),
      ),
    ).toEqual([["08:05", 1]]);
    // Another second, port or target is another connection.
    expect(count(refusedName("quay.io"), legacy(sentence, {}, { at: "2026-11-02T08:01:03.000Z" }))).toEqual([
      ["08:05", 2],
    ]);
    expect(count(refusedName("quay.io"), legacy(sentence.replace("40000", "40001")))).toEqual([["08:05", 2]]);
  });
});

describe("the window of the question", () => {
  it("is half-open in time of ingestion, and does not mind when a connection was refused", () => {
    const times = (text: string): Partial<LoggedRow> => ({ ingestedAt: `2026-11-02T${text}Z` });
    const reading = askRows([
      refusedName("before.example", {}, times("07:59:59.999")),
      refusedName("first.example", {}, times("08:00:00.000")),
      refusedName("last.example", {}, times("08:29:59.999")),
      refusedName("after.example", {}, times("08:30:00.000")),
      refusedName("late.example", {}, { at: "2026-10-31T09:00:00.000Z" }),
    ]);
    expect(reading.flows.map(({ destination }) => destination.name).sort()).toEqual([
      "first.example",
      "last.example",
      "late.example",
    ]);
  });

  it("counts a row once that comes again, in the minute in which it came first, an hour later too", () => {
    const again = (minute: string): LoggedRow =>
      refusedName("quay.io", {}, { ingestedAt: `2026-11-02T${minute}:10.000Z` });
    expect(askRows([again("08:07"), again("08:03"), again("08:03"), again("08:29")]).flows).toMatchObject([
      { slice: "2026-11-02T08:03:00.000Z", count: 1 },
    ]);
    expect(askRows([again("07:05"), again("08:03")]).flows).toEqual([]);
  });

  it("knows a row that comes again days later, in either schema, as long as it has its own time", () => {
    const refused = { at: "2026-10-31T09:00:00.200Z" };
    const early = refusedName("quay.io", {}, { ...refused, ingestedAt: "2026-10-31T09:04:00.000Z" });
    const sentence =
      "HTTPS request from 10.0.5.4:40000 to quay.io:443. Action: Deny. No rule matched. Proceeding with default action";
    expect(askRows([refusedName("quay.io", {}, refused)]).flows).toHaveLength(1);
    expect(askRows([early, refusedName("quay.io", {}, refused)]).flows).toEqual([]);
    expect(askRows([early, legacy(sentence, {}, { at: "2026-10-31T09:00:00.900Z" })]).flows).toEqual([]);
    expect(askRows([early, refusedName("other.example", {}, refused)]).flows).toHaveLength(1);
  });
});

describe("the answer", () => {
  it("says how late the rows of the window came, allowed ones too, and not those before", () => {
    const rows = [
      refusedName("early.example", {}, { at: "2026-11-02T05:00:00.000Z", ingestedAt: "2026-11-02T07:59:00.000Z" }),
      refusedName("quay.io", {}, { at: "2026-11-02T08:00:00.000Z", ingestedAt: "2026-11-02T08:02:00.000Z" }),
      refusedName("mcr.example", { Action: "Allow" }, { at, ingestedAt: "2026-11-02T08:07:02.000Z" }),
    ];
    expect(askLog(rows).lagSeconds).toBe(240);
    expect(askLog(rows.slice(0, 1)).lagSeconds).toBeUndefined();
  });

  it("has at most so many flows, the most frequent ones and before them what AKS needs, and the totals of all", () => {
    const rows = Array.from({ length: FLOWS_MAX + 500 }, (_, index) => [
      refusedName(`d${index}.example`, { SourcePort: 1 }),
      ...(index < 10 ? [refusedName(`d${index}.example`, { SourcePort: 2 })] : []),
    ]).flat();
    const needed = [
      refusedName("zz.data.mcr.microsoft.com", { SourceIp: "10.0.6.4" }),
      refusedName("zz.microsoft.com", { SourceIp: "10.0.6.4" }),
    ];
    const reading = askRows([...rows, ...needed], { needed: ["zz.microsoft.com", ".data.mcr.microsoft.com"] });
    expect(reading.flows).toHaveLength(FLOWS_MAX);
    expect(reading.flows.filter(({ sourceAddress }) => sourceAddress === "10.0.6.4")).toHaveLength(2);
    expect(reading.flows.filter(({ count }) => count === 2)).toHaveLength(10);
    expect(reading.totals).toEqual([
      {
        slice: "2026-11-02T08:05:00.000Z",
        kind: "application",
        sourcePrefix: "10.0.5.0/24",
        count: FLOWS_MAX + 510,
        destinationCount: FLOWS_MAX + 500,
      },
      {
        slice: "2026-11-02T08:05:00.000Z",
        kind: "application",
        sourcePrefix: "10.0.6.0/24",
        count: 2,
        destinationCount: 2,
      },
    ]);
  });

  it("is the same whatever the order of the rows, and its totals are the rows there are (seeds 1 to 20)", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new SeededRandom(seed);
      const rows = Array.from({ length: 60 }, (_, index) =>
        refusedName(
          `d${random.below(8)}.example`,
          { SourcePort: index, SourceIp: random.below(2) === 0 ? "10.0.5.4" : "10.0.6.4" },
          { ingestedAt: new Date(Date.parse(ingestedAt) + random.below(600_000)).toISOString() },
        ),
      );
      const twice = rows.filter(() => random.below(3) === 0);
      const reading = askRows([...rows, ...twice]);
      expect(askRows([...twice, ...rows].reverse()), `seed ${seed}`).toEqual(reading);
      expect(
        reading.flows.reduce((sum, { count }) => sum + count, 0),
        `seed ${seed}`,
      ).toBe(rows.length);
      expect(
        reading.totals.reduce((sum, { count }) => sum + count, 0),
        `seed ${seed}`,
      ).toBe(rows.length);
    }
  });
});
