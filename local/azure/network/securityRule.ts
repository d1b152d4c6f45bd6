import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape, notModelled } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { checkGatewaySecurityRules, type NamedRule, storedRules } from "./gatewaySubnetRules.ts";
import { parsePrefix } from "./ipv4.ts";
import { numberAt, objectsAt, oneOrMany, propertiesOf, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { serviceTagPrefixes } from "./serviceTags.ts";
import { gatewayInSubnet, subnetsWith } from "./subnetUsers.ts";
import { isWrittenInline } from "./writtenInline.ts";

export const securityRule: ResourceType = {
  type: networkType.securityRule,
  kind: "child",
  etags: true,
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  prepare,
  putSeconds: () => durations.securityRule,
  deleteSeconds: () => durations.shortDelete,
  locks: (context) => [context.id.parentId ?? ""],
  checkDelete,
};

/** Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview, checked 2026-11. */
const priorityRange = { lowest: 100, highest: 4096 } as const;
const HIGHEST_PORT = 65_535;

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.protocol": { required: ["*", "Tcp", "Udp", "Icmp", "Esp", "Ah"] },
    "properties.access": { required: ["Allow", "Deny"] },
    "properties.direction": { required: ["Inbound", "Outbound"] },
    "properties.priority": { required: "number" },
    "properties.sourcePortRange": "text",
    "properties.destinationPortRange": "text",
    "properties.sourcePortRanges": "texts",
    "properties.destinationPortRanges": "texts",
    "properties.sourceAddressPrefix": "text",
    "properties.destinationAddressPrefix": "text",
    "properties.sourceAddressPrefixes": "texts",
    "properties.destinationAddressPrefixes": "texts",
  });
  checkValues(context);
  const groupId = context.id.parentId ?? "";
  if (isWrittenInline(context.world, groupId)) return;
  const others = storedRules(context.world, groupId).filter((rule) => !sameText(rule.name, context.id.name));
  checkRuleSet(context.world, groupId, [...others, { name: context.id.name, properties: propertiesOf(context.body) }]);
}

function checkValues(context: WriteContext): void {
  const rule = propertiesOf(context.body);
  const priority = numberAt(rule, "priority") ?? 0;
  if (priority < priorityRange.lowest || priority > priorityRange.highest) {
    throw new ArmError(
      400,
      "SecurityRuleInvalidPriority",
      `Security rule has invalid Priority. Value provided: ${priority} Allowed range ${priorityRange.lowest}-${priorityRange.highest}.`,
    );
  }
  for (const side of ["source", "destination"] as const) {
    checkPorts(context, oneOrMany(rule, `${side}PortRange`, `${side}PortRanges`), side);
    checkAddresses(context, oneOrMany(rule, `${side}AddressPrefix`, `${side}AddressPrefixes`), side);
    if (objectsAt(rule, `${side}ApplicationSecurityGroups`).length > 0) {
      throw notModelled("application security groups", `Name address prefixes in rule ${context.id.id}.`);
    }
  }
}

function checkPorts(context: WriteContext, ranges: readonly string[], side: string): void {
  if (ranges.length === 0) throw missingPart(context, `${side}PortRange`);
  const wrong = ranges.find((range) => !isPortRange(range));
  if (wrong === undefined) return;
  throw new ArmError(
    400,
    "SecurityRuleInvalidPortRange",
    `Security rule has invalid Port range. Value provided: ${wrong}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-${HIGHEST_PORT}.`,
  );
}

function isPortRange(range: string): boolean {
  if (range === "*") return true;
  if (!/^\d{1,5}(-\d{1,5})?$/.test(range)) return false;
  const [from = 0, to = from] = range.split("-").map(Number);
  return from <= to && to <= HIGHEST_PORT;
}

function checkAddresses(context: WriteContext, prefixes: readonly string[], side: string): void {
  if (prefixes.length === 0) throw missingPart(context, `${side}AddressPrefix`);
  const wrong = prefixes.find((prefix) => !isAddressOrTag(prefix));
  if (wrong === undefined) return;
  throw new ArmError(
    400,
    "SecurityRuleInvalidAddressPrefix",
    `Security rule has invalid Address prefix. Value provided: ${wrong}`,
  );
}

function isAddressOrTag(prefix: string): boolean {
  if (prefix.includes(":")) throw notModelled("IPv6", `Leave the prefix ${prefix} out of security rules.`);
  if (["*", "virtualnetwork", "internet"].includes(prefix.toLowerCase())) return true;
  return parsePrefix(prefix) !== undefined || serviceTagPrefixes(prefix) !== undefined;
}

function missingPart(context: WriteContext, property: string): ArmError {
  return new ArmError(
    400,
    "SecurityRuleParameterValueNotSpecified",
    `Required security rule parameter ${property} (or its plural) of ${context.id.id} is missing.`,
  );
}

/** Checks the rules of a group as they will be together, and what gateways in its subnets demand. */
export function checkRuleSet(world: AzureWorld, groupId: string, rules: readonly NamedRule[]): void {
  for (const [index, one] of rules.entries()) {
    const twin = rules.slice(index + 1).find((other) => conflicts(one.properties, other.properties));
    if (twin === undefined) continue;
    throw new ArmError(
      400,
      "SecurityRuleConflict",
      `Security rule ${twin.name} conflicts with rule ${one.name}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`,
    );
  }
  for (const subnet of subnetsWith(world, "networkSecurityGroup", groupId)) {
    const gateway = gatewayInSubnet(world, subnet.id);
    if (gateway !== undefined)
      checkGatewaySecurityRules({ subnetId: subnet.id, gatewayId: gateway.id }, groupId, rules);
  }
}

function conflicts(left: JsonObject, right: JsonObject): boolean {
  return (
    numberAt(left, "priority") === numberAt(right, "priority") &&
    sameText(textAt(left, "direction"), textAt(right, "direction"))
  );
}

function prepare({ body }: WriteContext): JsonObject {
  const rule = propertiesOf(body);
  return {
    properties: {
      sourcePortRanges: [],
      destinationPortRanges: [],
      sourceAddressPrefixes: [],
      destinationAddressPrefixes: [],
      ...rule,
      priority: numberAt(rule, "priority") ?? 0,
    },
  };
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  const groupId = resource.id.slice(0, resource.id.toLowerCase().lastIndexOf("/securityrules/"));
  if (isWrittenInline(world, groupId)) return;
  const rest = storedRules(world, groupId).filter((rule) => !sameText(rule.name, resource.name));
  checkRuleSet(world, groupId, rest);
}
