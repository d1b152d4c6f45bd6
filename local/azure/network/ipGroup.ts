import { ArmError } from "../core/armError.ts";
import type { AzureWorld, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { parseRange } from "./ipv4.ts";
import { propertiesOf, textsAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";

/** Named addresses that firewall rules use as source or destination. */
export const ipGroup: ResourceType = {
  type: networkType.ipGroup,
  kind: "tracked",
  etags: true,
  shownType: "Microsoft.Network/IpGroups",
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  prepare: ({ body }) => ({ ...body, properties: { ipAddresses: [], ...propertiesOf(body) } }),
  putSeconds: () => durations.ipGroup,
  checkDelete,
  render: (resource, world) => ({
    ...resource.body,
    properties: {
      ...resource.body.properties,
      firewalls: usersOf(resource, world, networkType.firewall),
      firewallPolicies: usersOf(resource, world, networkType.ruleCollectionGroup),
    },
  }),
};

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, { "properties.ipAddresses": "texts" });
  const wrong = textsAt(context.body, "properties.ipAddresses").find((text) => parseRange(text) === undefined);
  if (wrong === undefined) return;
  throw new ArmError(400, "IpGroupsInvalidIpAddress", `IP group ${context.id.id} has the invalid address ${wrong}.`);
}

function usersOf(resource: StoredResource, world: AzureWorld, type: string): { id: string }[] {
  const users = world.store.referencesTo(resource.id).filter((user) => user.type === type);
  const ids = users.map(({ id }) =>
    type === networkType.ruleCollectionGroup ? id.split("/").slice(0, -2).join("/") : id,
  );
  return [...new Set(ids)].map((id) => ({ id }));
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  const user = world.store.referencesTo(resource.id)[0];
  if (user === undefined) return;
  throw new ArmError(
    400,
    "IpGroupInUseCannotBeDeleted",
    `IP group ${resource.id} is in use by ${user.id} and cannot be deleted.`,
  );
}
