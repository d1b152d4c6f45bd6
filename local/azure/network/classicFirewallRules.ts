import { ArmError } from "../core/armError.ts";
import type { JsonObject, WriteContext } from "../core/resourceType.ts";
import { checkShape } from "./bodyShape.ts";
import { checkApplicationRule, checkNatRule, checkNetworkRule, checkSources } from "./firewallRuleChecks.ts";
import { numberAt, objectsAt, sameText, textAt, textsAt } from "./jsonRead.ts";

const kinds = ["networkRuleCollections", "applicationRuleCollections", "natRuleCollections"] as const;

const collectionShape = {
  list: {
    name: { required: "text" },
    "properties.priority": { required: "number" },
    "properties.action.type": { required: ["Allow", "Deny", "Dnat", "Snat"] },
    "properties.rules": { list: { name: { required: "text" } } },
  },
} as const;

/** Throws for classic rule collections that Azure refuses. Returns whether there are any. */
export function checkClassicRules(context: WriteContext): boolean {
  checkShape(context.body, Object.fromEntries(kinds.map((kind) => [`properties.${kind}`, collectionShape])));
  for (const kind of kinds) {
    const collections = objectsAt(context.body, `properties.${kind}`);
    checkPriorities(context.id.id, kind, collections);
    for (const collection of collections) checkCollection(context.id.id, kind, collection);
  }
  return kinds.some((kind) => objectsAt(context.body, `properties.${kind}`).length > 0);
}

/** Source: learn.microsoft.com/azure/firewall/rule-processing ("Configure rules using classic rules"), checked 2026-11. */
const priorityRange = { lowest: 100, highest: 65_000 } as const;

function checkPriorities(firewallId: string, kind: string, collections: readonly JsonObject[]): void {
  const priorities = collections.map((collection) => numberAt(collection, "properties.priority") ?? 0);
  const outside = priorities.find((priority) => priority < priorityRange.lowest || priority > priorityRange.highest);
  const twin = priorities.find((priority, index) => priorities.indexOf(priority) !== index);
  if (outside === undefined && twin === undefined) return;
  throw new ArmError(
    400,
    "AzureFirewallRuleCollectionInvalidPriority",
    outside === undefined
      ? `Two of the ${kind} of Azure Firewall ${firewallId} have the same priority ${twin}. It must be unique.`
      : `Invalid priority ${outside} in the ${kind} of Azure Firewall ${firewallId}. The priority must be between ${priorityRange.lowest} and ${priorityRange.highest}.`,
  );
}

function checkCollection(firewallId: string, kind: (typeof kinds)[number], collection: JsonObject): void {
  const isNat = kind === "natRuleCollections";
  const action = textAt(collection, "properties.action.type");
  if (isNat !== (sameText(action, "Dnat") || sameText(action, "Snat"))) {
    throw new ArmError(
      400,
      "AzureFirewallRuleCollectionInvalidAction",
      `Action ${action} does not fit rule collection ${textAt(collection, "name")} in the ${kind} of Azure Firewall ${firewallId}.`,
    );
  }
  for (const rule of objectsAt(collection, "properties.rules")) {
    const where = `${firewallId}, rule collection ${textAt(collection, "name")}, rule ${textAt(rule, "name")}`;
    checkSources(where, rule);
    if (kind === "networkRuleCollections") checkNetworkRule(where, rule, textsAt(rule, "protocols"));
    if (kind === "applicationRuleCollections") checkApplicationRule(where, rule);
    if (isNat) checkNatRule(where, rule, textsAt(rule, "protocols"));
  }
}
