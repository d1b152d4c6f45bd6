/** Which pods had an address, where Container Insights keeps an inventory of them. */
import { kql, kqlAddress, kqlDatetime, kqlJoined, type LogQuestion } from "./kql.ts";

export interface PodInventoryQuestion {
  readonly addresses: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** Addresses asked for at once; what is more is told by its node alone. */
export const POD_ADDRESSES_MAX = 200;

/** An inventory is written each minute; rows are ingested later. */
const INVENTORY_MINUTES = 15;

/**
 * One row for each address, pod and run of minutes. A pod on the node's own network has the node's address, and is not
 * meant. Columns: learn.microsoft.com/azure/azure-monitor/reference/tables/kubepodinventory, checked 2026-11.
 */
export function podInventoryQuery({ addresses, from, to }: PodInventoryQuestion): LogQuestion {
  const startTime = new Date(Date.parse(from) - INVENTORY_MINUTES * 60_000).toISOString();
  const endTime = new Date(Date.parse(to) + INVENTORY_MINUTES * 60_000).toISOString();
  const query = kql`KubePodInventory
| where TimeGenerated >= ${kqlDatetime(startTime)} and TimeGenerated < ${kqlDatetime(endTime)}
| where PodIp in (${kqlJoined(addresses.slice(0, POD_ADDRESSES_MAX).map(kqlAddress))})
| summarize FirstAt = min(TimeGenerated), LastAt = max(TimeGenerated) by PodIp, Namespace, Name, ControllerName, Computer
| sort by LastAt desc, PodIp asc, Namespace asc, Name asc
| take 1000`;
  return { query, startTime, endTime };
}
