import type { AzureModule } from "../core/resourceType.ts";
import { dataCollectionRule } from "./dataCollectionRule.ts";
import { dataCollectionRuleAssociation } from "./dataCollectionRuleAssociation.ts";
import { diagnosticSetting } from "./diagnosticSetting.ts";
import { workspace } from "./workspace.ts";

/** Microsoft.OperationalInsights and Microsoft.Insights: where logs go, and what is sent there. */
export const monitorModule: AzureModule = {
  resourceTypes: [workspace, diagnosticSetting, dataCollectionRule, dataCollectionRuleAssociation],
};
