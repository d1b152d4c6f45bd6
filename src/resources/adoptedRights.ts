/** What the app must be allowed to do to what is adopted, for the parts that are the environment's. */
import { isJsonArray, type JsonObject } from "../domain/json.ts";

const peering = [
  "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
  "Microsoft.Network/virtualNetworks/peer/action",
];
const assignment = "Microsoft.Authorization/roleAssignments/write";

/** Actions by what they are needed on. */
export const rightsAt = {
  firewall: ["Microsoft.Insights/diagnosticSettings/write"],
  firewallPolicy: ["Microsoft.Network/firewallPolicies/ruleCollectionGroups/write"],
  hub: peering,
  gateway: [assignment, "Microsoft.Network/applicationGateways/backendhealth/action"],
  gatewayGroup: [assignment],
  spoke: [...peering, "Microsoft.Network/virtualNetworks/subnets/write", assignment],
} as const;

/**
 * A sentence about the actions that none of the permissions grants; none where all are granted. Conditions of role
 * assignments are not among the permissions. Source: learn.microsoft.com/rest/api/authorization/permissions, checked 2026-11.
 */
export function missingRights(
  what: string,
  needed: readonly string[],
  permissions: readonly JsonObject[],
): readonly string[] {
  const missing = needed.filter((action) => !permissions.some((permission) => grants(permission, action)));
  if (missing.length === 0) return [];
  return [
    `${what} is closed to this app: it lacks ${missing.join(", ")}. Grant its identity the role definitions in infra/roles there.`,
  ];
}

function grants(permission: JsonObject, action: string): boolean {
  return names(permission.actions, action) && !names(permission.notActions, action);
}

function names(patterns: JsonObject[string], action: string): boolean {
  return isJsonArray(patterns) && patterns.some((each) => typeof each === "string" && fits(each, action));
}

/** A star stands for any characters, slashes included. Source: learn.microsoft.com/azure/role-based-access-control/role-definitions (actions format), checked 2026-11. */
function fits(pattern: string, action: string): boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  let left = action.toLowerCase();
  if (!left.startsWith(first)) return false;
  left = left.slice(first.length);
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const at = isLast ? (left.endsWith(part) ? left.length - part.length : -1) : left.indexOf(part);
    if (at < 0) return false;
    left = left.slice(at + part.length);
  }
  return left === "";
}
