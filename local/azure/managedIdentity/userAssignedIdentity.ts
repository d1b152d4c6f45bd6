import { ArmError } from "../core/armError.ts";
import { coreOf } from "../core/coreOf.ts";
import type { ResourceType } from "../core/resourceType.ts";

/** Name of an identity. Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, checked 2026-11. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/;

/** Microsoft.ManagedIdentity/userAssignedIdentities: a principal with a resource. */
export const userAssignedIdentity: ResourceType = {
  type: "Microsoft.ManagedIdentity/userAssignedIdentities",
  kind: "tracked",
  provisioningState: false,
  putSeconds: () => 0,
  validate({ id }) {
    if (NAME.test(id.name)) return;
    throw new ArmError(
      400,
      "InvalidResourceName",
      `The resource name '${id.name}' is invalid: it starts with a letter or digit and has 3 to 128 letters, digits, '-' or '_'.`,
    );
  },
  prepare({ body, existing, world }) {
    return {
      location: body.location,
      tags: body.tags ?? {},
      properties: { isolationScope: "None", ...existing?.body.properties, tenantId: world.tenantId },
    };
  },
  finishPut(resource, world) {
    if (resource.body.properties?.principalId !== undefined) return undefined;
    const core = coreOf(world);
    const principal = core.createPrincipal(resource.name);
    core.directory.add(principal, world.clock.now(), resource.id);
    const properties = { ...resource.body.properties, principalId: principal.objectId, clientId: principal.appId };
    return { body: { ...resource.body, properties } };
  },
  // Its role assignments stay, as orphans ("Identity not found"), as they do in Azure.
  finishDelete(resource, world) {
    world.removePrincipal(String(resource.body.properties?.principalId));
  },
};
