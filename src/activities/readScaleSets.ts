/** Reads the machines of a cluster from compute and network, which is without asking Kubernetes. */
import type { ArmReads } from "../azure/armReads.ts";
import { isJsonArray, isJsonObject, type JsonObject, textAt } from "../domain/json.ts";
import type { NodeTruth } from "../domain/routeTruths.ts";
import { machineLists, nodesOf, poolOf, scaleSetList } from "../resources/scaleSetNodes.ts";
import type { Document } from "../resources/syncDefinition.ts";

export interface PoolNodes {
  readonly pool: string | undefined;
  readonly nodes: readonly NodeTruth[];
}

/** Undefined: they could not be read, which must not be taken for none. A group or a scale set that is gone has none. */
export async function readScaleSets(reads: ArmReads, nodeGroupId: string): Promise<readonly PoolNodes[] | undefined> {
  const scaleSets = await list(reads, scaleSetList(nodeGroupId));
  if (scaleSets === undefined) return undefined;
  const found = await Promise.all(
    scaleSets.map(async (scaleSet) => {
      const [machines, cards] = await Promise.all(
        machineLists(textAt(scaleSet, "id") ?? "").map((each) => list(reads, each)),
      );
      if (machines === undefined || cards === undefined) return undefined;
      return { pool: poolOf(scaleSet), nodes: nodesOf(machines, cards) };
    }),
  );
  const known = found.filter((nodes) => nodes !== undefined);
  return known.length === found.length ? known : undefined;
}

async function list(reads: ArmReads, { id, apiVersion }: Document): Promise<readonly JsonObject[] | undefined> {
  const { status, body } = await reads.get(id, apiVersion);
  if (status >= 400) return status === 404 ? [] : undefined;
  return isJsonArray(body?.value) ? body.value.filter(isJsonObject) : [];
}
