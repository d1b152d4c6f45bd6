import type { GroupsSpec } from "../domain/environmentSpec.ts";
import { groupId, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** One of the environment's resource groups. */
export function resourceGroup(which: keyof GroupsSpec): ResourceDefinition {
  return {
    apiVersion: apiVersions.resourceGroups,
    holds: "resources",
    id: (spec) => groupId(spec, spec.groups[which]),
    desired: (spec) => ({ location: spec.location, tags: tagsOf(spec) }),
  };
}
