import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** Azure's managed rule set. Source: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules, checked 2026-11. */
const RULE_SET = { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.1" };

/** What the gateway's firewall looks for. Exclusions and custom rules are the owner's. */
export const wafPolicy: ResourceDefinition = {
  apiVersion: apiVersions.network,
  shared: ["properties.managedRules.managedRuleSets"],
  // A newer version of the rule set is a decision of the owner's, not a fault.
  createOnly: ["properties.managedRules.managedRuleSets[].ruleSetVersion"],
  id: ids.wafPolicy,
  desired: (spec) => ({
    location: spec.location,
    tags: tagsOf(spec),
    properties: {
      policySettings: { state: "Enabled", mode: spec.gateway.wafMode, requestBodyCheck: true },
      managedRules: { managedRuleSets: [RULE_SET] },
    },
  }),
};
