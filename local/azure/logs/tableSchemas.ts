import type { Column, ScalarType } from "./kql/value.ts";

/**
 * Tables of a Log Analytics workspace that the local Azure can fill. Columns: github.com/Azure/Azure-Sentinel
 * .script/tests/KqlvalidationsTests/CustomTables and learn.microsoft.com/azure/azure-monitor/reference/tables, checked 2026-11.
 */
export const tableSchemas: Readonly<Record<string, readonly Column[]>> = {
  AZFWNetworkRule: resourceLog(
    "Action ActionReason DestinationIp DestinationPort:int Policy Protocol Rule RuleCollection RuleCollectionGroup SourceIp SourcePort:int",
  ),
  AZFWApplicationRule: resourceLog(
    "Action ActionReason DestinationPort:int Fqdn IsExplicitProxyRequest:bool IsTlsInspected:bool Policy Protocol Rule RuleCollection RuleCollectionGroup SourceIp SourcePort:int TargetUrl WebCategory",
  ),
  AZFWNatRule: resourceLog(
    "DestinationIp DestinationPort:int Policy Protocol Rule RuleCollection RuleCollectionGroup SourceIp SourcePort:int TranslatedIp TranslatedPort:int",
  ),
  AZFWThreatIntel: resourceLog(
    "Action DestinationIp DestinationPort:int Fqdn IsTlsInspected:bool Protocol SourceIp SourcePort:int TargetUrl ThreatDescription",
  ),
  AZFWIdpsSignature: resourceLog(
    "Action ActionReason Category Description DestinationIp DestinationPort:int Flag Protocol Severity:int SignatureId SourceIp SourcePort:int",
  ),
  AZFWDnsQuery: resourceLog(
    "DnssecOkBit:bool EDNS0BufferSize:int ErrorMessage ErrorNumber:int Protocol QueryClass QueryId:int QueryName QueryType RequestDurationSecs:real RequestSize:int ResponseCode ResponseFlags ResponseSize:int SourceIp SourcePort:int",
  ),
  AZFWFlowTrace: resourceLog(
    "Action ActionReason DestinationIp DestinationPort:int Flag Protocol SourceIp SourcePort:int",
  ),
  AZFWFatFlow: resourceLog("DestinationIp DestinationPort:int FlowRate:real Protocol SourceIp SourcePort:int"),
  AZFWDnsFlowTrace: resourceLog(
    "MsgType Protocol QueryMessage QueryTime:datetime ResponseTime:datetime ServerIp ServerMessage ServerPort:int SocketFamily SourceIp SourcePort:int",
  ),
  AZFWNetworkRuleAggregation: resourceLog(
    "Action ActionReason DestinationIp DestinationPort:int IsDefaultRule:bool NetworkRuleCount:int Policy Protocol Rule RuleCollection RuleCollectionGroup SourceIp",
  ),
  AzureDiagnostics: resourceLog(
    "ResourceId Category ResourceGroup SubscriptionId ResourceProvider Resource ResourceType OperationName OperationVersion ResultType ResultSignature ResultDescription DurationMs:long CallerIPAddress CorrelationId Level msg_s",
  ),
  KubePodInventory: resourceLog(
    "ClusterId ClusterName Computer ContainerCreationTimeStamp:datetime ContainerID ContainerLastStatus ContainerName ContainerRestartCount:int ContainerStartTime:datetime ContainerStatus ContainerStatusReason ControllerKind ControllerName InstanceName Name Namespace PodCreationTimeStamp:datetime PodIp PodLabel PodRestartCount:int PodStartTime:datetime PodStatus PodUid ServiceName",
  ),
};

function resourceLog(own: string): readonly Column[] {
  return [
    ...columns("TimeGenerated:datetime"),
    ...columns(own),
    ...columns("TenantId SourceSystem Type _ResourceId _SubscriptionId _BilledSize:real _IsBillable"),
  ];
}

/** "Name" is a string, "Name:type" of that type. */
function columns(text: string): readonly Column[] {
  return text.split(" ").map((word) => {
    const [name = "", type = "string"] = word.split(":");
    return { name, type: type as ScalarType };
  });
}
