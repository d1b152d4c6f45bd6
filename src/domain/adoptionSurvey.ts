/** What looking at adopted resources comes to: the environment with all that follows from them, or why it cannot be. */
import type { FoundFirewall, FoundGateway } from "./adoption.ts";
import { nodePrefixes } from "./environmentDefaults.ts";
import { type BuiltEnvironment, sameName } from "./environmentMemory.ts";
import type { EnvironmentSpec, FirewallSpec, GatewaySpec, HubSpec, SpokeSpec } from "./environmentSpec.ts";
import type { Failure } from "./stepOutcome.ts";

/** An environment that adopts something, and what it has put there before. */
export interface SurveyInput {
  readonly spec: EnvironmentSpec;
  /** The environment has worked in what it adopts: what bears its name there is its own. */
  readonly hasWorkedThere: boolean;
  /** Names of its clusters, the one of the ticket among them. */
  readonly clusters: readonly string[];
}

export type AdoptionSurvey =
  | { readonly kind: "found"; readonly spec: EnvironmentSpec }
  | { readonly kind: "refused"; readonly failure: Failure }
  /** Azure works on it, or could not answer: look again. */
  | { readonly kind: "notNow"; readonly failure: Failure };

export interface FirewallFacts {
  readonly found: FoundFirewall;
  readonly hub: Pick<HubSpec, "name" | "addressPrefixes" | "subnets">;
  readonly firewall: Pick<FirewallSpec, "policyName" | "publicIpName" | "skuTier">;
}

export interface GatewayFacts {
  readonly found: FoundGateway;
  readonly publicIpAddress: string;
  readonly spoke: Pick<SpokeSpec, "name" | "addressPrefixes" | "subnets">;
  readonly gateway: Pick<GatewaySpec, "publicIpName" | "wafPolicyName" | "subnet" | "minCapacity" | "maxCapacity">;
}

/** What a provision looks at before its first write; undefined where nothing is adopted. */
export function surveyOf(spec: EnvironmentSpec, built: BuiltEnvironment | undefined): SurveyInput | undefined {
  if (spec.adopt === undefined) return undefined;
  const standing = (built?.clusters ?? []).map(({ cluster }) => cluster.name);
  const { name } = spec.cluster;
  const clusters = standing.some((each) => sameName(each, name)) ? standing : [...standing, name];
  return { spec, hasWorkedThere: built?.spec.adopt?.found !== undefined, clusters };
}

/** The environment with what was found in the place of what the ticket left open. */
export function withFound(
  spec: EnvironmentSpec,
  facts: {
    readonly firewall?: FirewallFacts | undefined;
    readonly gateway?: GatewayFacts | undefined;
    readonly arePeered: boolean;
  },
): EnvironmentSpec {
  const spoke = { ...spec.spoke, ...facts.gateway?.spoke };
  const gateway = { ...spec.gateway, ...facts.gateway?.gateway };
  const { rules } = spec.firewall;
  const sourcePrefixes = rules.sourcePrefixes.length > 0 ? rules.sourcePrefixes : nodePrefixes(spoke, gateway);
  const found = {
    ...(facts.firewall === undefined ? {} : { firewall: facts.firewall.found }),
    ...(facts.gateway === undefined ? {} : { gateway: facts.gateway.found }),
    arePeered: facts.arePeered,
  };
  return {
    ...spec,
    adopt: { ...spec.adopt, found },
    hub: { ...spec.hub, ...facts.firewall?.hub },
    spoke,
    firewall: { ...spec.firewall, ...facts.firewall?.firewall, rules: { ...rules, sourcePrefixes } },
    gateway,
  };
}
