/**
 * The question that a workspace is asked about denied connections: one, whatever tables there are.
 *
 *   rows of five kinds ─▶ of the clusters' prefixes ─▶ each connection once ─▶ without twins ─▶ by minute and kind
 *                                                                                      ├─▶ the most frequent ones
 *                                                                                      └─▶ totals of all of them
 *
 * A connection belongs to the minute in which its first row was ingested: a row that comes again is found to be known by
 * looking further back than what is counted; where its own time lies before that, as far back as it can have come. Where the legacy and the dedicated tables are both written, the row that came
 * first is counted, and its twin in the other schema is not, whichever way round they come.
 */
import {
  type Kql,
  kql,
  kqlDatetime,
  kqlJoined,
  kqlName,
  kqlNumber,
  kqlPrefix,
  kqlResourceId,
  type LogQuestion,
} from "./kql.ts";

export interface DeniedEgressQuestion {
  readonly firewallId: string;
  /** Of the sources that are ours; a source is told under the first that it is in. */
  readonly sourcePrefixes: readonly string[];
  /** Ingested from here on, this minute included, ISO 8601. */
  readonly from: string;
  /** Ingested before this minute. */
  readonly to: string;
  /** What AKS cannot do without, told before all that is more frequent: names, and ends of names that begin with a dot. */
  readonly needed: readonly string[];
  /** What is refused on purpose, and tried on purpose: the environment's own proof that it is. */
  readonly ignored?: { readonly name: string; readonly port: number };
}

/** Rows of the answer at most: what is told singly, and totals. With a row for each table it stays below 5,000. */
export const FLOWS_MAX = 4_000;
export const TOTALS_MAX = 900;

/** How long before what is counted all rows are looked at, for those that come again; further back only those of the very seconds that rows are late from. */
const KNOWN_MINUTES = 60;
/** Older rows are re-stamped when they are ingested. Source: learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns (TimeGenerated), checked 2026-11. */
const OLDEST_DAYS = 2;
/** How far the newest row of any kind is looked for. */
const NEWEST_HOURS = 24;
const DAY_MS = 24 * 3_600_000;

/** Longer names than DNS has are cut, as are rules: an attacker chooses what stands in a request. */
const TARGET_CHARACTERS = 253;
const RULE_CHARACTERS = 200;
/** In a sentence whatever was asked for may stand after the colon; what cannot be a port is none. */
const PORT_MAX = 65_535;

export function deniedEgressQuery(question: DeniedEgressQuestion): LogQuestion {
  const fromEpochMs = Date.parse(question.from);
  const knownFrom = new Date(fromEpochMs - KNOWN_MINUTES * 60_000).toISOString();
  const startTime = new Date(Date.parse(knownFrom) - OLDEST_DAYS * DAY_MS).toISOString();
  const query = kql`let oldest = ${kqlDatetime(startTime)};
let knownFrom = ${kqlDatetime(knownFrom)};
let countedFrom = ${kqlDatetime(question.from)};
let until = ${kqlDatetime(question.to)};
let firewall = ${kqlResourceId(question.firewallId)};
let rowsOf = (since: datetime, before: datetime) {
union isfuzzy=true
${kqlJoined([nothing, networkRows, applicationRows, threatRows, legacyRows], ",\n")}
| extend Target = substring(tolower(Target), 0, ${kqlNumber(TARGET_CHARACTERS)}), Rule = substring(Rule, 0, ${kqlNumber(RULE_CHARACTERS)})
| extend Protocol = toupper(extract(@"^\s*([A-Za-z0-9]+)", 1, Protocol))
| extend SourcePort = iff(Protocol == "ICMP", int(-1), coalesce(SourcePort, int(-1))), Port = iff(Protocol != "ICMP" and Port between (0 .. ${kqlNumber(PORT_MAX)}), Port, int(-1))
| extend Prefix = ${prefixOf(question.sourcePrefixes)}
| where Prefix != ""${ignoring(question.ignored)}
| extend Second = bin(TimeGenerated, 1s)
};
let recent = materialize(rowsOf(knownFrom, until));
let late = recent | where First >= countedFrom and TimeGenerated < knownFrom | distinct Second;
let connections = materialize(union recent, (rowsOf(oldest, knownFrom) | join kind=leftsemi late on Second)
| summarize First = min(First) by TimeGenerated, Second, IsLegacy, Kind, Firewall, SourceIp, SourcePort, Prefix, Target, Port, Protocol, Reason, Rule
| extend TwinPort = iff(Reason == "sniMissing", int(-1), Port));
${withoutTwins}
let flows = materialize(counted
| where First >= countedFrom
| summarize Count = count(), FirstAt = min(TimeGenerated), LastAt = max(TimeGenerated) by Slice = bin(First, 1m), Kind, Firewall, SourceIp, Prefix, Target, Port, Protocol, Reason, Rule);
union
(flows
| extend IsNeeded = ${neededCondition(question.needed)}
| sort by IsNeeded desc, Count desc, Slice asc, Kind asc, Firewall asc, SourceIp asc, Target asc, Port asc, Protocol asc, Reason asc, Rule asc
| take ${kqlNumber(FLOWS_MAX)}
| project Part = "flow", Slice, Kind, Firewall, SourceIp, Prefix, Target, Port, Protocol, Reason, Rule, Count, FirstAt, LastAt),
(flows
| summarize Count = sum(Count) by Slice, Kind, Prefix, Target
| summarize Count = sum(Count), DestinationCount = count() by Slice, Kind, Prefix
| sort by Slice asc, Kind asc, Prefix asc
| take ${kqlNumber(TOTALS_MAX)}
| project Part = "total", Slice, Kind, Prefix, Count, DestinationCount),
(union isfuzzy=true
(datatable(TableName: string, NewestAt: datetime, RowCount: long, LagSeconds: real)[]),
${kqlJoined(tableNames.map(newestOf), ",\n")}
| project Part = "table", TableName, NewestAt, RowCount, LagSeconds),
(print Part = "clock", LogTime = now())`;
  return { query, startTime, endTime: new Date(Date.parse(question.to) + DAY_MS).toISOString() };
}

/** A leg that is always there: a union of which no leg can be resolved fails, and a workspace has no table before its first row. */
const nothing = kql`(datatable(First: datetime, TimeGenerated: datetime, IsLegacy: bool, Kind: string, Firewall: string, SourceIp: string, SourcePort: int, Target: string, Port: int, Protocol: string, Reason: string, Rule: string)[])`;

/** ingestion_time() is a property of a stored row: it must be asked for before anything is made of the row. */
const ingested = kql`where TimeGenerated > oldest and _ResourceId =~ firewall
| extend First = ingestion_time()
| where First >= since and First < before`;

const projected = kql`project First, TimeGenerated, IsLegacy, Kind, Firewall = tolower(_ResourceId), SourceIp, SourcePort, Target, Port, Protocol, Reason, Rule`;

/** Rules that deny have a name; without one it was the default, or the firewall's own reason. */
const dedicatedReason = kql`extend IsLegacy = false, Rule = iff(isempty(Rule), "", strcat(RuleCollection, "/", Rule))
| extend Reason = case(ActionReason contains "SNI ", "sniMissing", Rule != "", "rule", isempty(ActionReason) or ActionReason contains "default action", "default", "other")`;

const networkRows = kql`(AZFWNetworkRule
| ${ingested}
| where Action =~ "Deny"
| ${dedicatedReason}
| extend Kind = "network", Target = DestinationIp, Port = DestinationPort
| ${projected})`;

const applicationRows = kql`(AZFWApplicationRule
| ${ingested}
| where Action =~ "Deny"
| ${dedicatedReason}
| extend Kind = "application", Target = iff(isnotempty(Fqdn), Fqdn, extract(@"^(?:[A-Za-z]+://)?([^/:?#]+)", 1, TargetUrl)), Port = DestinationPort
| ${projected})`;

const threatRows = kql`(AZFWThreatIntel
| ${ingested}
| where Action =~ "Deny"
| extend IsLegacy = false, Kind = "threat", Target = iff(isnotempty(Fqdn), Fqdn, DestinationIp), Port = DestinationPort, Reason = "threatIntelligence", Rule = ThreatDescription
| ${projected})`;

/**
 * The sentences of the legacy log. A workspace whose AzureDiagnostics has rows of other resources alone has no column msg_s.
 * A URL in a sentence is what the client sent, with words of its own choice: it is taken out before anything is understood; up to
 * the last "Action:", since what follows is the firewall's.
 * Shapes: learn.microsoft.com/azure/firewall/monitor-firewall-reference and the parsers of github.com/Azure/Azure-Sentinel, checked 2026-11.
 */
const legacyRows = kql`(AzureDiagnostics
| ${ingested}
| where ResourceType =~ "AZUREFIREWALLS"
| extend Message = column_ifexists("msg_s", "")
| where Message has "Action: Deny" or Message has "was denied"
| extend Message = replace_regex(Message, @"\. Url: .*\. Action: ", ". Action: ")
| where Message has "Action: Deny" or Message has "was denied"
| extend IsLegacy = true, Kind = case(OperationName contains "ThreatIntel" or Message contains "ThreatIntel:", "threat", Category contains "ApplicationRule" or OperationName contains "ApplicationRule", "application", "network")
| extend Protocol = extract(@"^(\w+)", 1, Message)
| extend SourceIp = extract(@"request from ([0-9a-fA-F:.]+?)(?::(\d+))?(?: to |\. | was )", 1, Message), SourcePort = toint(extract(@"request from ([0-9a-fA-F:.]+?)(?::(\d+))?(?: to |\. | was )", 2, Message))
| extend Target = extract(@" to ([^\s]+?)(?::(\d+))?(?:\. (?:Url|Action)| was )", 1, Message), Port = toint(extract(@" to ([^\s]+?)(?::(\d+))?(?:\. (?:Url|Action)| was )", 2, Message))
| extend RuleCollection = extract(@"Rule Collection: (.*?)\. Rule: ", 1, Message), Rule = extract(@"\. Rule: (.*?)(?:\. Web Category: .*)?\.*\s*$", 1, Message)
| extend Rule = case(Kind == "threat", trim(@"[\s.]+", extract(@"ThreatIntel: (.*)$", 1, Message)), isempty(Rule), "", strcat(RuleCollection, "/", Rule))
| extend Reason = case(Kind == "threat", "threatIntelligence", Message contains "SNI ", "sniMissing", Rule != "", "rule", Message contains "Reason: ", "other", "default")
| ${projected})`;

/** A twin has the same second, source, target and port; where the name is missing, the legacy sentence has no port either. */
const twin = kql`Second, Kind, Firewall, SourceIp, SourcePort, Target, TwinPort`;

const withoutTwins = kql`let legacy = connections | where IsLegacy;
let dedicated = connections | where not(IsLegacy);
let twins = materialize(legacy
| summarize LegacyFirst = min(First) by ${twin}
| join kind=inner (dedicated | project DedicatedFirst = First, ${twin}) on ${twin}
| summarize DedicatedFirst = min(DedicatedFirst) by LegacyFirst, ${twin});
let counted = union
(dedicated | join kind=leftanti (twins | where LegacyFirst < DedicatedFirst) on ${twin}),
(legacy | join kind=leftanti (twins | where DedicatedFirst <= LegacyFirst) on ${twin});`;

function prefixOf(prefixes: readonly string[]): Kql {
  const cases = prefixes.map(kqlPrefix).map((prefix) => kql`ipv4_is_in_range(SourceIp, ${prefix}), ${prefix}`);
  return kql`case(${kqlJoined(cases)}, "")`;
}

function ignoring(ignored: DeniedEgressQuestion["ignored"]): Kql {
  if (ignored === undefined) return kql``;
  return kql` and not(Target == ${kqlName(ignored.name)} and Port == ${kqlNumber(ignored.port)})`;
}

function neededCondition(needed: readonly string[]): Kql {
  const ends = needed.filter((name) => name.startsWith(".")).map((end) => kql`Target endswith ${kqlName(end)}`);
  const names = needed.filter((name) => !name.startsWith(".")).map(kqlName);
  const conditions = [...(names.length === 0 ? [] : [kql`Target in (${kqlJoined(names)})`]), ...ends];
  return conditions.length === 0 ? kql`false` : kqlJoined(conditions, " or ");
}

/** Where a firewall's log may be; also what says that it still writes anything. */
const tableNames = ["AZFWNetworkRule", "AZFWApplicationRule", "AZFWThreatIntel", "AzureDiagnostics"] as const;

const tables: Readonly<Record<(typeof tableNames)[number], { readonly table: Kql; readonly named: Kql }>> = {
  AZFWNetworkRule: { table: kql`AZFWNetworkRule`, named: kql`"AZFWNetworkRule"` },
  AZFWApplicationRule: { table: kql`AZFWApplicationRule`, named: kql`"AZFWApplicationRule"` },
  AZFWThreatIntel: { table: kql`AZFWThreatIntel`, named: kql`"AZFWThreatIntel"` },
  AzureDiagnostics: { table: kql`AzureDiagnostics`, named: kql`"AzureDiagnostics"` },
};

/** One row for a table that is there, whatever is in it; how late rows of any kind came of late, in all. */
function newestOf(tableName: (typeof tableNames)[number]): Kql {
  const { table, named } = tables[tableName];
  return kql`(${table}
| where TimeGenerated > until - ${kqlNumber(NEWEST_HOURS)}h and _ResourceId =~ firewall
| extend First = ingestion_time()
| summarize NewestAt = max(TimeGenerated), RowCount = countif(First >= countedFrom), LagSeconds = sum(iff(First >= countedFrom, (First - TimeGenerated) / 1s, 0.0))
| extend TableName = ${named})`;
}
