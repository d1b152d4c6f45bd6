import { ArmError } from "../core/armError.ts";
import { GROUP_TYPE } from "../core/groupDeletion.ts";
import type { ResourceType } from "../core/resourceType.ts";
import { sameText } from "../core/sameText.ts";

/** Characters and length of a group's name. Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, checked 2026-11. */
const NAME = /^[\p{L}\p{N}_().-]{1,90}$/u;

/** A resource group: synchronous to write; its deletion, which empties it, is the core's own. */
export const resourceGroup: ResourceType = {
  type: GROUP_TYPE,
  kind: "tracked",
  putSeconds: () => 0,
  validate({ id }) {
    if (NAME.test(id.name) && !id.name.endsWith(".")) return;
    throw new ArmError(
      400,
      "InvalidResourceGroup",
      `The provided resource group name '${id.name}' is invalid: it has 1 to 90 letters, digits, '-', '_', '(', ')' or '.', and does not end with a period.`,
    );
  },
  prepare({ body, existing }) {
    const managedBy = body.managedBy ?? existing?.body.managedBy;
    return {
      location: body.location,
      ...(body.tags === undefined ? {} : { tags: body.tags }),
      ...(managedBy === undefined ? {} : { managedBy }),
      properties: {},
    };
  },
  /** Groups are listed as far as the caller may read them; the filter knows tags. */
  list({ world, scope, filter, caller }) {
    const groups = world.store
      .list(GROUP_TYPE, scope)
      .filter((group) =>
        world.isAllowed(caller.objectId, "Microsoft.Resources/subscriptions/resourceGroups/read", group.id),
      );
    if (filter === undefined) return groups;
    const match = /^tagName eq '([^']*)'(?: and tagValue eq '([^']*)')?$/i.exec(filter.trim());
    if (match === null) {
      throw new ArmError(
        400,
        "InvalidFilterInQueryString",
        `Invalid $filter '${filter}' specified in the query string. Supported: tagName eq 'x' [and tagValue eq 'y'].`,
      );
    }
    return groups.filter((group) =>
      Object.entries((group.body.tags ?? {}) as Record<string, string>).some(
        ([name, value]) => sameText(name, match[1] ?? "") && (match[2] === undefined || value === match[2]),
      ),
    );
  },
};
