/**
 * Who may do what: the narrowest built-in role on the narrowest scope. An assignment's name follows from scope, role and
 * principal, so the same grant is the same resource however often it is made.
 */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { ids, roleAssignmentId, roleDefinitionId, type roleIds } from "../domain/resourceNames.ts";
import type { OutputName } from "../domain/step.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustKnow } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** AKS joins nodes and internal load balancers to the node subnet. */
export const clusterSubnetContributor = roleAssignment(
  "networkContributor",
  "clusterIdentityPrincipalId",
  ids.clusterSubnet,
);

/** AKS reads the route table, and with kubenet writes the nodes' routes into it. */
export const clusterRouteTableContributor = roleAssignment(
  "networkContributor",
  "clusterIdentityPrincipalId",
  ids.routeTable,
);

/** The ingress controller writes the gateway … */
export const agicGatewayContributor = roleAssignment("contributor", "agicIdentityPrincipalId", ids.gateway);

/** … looks it up in its group … */
export const agicGroupReader = roleAssignment("reader", "agicIdentityPrincipalId", ids.gatewayHome);

/** … with kubenet reads the cluster's table, and would warn of it in every cycle if it might not … */
export const agicRouteTableReader = roleAssignment("reader", "agicIdentityPrincipalId", ids.routeTable);

/** … and must be allowed to join its subnet, which every write of a gateway asks for. */
export const agicSubnetContributor = roleAssignment("networkContributor", "agicIdentityPrincipalId", ids.gatewaySubnet);

function roleAssignment(
  role: keyof typeof roleIds,
  principal: OutputName,
  scope: (spec: EnvironmentSpec) => string,
): ResourceDefinition {
  return {
    apiVersion: apiVersions.roleAssignments,
    createdWith: "name",
    id: (spec, outputs) => roleAssignmentId(scope(spec), role, mustKnow(outputs, principal)),
    desired: (spec, outputs) => ({
      properties: {
        roleDefinitionId: roleDefinitionId(spec, role),
        principalId: mustKnow(outputs, principal),
        // Said outright, Azure does not look the principal up in a directory that may not have heard of it yet.
        principalType: "ServicePrincipal",
      },
    }),
  };
}
