import { ArmError } from "../core/armError.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type { WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape, notModelled } from "./bodyShape.ts";
import { checkClassicRules } from "./classicFirewallRules.ts";
import { policyChainOf } from "./firewallRules.ts";
import { idAt, objectsAt, propertiesOf, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { checkPublicIpAddressesFree } from "./publicIpAddress.ts";
import { subnetUsers } from "./subnetUsers.ts";
import { subnetPrefixes } from "./topology.ts";

const longestNameLength = 56;
/** Source: learn.microsoft.com/azure/firewall/firewall-faq ("Why does Azure Firewall need a /26 subnet size?"), checked 2026-11. */
const LONGEST_SUBNET_PREFIX_BITS = 26;

/** What Azure demands of a firewall's body, of its subnet and of its addresses. */
export function checkFirewallBody(context: WriteContext): void {
  checkName(context, longestNameLength);
  checkShape(context.body, {
    "properties.sku.name": ["AZFW_VNet", "AZFW_Hub"],
    "properties.sku.tier": ["Basic", "Standard", "Premium"],
    "properties.threatIntelMode": ["Off", "Alert", "Deny"],
    "properties.ipConfigurations": {
      list: { name: { required: "text" }, "properties.subnet": "reference", "properties.publicIPAddress": "reference" },
    },
    "properties.firewallPolicy": "reference",
    "properties.additionalProperties": "object",
    zones: "texts",
  });
  refuseWhatIsNotModelled(context);
  checkIpConfigurations(context);
  checkRules(context);
  checkPolicySettled(context);
}

function refuseWhatIsNotModelled(context: WriteContext): void {
  const { body, id } = context;
  if (sameText(textAt(body, "properties.sku.name"), "AZFW_Hub") || idAt(body, "properties.virtualHub") !== undefined) {
    throw notModelled("firewalls in virtual hubs", `Give ${id.id} the sku name AZFW_VNet and a subnet.`);
  }
  if (
    propertiesOf(body).managementIpConfiguration !== undefined ||
    sameText(textAt(body, "properties.sku.tier"), "Basic")
  ) {
    throw notModelled(
      "firewalls with a management address (forced tunnelling, tier Basic)",
      `Leave managementIpConfiguration out of ${id.id}.`,
    );
  }
}

function checkIpConfigurations(context: WriteContext): void {
  const { body, id, world, existing } = context;
  const configurations = objectsAt(body, "properties.ipConfigurations");
  const subnetIds = configurations.flatMap((configuration) => idAt(configuration, "properties.subnet") ?? []);
  if (configurations.length === 0 || subnetIds.length !== 1) {
    throw new ArmError(
      400,
      "AzureFirewallInvalidIpConfigurations",
      `Azure Firewall ${id.id} must have IP configurations of which exactly one references a subnet. Found ${subnetIds.length} in ${configurations.length}.`,
    );
  }
  if (configurations.some((configuration) => idAt(configuration, "properties.publicIPAddress") === undefined)) {
    throw new ArmError(
      400,
      "AzureFirewallIpConfigurationMissingPublicIp",
      `Every IP configuration of Azure Firewall ${id.id} must reference a public IP address.`,
    );
  }
  const [subnetId = ""] = subnetIds;
  checkSubnet(context, subnetId);
  const before =
    existing === undefined
      ? undefined
      : idAt(objectsAt(existing.body, "properties.ipConfigurations")[0], "properties.subnet");
  if (before !== undefined && !sameText(before, subnetId)) {
    throw new ArmError(
      400,
      "AzureFirewallSubnetCannotBeChanged",
      `The subnet of Azure Firewall ${id.id} cannot be changed from ${before} to ${subnetId}.`,
    );
  }
  checkPublicIpAddressesFree(
    context,
    configurations.map((configuration) => idAt(configuration, "properties.publicIPAddress")),
  );
  const other = subnetUsers(world, subnetId).find((user) => !sameText(user.resource.id, id.id));
  if (other !== undefined) {
    throw new ArmError(
      400,
      "AzureFirewallSubnetInUse",
      `Subnet ${subnetId} of Azure Firewall ${id.id} is already used by ${other.ipConfigurationId}.`,
    );
  }
}

function checkSubnet(context: WriteContext, subnetId: string): void {
  const { world, id, body } = context;
  if (parseResourceId(subnetId)?.name !== "AzureFirewallSubnet") {
    throw new ArmError(
      400,
      "AzureFirewallSubnetNameInvalid",
      `Azure Firewall ${id.id} must be in a subnet with the name 'AzureFirewallSubnet', not in ${subnetId}.`,
    );
  }
  const subnet = world.store.get(subnetId);
  if (subnet === undefined) return;
  const tooSmall = subnetPrefixes(subnet).every((prefix) => (prefix.lengthBits ?? 32) > LONGEST_SUBNET_PREFIX_BITS);
  if (tooSmall) {
    throw new ArmError(
      400,
      "AzureFirewallSubnetTooSmall",
      `Subnet ${subnetId} of Azure Firewall ${id.id} must be of size /${LONGEST_SUBNET_PREFIX_BITS} or larger.`,
    );
  }
  const virtualNetwork = world.store.get(parseResourceId(subnetId)?.parentId ?? "");
  if (virtualNetwork !== undefined && !sameText(textAt(virtualNetwork.body, "location"), textAt(body, "location"))) {
    throw new ArmError(
      400,
      "InvalidResourceReference",
      `Resource ${subnetId} referenced by resource ${id.id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    );
  }
}

function checkRules(context: WriteContext): void {
  const { body, id, world } = context;
  const policyId = idAt(body, "properties.firewallPolicy");
  const hasClassicRules = checkClassicRules(context);
  if (policyId === undefined) return;
  if (hasClassicRules) {
    throw new ArmError(
      400,
      "AzureFirewallPolicyAndRuleCollectionsConflict",
      `Azure Firewall ${id.id} cannot have rule collections of its own while it references firewall policy ${policyId}.`,
    );
  }
  const policyTier = textAt(world.store.get(policyId)?.body, "properties.sku.tier") ?? "Standard";
  const tier = textAt(body, "properties.sku.tier") ?? "Standard";
  if (sameText(policyTier, "Premium") && !sameText(tier, "Premium")) {
    throw new ArmError(
      400,
      "AzureFirewallPolicyTierMismatch",
      `Azure Firewall ${id.id} with tier ${tier} cannot use firewall policy ${policyId} with tier ${policyTier}.`,
    );
  }
}

/** The policy itself is checked by the core; its groups are resources of their own. */
function checkPolicySettled(context: WriteContext): void {
  const policyId = idAt(context.body, "properties.firewallPolicy");
  const chain = policyId === undefined ? [] : policyChainOf(context.world, policyId);
  for (const group of chain.flatMap((id) => context.world.store.children(id, networkType.ruleCollectionGroup))) {
    const state = textAt(group.body, "properties.provisioningState");
    if (state !== "Updating" && state !== "Deleting") continue;
    throw new ArmError(
      409,
      "ReferencedResourceNotProvisioned",
      `Cannot proceed with operation because resource ${group.id} used by resource ${context.id.id} is not in Succeeded state. Resource is in ${state} state.`,
    );
  }
}
