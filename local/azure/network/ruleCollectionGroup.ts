import { ArmError } from "../core/armError.ts";
import type { JsonObject, Reference, ResourceType, WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { checkNoFirewallBusy, faultedFirewalls } from "./firewallPolicy.ts";
import { checkFirewallRule } from "./firewallRuleChecks.ts";
import { firewallsOfPolicy } from "./firewallRules.ts";
import { numberAt, objectsAt, propertiesOf, sameText, textAt, textsAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";

/** A write holds the whole policy: a second group of the same policy is refused until this one has ended. */
export const ruleCollectionGroup: ResourceType = {
  type: networkType.ruleCollectionGroup,
  kind: "child",
  etags: true,
  shownType: "Microsoft.Network/FirewallPolicies/RuleCollectionGroups",
  retryAfterSeconds: retryAfterSeconds.varying,
  validate,
  references,
  prepare,
  putSeconds: ({ world, id }) => secondsFor(firewallsOfPolicy(world, id.parentId ?? "").length),
  deleteSeconds: (resource, world) => secondsFor(firewallsOfPolicy(world, policyIdOf(resource.id)).length),
  locks: (context) => [context.id.parentId ?? ""],
  finishPut: (resource, world) =>
    faultedFirewalls({ id: policyIdOf(resource.id), name: policyIdOf(resource.id).split("/").at(-1) ?? "" }, world),
};

function secondsFor(firewallCount: number): number {
  return firewallCount === 0 ? durations.ruleCollectionGroupDetached : durations.ruleCollectionGroupAttached;
}

function policyIdOf(groupId: string): string {
  return groupId.slice(0, groupId.toLowerCase().lastIndexOf("/rulecollectiongroups/"));
}

/** Source: learn.microsoft.com/azure/firewall/policy-rule-sets, checked 2026-11. */
const priorityRange = { lowest: 100, highest: 65_000 } as const;

const filterCollection = "FirewallPolicyFilterRuleCollection";
const natCollection = "FirewallPolicyNatRuleCollection";

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.priority": { required: "number" },
    "properties.ruleCollections": {
      list: {
        name: { required: "text" },
        priority: { required: "number" },
        ruleCollectionType: { required: [filterCollection, natCollection] },
        "action.type": { required: ["Allow", "Deny", "DNAT"] },
        rules: {
          list: { name: { required: "text" }, ruleType: { required: ["NetworkRule", "ApplicationRule", "NatRule"] } },
        },
      },
    },
  });
  const { body, id, world } = context;
  checkPriority(id.id, numberAt(body, "properties.priority") ?? 0);
  const collections = objectsAt(body, "properties.ruleCollections");
  for (const collection of collections) checkCollection(id.id, collection);
  checkUnique(
    id.id,
    "rule collections",
    collections,
    (collection) => String(numberAt(collection, "priority")),
    "priority",
  );
  checkUnique(id.id, "rule collections", collections, (collection) => textAt(collection, "name") ?? "", "name");
  const groups = world.store
    .children(id.parentId ?? "", networkType.ruleCollectionGroup)
    .filter((other) => !sameText(other.name, id.name));
  const twin = groups.find(
    (other) => numberAt(other.body, "properties.priority") === numberAt(body, "properties.priority"),
  );
  if (twin !== undefined) {
    throw new ArmError(
      400,
      "FirewallPolicyRuleCollectionGroupPriorityConflict",
      `Rule collection group ${id.name} and rule collection group ${twin.name} have the same priority ${numberAt(body, "properties.priority")}. Priorities of the groups of a policy must be unique.`,
    );
  }
  checkNoFirewallBusy(
    context,
    id.parentId ?? "",
    "FirewallPolicyRuleCollectionGroupUpdateNotAllowedWhenUpdatingOrDeleting",
  );
}

function checkPriority(resourceId: string, priority: number): void {
  if (priority >= priorityRange.lowest && priority <= priorityRange.highest) return;
  throw new ArmError(
    400,
    "FirewallPolicyRuleCollectionGroupInvalidPriority",
    `Invalid priority ${priority} in ${resourceId}. The priority must be between ${priorityRange.lowest} and ${priorityRange.highest}.`,
  );
}

function checkCollection(groupId: string, collection: JsonObject): void {
  const where = `${groupId}, rule collection ${textAt(collection, "name")}`;
  checkPriority(where, numberAt(collection, "priority") ?? 0);
  const isNat = sameText(textAt(collection, "ruleCollectionType"), natCollection);
  const isDnat = sameText(textAt(collection, "action.type"), "DNAT");
  if (isNat !== isDnat) {
    throw new ArmError(
      400,
      "FirewallPolicyRuleCollectionInvalidAction",
      `The action of ${where} does not fit its type: DNAT belongs to ${natCollection}, Allow and Deny to ${filterCollection}.`,
    );
  }
  const rules = objectsAt(collection, "rules");
  const kinds = new Set(rules.map((rule) => textAt(rule, "ruleType")?.toLowerCase()));
  if (kinds.size > 1 || (isNat && rules.length > 0 && !kinds.has("natrule")) || (!isNat && kinds.has("natrule"))) {
    throw new ArmError(
      400,
      "FirewallPolicyRuleCollectionMixedRuleTypes",
      `The rules of ${where} must all be of one type, and of the one that its ruleCollectionType takes.`,
    );
  }
  checkUnique(where, "rules", rules, (rule) => textAt(rule, "name") ?? "", "name");
  for (const rule of rules) checkFirewallRule(`${where}, rule ${textAt(rule, "name")}`, rule);
}

function checkUnique(
  where: string,
  what: string,
  items: readonly JsonObject[],
  keyOf: (item: JsonObject) => string,
  property: string,
): void {
  const keys = items.map((item) => keyOf(item).toLowerCase());
  const twin = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twin === undefined) return;
  throw new ArmError(
    400,
    "FirewallPolicyRuleCollectionGroupDuplicate",
    `Two ${what} in ${where} have the same ${property} ${twin}. It must be unique.`,
  );
}

function references(context: WriteContext): Reference[] {
  const rules = objectsAt(context.body, "properties.ruleCollections").flatMap((collection) =>
    objectsAt(collection, "rules"),
  );
  const ids = rules.flatMap((rule) => [...textsAt(rule, "sourceIpGroups"), ...textsAt(rule, "destinationIpGroups")]);
  const action = `${networkType.ipGroup}/join/action`;
  return [...new Set(ids)].map((id) => ({ id, path: "properties.ruleCollections[].rules[].sourceIpGroups", action }));
}

function prepare({ body }: WriteContext): JsonObject {
  const sent = propertiesOf(body);
  return { properties: { ruleCollections: [], ...sent, priority: numberAt(sent, "priority") ?? 0 } };
}
