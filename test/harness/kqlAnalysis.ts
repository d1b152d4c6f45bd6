/** What Microsoft's own parser says of a query, with the tables of a workspace that has rows of a firewall and of pods. */
import { createRequire } from "node:module";

// biome-ignore lint/suspicious/noExplicitAny: a transpiled library, whose types say less than its documentation
type Transpiled = any;

const common =
  "TimeGenerated: datetime, Type: string, TenantId: string, SourceSystem: string, _ResourceId: string, _SubscriptionId: string";
const rule =
  "Action: string, ActionReason: string, Policy: string, Protocol: string, Rule: string, RuleCollection: string, RuleCollectionGroup: string, SourceIp: string, SourcePort: int, DestinationPort: int";

/** Source of the columns: learn.microsoft.com/azure/azure-monitor/reference/tables, checked 2026-11. */
const schemas: Readonly<Record<string, string>> = {
  AZFWNetworkRule: `${common}, ${rule}, DestinationIp: string`,
  AZFWApplicationRule: `${common}, ${rule}, Fqdn: string, TargetUrl: string, WebCategory: string, IsTlsInspected: bool, IsExplicitProxyRequest: bool`,
  AZFWThreatIntel: `${common}, Action: string, DestinationIp: string, DestinationPort: int, Fqdn: string, IsTlsInspected: bool, Protocol: string, SourceIp: string, SourcePort: int, TargetUrl: string, ThreatDescription: string`,
  AzureDiagnostics: `${common}, Category: string, OperationName: string, ResourceProvider: string, ResourceType: string, Resource: string, ResourceGroup: string, ResourceId: string, SubscriptionId: string, msg_s: string`,
  KubePodInventory: `${common}, Name: string, Namespace: string, PodIp: string, PodUid: string, PodStatus: string, Computer: string, ControllerKind: string, ControllerName: string, ClusterId: string, ClusterName: string`,
};

let loaded: { readonly Kusto: Transpiled; readonly Bridge: Transpiled } | undefined;

/** The library puts itself into the global object; it is loaded when it is first asked, since that takes a second. */
function library(): { readonly Kusto: Transpiled; readonly Bridge: Transpiled } {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  require("@kusto/language-service-next/bridge.min.js");
  require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
  loaded = globalThis as unknown as { Kusto: Transpiled; Bridge: Transpiled };
  return loaded;
}

function analysed(query: string): Transpiled {
  const { Language } = library().Kusto;
  const { Symbols } = Language;
  const tables = Object.entries(schemas).map(
    ([name, columns]) => new Symbols.TableSymbol.$ctor7(name, `(${columns})`, null),
  );
  const database = new Symbols.DatabaseSymbol.$ctor2("LogAnalytics", null, tables);
  return Language.KustoCode.ParseAndAnalyze(query, Language.GlobalState.Default.WithDatabase(database));
}

/** Everything that the parser has to say of a query: mistakes, warnings, hints. */
export function kqlDiagnostics(query: string): readonly string[] {
  const diagnostics: readonly Transpiled[] = library().Bridge.toArray(analysed(query).GetDiagnostics());
  return diagnostics.map(({ Severity, Code, Message, Start }) => `${Severity} ${Code} at ${Start}: ${Message}`);
}

/** The columns of what a query answers, by name and type. */
export function kqlColumns(query: string): readonly string[] {
  const columns: readonly Transpiled[] = library().Bridge.toArray(analysed(query).ResultType.Columns);
  return columns.map(({ Name, Type }) => `${Name}:${Type.Name}`);
}

/**
 * The syntax tree of a query as a text that holds everything but what stands in its literals: two queries of one shape do the
 * same with other values.
 */
export function kqlShape(query: string): string {
  return shapeOf(library().Kusto.Language.KustoCode.Parse(query).Syntax);
}

function shapeOf(node: Transpiled): string {
  if (node === null || node === undefined) return "";
  // A kind is a number; of a literal it is all that counts.
  if (node.IsToken)
    return library().Bridge.getTypeName(node).endsWith("LiteralToken") ? `#${node.Kind}` : String(node.Text);
  const children = Array.from({ length: node.ChildCount }, (_, index) => shapeOf(node.GetChild(index)));
  return `${node.Kind}(${children.join(" ")})`;
}

/** The tokens of a text. */
export function kqlTokens(text: string): readonly string[] {
  const tokens: readonly Transpiled[] = library().Bridge.toArray(
    library().Kusto.Language.Parsing.TokenParser.ParseTokens(text),
  );
  return tokens.map((token) => token.Text).filter((each) => each !== "");
}
