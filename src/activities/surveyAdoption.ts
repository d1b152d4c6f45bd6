/** Looks at what an environment adopts before its first write: everything is read, everything that is in the way is said at once. */
import { type ArmClient, NoAnswerError } from "../azure/armClient.ts";
import type { AdoptionSurvey, FirewallFacts, GatewayFacts, SurveyInput } from "../domain/adoptionSurvey.ts";
import { groupOfId } from "../domain/armId.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import * as hub from "../resources/adoptedFirewall.ts";
import * as edge from "../resources/adoptedGateway.ts";
import { called, subscriptionFindings } from "../resources/adoptedResource.ts";
import { missingRights, rightsAt } from "../resources/adoptedRights.ts";
import { apiVersions } from "../resources/apiVersions.ts";
import { type JudgedPart, judgeAdoption } from "../resources/judgeAdoption.ts";
import type { ActivityHandlers } from "./activityTypes.ts";
import { type AdoptedReader, adoptedReader } from "./adoptedReader.ts";

export const surveyAdoption =
  ({ arm }: { readonly arm: ArmClient }): ActivityHandlers["surveyAdoption"] =>
  async (input, context) => {
    const survey = await lookAtAdopted(arm, input);
    const reason = survey.kind === "found" ? {} : { code: survey.failure.code, message: survey.failure.message };
    context.log({ event: "adoptionSurveyed", environment: input.spec.name, outcome: survey.kind, ...reason });
    return survey;
  };

/** Reads only. */
export async function lookAtAdopted(arm: ArmClient, input: SurveyInput): Promise<AdoptionSurvey> {
  const reader = adoptedReader(arm);
  try {
    const [firewall, gateway] = await Promise.all([readFirewall(reader, input), readGateway(reader, input)]);
    const [busy] = reader.notNow;
    return busy === undefined
      ? judgeAdoption(input, reader.findings, { firewall, gateway })
      : { kind: "notNow", failure: busy };
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return { kind: "notNow", failure: noAnswer(error) };
  }
}

async function readFirewall(reader: AdoptedReader, input: SurveyInput): Promise<JudgedPart<FirewallFacts>> {
  const id = input.spec.adopt?.firewall;
  if (id === undefined) return { findings: [] };
  const elsewhere = subscriptionFindings(called("firewall", id), id, input.spec);
  if (elsewhere.length > 0) return { findings: elsewhere };
  const firewall = await reader.resource(called("firewall", id), id, apiVersions.network);
  if (firewall === undefined) return { findings: [] };
  const own = hub.firewallFindings(id, firewall, input.spec);
  const { virtualNetworkId, policyId } = hub.placesOfFirewall(firewall);
  if (virtualNetworkId === undefined || policyId === undefined) return { findings: own };
  const [network, rules] = [called("virtual network", virtualNetworkId), called("firewall policy", policyId)];
  const away = [
    ...subscriptionFindings(network, virtualNetworkId, input.spec),
    ...subscriptionFindings(rules, policyId, input.spec),
  ];
  if (away.length > 0) return { findings: [...own, ...away] };
  const settings = `${id}/providers/Microsoft.Insights/diagnosticSettings`;
  const rights = [
    readRights(reader, called("firewall", id), id, rightsAt.firewall),
    readRights(reader, network, virtualNetworkId, rightsAt.hub),
    readRights(reader, rules, policyId, rightsAt.firewallPolicy),
  ];
  const [virtualNetwork, policy, ruleCollectionGroups, diagnosticSettings, ...missing] = await Promise.all([
    reader.resource(network, virtualNetworkId, apiVersions.network),
    reader.resource(rules, policyId, apiVersions.network),
    reader.list(`The rules of ${rules}`, `${policyId}/ruleCollectionGroups`, apiVersions.network),
    reader.list(`The diagnostic settings of ${called("firewall", id)}`, settings, apiVersions.diagnosticSettings),
    ...rights,
  ]);
  if (virtualNetwork === undefined || policy === undefined) return { findings: own };
  const documents = {
    firewall,
    virtualNetwork,
    policy,
    ruleCollectionGroups: ruleCollectionGroups ?? [],
    diagnosticSettings: diagnosticSettings ?? [],
  };
  const findings = [...own, ...hub.hubFindings(documents, input), ...missing.flat()];
  return { findings, facts: hub.firewallFacts(documents), virtualNetwork };
}

async function readGateway(reader: AdoptedReader, input: SurveyInput): Promise<JudgedPart<GatewayFacts>> {
  const { spec } = input;
  const id = spec.adopt?.gateway;
  if (id === undefined) return { findings: [] };
  const elsewhere = subscriptionFindings(called("gateway", id), id, spec);
  if (elsewhere.length > 0) return { findings: elsewhere };
  const gateway = await reader.resource(called("gateway", id), id, apiVersions.network);
  if (gateway === undefined) return { findings: [] };
  const own = edge.gatewayFindings(id, gateway, input);
  const { virtualNetworkId, publicIpId, wafPolicyId } = edge.placesOfGateway(gateway);
  if (virtualNetworkId === undefined || publicIpId === undefined || wafPolicyId === undefined) return { findings: own };
  const parts = [
    [called("virtual network", virtualNetworkId), virtualNetworkId],
    [called("public address", publicIpId), publicIpId],
    [called("WAF policy", wafPolicyId), wafPolicyId],
  ] as const;
  const away = parts.flatMap(([what, part]) => subscriptionFindings(what, part, spec));
  if (away.length > 0) return { findings: [...own, ...away] };
  const group = groupOfId(id);
  const [[virtualNetwork, publicIp, wafPolicy], missing] = await Promise.all([
    Promise.all(parts.map(([what, part]) => reader.resource(what, part, apiVersions.network))),
    Promise.all([
      readRights(reader, called("gateway", id), id, rightsAt.gateway),
      readRights(reader, called("resource group", group), group, rightsAt.gatewayGroup),
      readRights(reader, called("virtual network", virtualNetworkId), virtualNetworkId, rightsAt.spoke),
    ]),
  ]);
  if (virtualNetwork === undefined || publicIp === undefined || wafPolicy === undefined) return { findings: own };
  const documents = { gateway, virtualNetwork, publicIp, wafPolicy };
  const findings = [...own, ...edge.spokeFindings(documents, input), ...missing.flat()];
  return { findings, facts: edge.gatewayFacts(documents, input), virtualNetwork };
}

/** What the app may not do there and will have to; it is said before the first write, not by the tenth. */
async function readRights(
  reader: AdoptedReader,
  what: string,
  id: string,
  needed: readonly string[],
): Promise<readonly string[]> {
  const path = `${id}/providers/Microsoft.Authorization/permissions`;
  const permissions = await reader.list(`What the app may do at ${what}`, path, apiVersions.permissions);
  return permissions === undefined ? [] : missingRights(what, needed, permissions);
}

function noAnswer(error: NoAnswerError): Failure {
  return {
    code: "NoAnswer",
    message: error.message,
    advice: "Check the way from the app to Azure Resource Manager and the app's identity, then retry.",
  };
}
