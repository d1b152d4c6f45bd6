import { isJsonArray, isJsonObject, type JsonObject } from "../domain/json.ts";
import { apiVersions } from "./apiVersions.ts";
import { FactMissing } from "./mustHave.ts";
import type { LookupDefinition } from "./resourceDefinition.ts";

/** AKS's default version of the location, as the seed looks it up: the newest patch of the minor version marked as default. */
export const kubernetesVersion: LookupDefinition = {
  apiVersion: apiVersions.managedClusters,
  path: (spec) =>
    `/subscriptions/${spec.subscriptionId}/providers/Microsoft.ContainerService/locations/${spec.location}/kubernetesVersions`,
  outputs: (answer, spec) => ({ kubernetesVersion: defaultVersion(answer, spec.location) }),
};

function defaultVersion(answer: JsonObject, location: string): string {
  const values = isJsonArray(answer.values) ? answer.values.filter(isJsonObject) : [];
  const standard = values.find((value) => value.isDefault === true);
  if (standard === undefined || typeof standard.version !== "string") {
    throw new FactMissing(
      `AKS names no default Kubernetes version in ${location}; give environment.cluster.kubernetesVersion in the ticket.`,
    );
  }
  const patches = isJsonObject(standard.patchVersions) ? Object.keys(standard.patchVersions) : [];
  return patches.sort(byVersion).at(-1) ?? standard.version;
}

/** Ascending, number by number. */
function byVersion(left: string, right: string): number {
  const [leftParts, rightParts] = [left, right].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const order = (leftParts?.[index] ?? 0) - (rightParts?.[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
