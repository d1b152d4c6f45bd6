import { coreOf } from "../core/coreOf.ts";
import type { AzureModule, AzureWorld } from "../core/resourceType.ts";
import { addColumns, addRows, type OutsideColumns, type OutsideRow } from "./rowsFromOutside.ts";

/** What is in the logs: a door for rows from outside. The query service has a server of its own. */
export const logsModule: AzureModule = {
  resourceTypes: [],
  localDoors: {
    "POST /_local/log": ({ query, body }, world) => ({ added: addedFrom(world, query, JSON.parse(body)) }),
  },
};

function addedFrom(world: AzureWorld, query: URLSearchParams, given: unknown): number {
  const [workspace, table] = [query.get("workspace"), query.get("table")];
  if (workspace === null || table === null) throw new Error("Say ?workspace=RESOURCE_ID&table=NAME.");
  if (world.store.get(workspace) === undefined) throw new Error(`There is no workspace ${workspace}.`);
  if (Array.isArray(given)) {
    addRows(coreOf(world), workspace, table, given as readonly OutsideRow[]);
    return given.length;
  }
  const { columns, ingestedAtEpochMs } = (given ?? {}) as Partial<OutsideColumns>;
  if (columns === undefined || ingestedAtEpochMs === undefined)
    throw new Error("Send [{row, ingestedAt?}], or {columns, ingestedAtEpochMs} for many rows.");
  addColumns(coreOf(world), workspace, table, { columns, ingestedAtEpochMs });
  return ingestedAtEpochMs.length;
}
