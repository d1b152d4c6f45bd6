import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustHave } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** Days that rows are kept without extra charge. Source: learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure, checked 2026-11. */
const RETENTION_DAYS = 30;

/** Where the firewall's log goes. */
export const firewallWorkspace: ResourceDefinition = {
  ...workspaceRules(),
  id: ids.firewallWorkspace,
  desired: workspaceBody,
  outputs: (existing, spec) => ({
    firewallWorkspaceId: ids.firewallWorkspace(spec),
    firewallWorkspaceCustomerId: mustHave(existing, "properties.customerId"),
  }),
};

/** Where Container Insights puts its data. */
export const clusterWorkspace: ResourceDefinition = {
  ...workspaceRules(),
  id: ids.clusterWorkspace,
  desired: workspaceBody,
  outputs: (_existing, spec) => ({ clusterWorkspaceId: ids.clusterWorkspace(spec) }),
};

/** Retention is a matter of money and law: set once, then the owner's. */
function workspaceRules() {
  return {
    apiVersion: apiVersions.workspaces,
    createOnly: ["properties.retentionInDays"],
  } as const;
}

function workspaceBody(spec: EnvironmentSpec): JsonObject {
  return {
    location: spec.location,
    tags: tagsOf(spec),
    properties: { sku: { name: "PerGB2018" }, retentionInDays: RETENTION_DAYS },
  };
}
