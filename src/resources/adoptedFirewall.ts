/** Whether an environment can stand behind a firewall that somebody else runs, and what follows from it. */
import { ownNameInside } from "../domain/adoption.ts";
import type { FirewallFacts, SurveyInput } from "../domain/adoptionSurvey.ts";
import { nameOfId, parentOfId, sameId } from "../domain/armId.ts";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { type JsonObject, textAt } from "../domain/json.ts";
import { FIREWALL_SUBNET } from "../domain/resourceNames.ts";
import { called, commonFindings, objectsAt, prefixesOf, subnetPrefixOf } from "./adoptedResource.ts";
import { privateAddressOf } from "./azureFirewall.ts";

export interface FirewallDocuments {
  readonly firewall: JsonObject;
  readonly virtualNetwork: JsonObject;
  readonly policy: JsonObject;
  readonly ruleCollectionGroups: readonly JsonObject[];
  readonly diagnosticSettings: readonly JsonObject[];
}

/** The resources that a firewall leads to; undefined where it leads nowhere. */
export function placesOfFirewall(firewall: JsonObject) {
  const configurations = objectsAt(firewall, "properties.ipConfigurations");
  const textOf = (path: string): string | undefined =>
    configurations.map((each) => textAt(each, path)).find((text) => text !== undefined);
  const subnetId = textOf("properties.subnet.id");
  return {
    subnetId,
    virtualNetworkId: subnetId === undefined ? undefined : parentOfId(subnetId),
    policyId: textAt(firewall, "properties.firewallPolicy.id"),
    publicIpId: textOf("properties.publicIPAddress.id"),
  };
}

/** What can be said of the firewall before anything that it leads to is read. */
export function firewallFindings(id: string, firewall: JsonObject, spec: EnvironmentSpec): readonly string[] {
  const what = called("firewall", id);
  const sku = textAt(firewall, "properties.sku.name") ?? "AZFW_VNet";
  const tier = textAt(firewall, "properties.sku.tier") ?? "Standard";
  const { subnetId, policyId } = placesOfFirewall(firewall);
  const isInHub = sku !== "AZFW_Hub";
  return [
    ...commonFindings(what, firewall, spec),
    ...(isInHub
      ? []
      : [
          `${what} stands in a virtual WAN hub, which no spoke of ours can be peered with; name a firewall in a virtual network.`,
        ]),
    ...(tierOf(tier) === undefined
      ? [`${what} is of the tier ${tier}, which Azure limits to 250 Mbps; it must be Standard or Premium.`]
      : []),
    ...(policyId === undefined
      ? [
          `${what} has classic rules and no policy, and the environment's rules would hold it up and mix with others; have its rules moved into a firewall policy ("Migrate to firewall policy" in the portal), then send the ticket again.`,
        ]
      : []),
    ...(isInHub &&
    (subnetId === undefined || nameOfId(subnetId) !== FIREWALL_SUBNET || privateAddressOf(firewall) === undefined)
      ? [`${what} has no private address in a subnet ${FIREWALL_SUBNET}, where routes could lead to.`]
      : []),
  ];
}

/** Azure takes five for a resource. Source: learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings, checked 2026-11. */
const DIAGNOSTIC_SETTINGS_MAX = 5;

/** All that is in the way in what the firewall leads to. */
export function hubFindings(documents: FirewallDocuments, input: SurveyInput): readonly string[] {
  const { spec, hasWorkedThere } = input;
  const { firewall, virtualNetwork, policy, ruleCollectionGroups, diagnosticSettings } = documents;
  const places = placesOfFirewall(firewall);
  const own = ownNameInside(spec.name);
  const policyName = nameOfId(places.policyId ?? "");
  const ownGroups = [`${own}-network`, `${own}-application`];
  const isOwnGroup = (group: JsonObject): boolean => ownGroups.some((name) => sameId(name, nameOf(group)));
  const ownSettings = diagnosticSettings.filter((setting) => sameId(nameOf(setting), own));
  const foreignCount = diagnosticSettings.length - ownSettings.length;
  return [
    ...commonFindings(called("virtual network", places.virtualNetworkId ?? ""), virtualNetwork, spec),
    ...commonFindings(called("firewall policy", policyName), policy, spec),
    ...(hasWorkedThere
      ? []
      : ruleCollectionGroups
          .filter(isOwnGroup)
          .map((group) => taken("rule collection group", nameOf(group), policyName))),
    ...(hasWorkedThere || ownSettings.length === 0
      ? []
      : [taken("diagnostic setting", own, nameOfId(spec.adopt?.firewall ?? ""))]),
    ...priorityFindings(
      ruleCollectionGroups.filter((group) => !isOwnGroup(group)),
      policyName,
      spec,
    ),
    ...(foreignCount < DIAGNOSTIC_SETTINGS_MAX
      ? []
      : [
          `The firewall ${nameOfId(spec.adopt?.firewall ?? "")} has ${foreignCount} diagnostic settings, and Azure takes ${DIAGNOSTIC_SETTINGS_MAX}; the environment needs one of its own for its log.`,
        ]),
  ];
}

function taken(kind: string, name: string, home: string): string {
  return `There is a ${kind} ${name} in ${home} already, which this environment has not made; give the environment another name, or have that one removed.`;
}

/** The groups of one policy have a priority each. Source: learn.microsoft.com/azure/firewall/policy-rule-sets, checked 2026-11. */
function priorityFindings(
  others: readonly JsonObject[],
  policy: string,
  { firewall }: EnvironmentSpec,
): readonly string[] {
  const { networkPriority, applicationPriority } = firewall.rules;
  const priorityOf = (group: JsonObject): unknown => (group.properties as JsonObject | undefined)?.priority;
  const used = new Set([...others.map(priorityOf), networkPriority, applicationPriority]);
  return Object.entries({ networkPriority, applicationPriority }).flatMap(([field, priority]) => {
    const other = others.find((group) => priorityOf(group) === priority);
    if (other === undefined) return [];
    let free = priority;
    while (used.has(free)) free += 1;
    used.add(free);
    return [
      `The rule collection group ${nameOf(other)} in ${policy} has the priority ${priority} already; name a free one as environment.firewall.rules.${field}, ${free} for example.`,
    ];
  });
}

/** What follows from the firewall for the environment; undefined while something is missing that a finding names. */
export function firewallFacts({ firewall, virtualNetwork }: FirewallDocuments): FirewallFacts | undefined {
  const { virtualNetworkId, policyId, publicIpId } = placesOfFirewall(firewall);
  const skuTier = tierOf(textAt(firewall, "properties.sku.tier") ?? "Standard");
  if (virtualNetworkId === undefined || policyId === undefined || skuTier === undefined) return undefined;
  const subnet = objectsAt(virtualNetwork, "properties.subnets").find((each) => nameOf(each) === FIREWALL_SUBNET);
  const addressPrefix = subnet === undefined ? undefined : subnetPrefixOf(subnet);
  return {
    found: { virtualNetworkId, policyId, ...(publicIpId === undefined ? {} : { publicIpId }) },
    hub: {
      name: nameOfId(virtualNetworkId),
      addressPrefixes: prefixesOf(virtualNetwork, "properties.addressSpace.addressPrefixes"),
      subnets: addressPrefix === undefined ? [] : [{ name: FIREWALL_SUBNET, addressPrefix }],
    },
    firewall: { policyName: nameOfId(policyId), publicIpName: nameOfId(publicIpId ?? ""), skuTier },
  };
}

function tierOf(text: string): "Standard" | "Premium" | undefined {
  return text === "Standard" || text === "Premium" ? text : undefined;
}

function nameOf(body: JsonObject): string {
  return textAt(body, "name") ?? "";
}
