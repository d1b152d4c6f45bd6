import { ArmError } from "../core/armError.ts";
import { sameId } from "../core/resourceId.ts";
import type {
  AzureWorld,
  JsonObject,
  Reference,
  ResourceType,
  StoredResource,
  WriteContext,
} from "../core/resourceType.ts";
import { checkName, checkShape, notModelled } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { firewallsOfPolicy } from "./firewallRules.ts";
import { idAt, isObject, propertiesOf, sameText, textAt, valueAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { allOf } from "./topology.ts";

export const firewallPolicy: ResourceType = {
  type: networkType.firewallPolicy,
  kind: "tracked",
  etags: true,
  shownType: "Microsoft.Network/FirewallPolicies",
  retryAfterSeconds: retryAfterSeconds.varying,
  validate,
  references,
  prepare,
  putSeconds: ({ world, id }) =>
    firewallsOfPolicy(world, id.id).length === 0 ? durations.firewallPolicy : durations.ruleCollectionGroupAttached,
  finishPut: (resource, world) => faultedFirewalls(resource, world),
  checkDelete,
  render,
};

const tiers = ["Basic", "Standard", "Premium"] as const;

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.threatIntelMode": ["Off", "Alert", "Deny"],
    "properties.threatIntelWhitelist.fqdns": "texts",
    "properties.threatIntelWhitelist.ipAddresses": "texts",
    "properties.sku.tier": tiers,
    "properties.basePolicy": "reference",
    "properties.dnsSettings.enableProxy": "flag",
    "properties.dnsSettings.servers": "texts",
    "properties.insights": "object",
  });
  const { body, existing, id } = context;
  for (const property of ["transportSecurity", "intrusionDetection", "explicitProxy", "snat"]) {
    if (!isObject(valueAt(body, `properties.${property}`))) continue;
    throw notModelled(`${property} of firewall policies`, `Leave properties.${property} out of ${id.id}.`);
  }
  const tier = textAt(existing?.body, "properties.sku.tier");
  if (tier !== undefined && !sameText(tier, tierOf(body))) {
    throw new ArmError(
      400,
      "FirewallPolicySkuTierCannotBeChanged",
      `The sku tier of firewall policy ${id.id} cannot be changed from ${tier} to ${tierOf(body)}.`,
    );
  }
  checkNoFirewallBusy(context, id.id, "FirewallPolicyUpdateNotAllowedWhenUpdatingOrDeleting");
}

/** Throws while a firewall that enforces the policy is itself being made, changed or deleted. */
export function checkNoFirewallBusy(context: WriteContext, policyId: string, code: string): void {
  for (const firewall of firewallsOfPolicy(context.world, policyId)) {
    const state = textAt(firewall.body, "properties.provisioningState");
    if (state !== "Updating" && state !== "Deleting") continue;
    throw new ArmError(
      409,
      code,
      `Put on ${context.id.id} is not allowed: firewall ${firewall.id} that references it is in ${state} state.`,
    );
  }
}

/** A policy cannot be brought to a firewall that has failed: the operation ends as Failed, the new rules stay written. */
export function faultedFirewalls(
  policy: { readonly id: string; readonly name: string },
  world: AzureWorld,
): { readonly error: ArmError } | undefined {
  const faulted = firewallsOfPolicy(world, policy.id).filter(
    (firewall) => textAt(firewall.body, "properties.provisioningState") === "Failed",
  );
  if (faulted.length === 0) return undefined;
  return {
    error: new ArmError(
      400,
      "FirewallPolicyUpdateFailed",
      `Put on Firewall Policy ${policy.name} Failed with ${faulted.length} faulted referenced firewalls`,
    ),
  };
}

function tierOf(body: JsonObject): string {
  return textAt(body, "properties.sku.tier") ?? "Standard";
}

function references(context: WriteContext): Reference[] {
  const id = idAt(context.body, "properties.basePolicy");
  const action = `${networkType.firewallPolicy}/join/action`;
  return id === undefined ? [] : [{ id, path: "properties.basePolicy", action }];
}

function prepare({ body }: WriteContext): JsonObject {
  const {
    firewalls: _firewalls,
    ruleCollectionGroups: _groups,
    childPolicies: _children,
    ...sent
  } = propertiesOf(body);
  return { ...body, properties: { threatIntelMode: "Alert", ...sent, sku: { tier: tierOf(body) } } };
}

function childPolicies(resource: StoredResource, world: AzureWorld): StoredResource[] {
  return allOf(world, networkType.firewallPolicy).filter((policy) =>
    sameId(idAt(policy.body, "properties.basePolicy") ?? "", resource.id),
  );
}

function directFirewalls(resource: StoredResource, world: AzureWorld): StoredResource[] {
  return allOf(world, networkType.firewall).filter((firewall) =>
    sameId(idAt(firewall.body, "properties.firewallPolicy") ?? "", resource.id),
  );
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  const user = [...directFirewalls(resource, world), ...childPolicies(resource, world)][0];
  if (user === undefined) return;
  throw new ArmError(
    400,
    "FirewallPolicyInUseCannotBeDeleted",
    `Firewall Policy ${resource.id} cannot be deleted because it is in use by ${user.id}. Remove the reference first.`,
  );
}

function render(resource: StoredResource, world: AzureWorld): JsonObject {
  const groups = world.store.children(resource.id, networkType.ruleCollectionGroup);
  return {
    ...resource.body,
    properties: {
      ...resource.body.properties,
      firewalls: directFirewalls(resource, world).map(({ id }) => ({ id })),
      ruleCollectionGroups: groups.map(({ id }) => ({ id })),
      childPolicies: childPolicies(resource, world).map(({ id }) => ({ id })),
    },
  };
}
