import { ArmError } from "../core/armError.ts";
import { sameId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape, notModelled } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { idAt, numberAt, objectsAt, propertiesOf, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";

export const webApplicationFirewallPolicy: ResourceType = {
  type: networkType.webApplicationFirewallPolicy,
  kind: "tracked",
  etags: true,
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  prepare,
  putSeconds: () => durations.webApplicationFirewallPolicy,
  deleteSeconds: () => durations.shortDelete,
  checkDelete,
  render,
};

/**
 * Rule sets and their versions.
 * Source: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules, checked 2026-11.
 */
const ruleSets: Readonly<Record<string, readonly string[]>> = {
  OWASP: ["3.0", "3.1", "3.2"],
  Microsoft_DefaultRuleSet: ["2.1", "2.2"],
  Microsoft_BotManagerRuleSet: ["0.1", "1.0", "1.1"],
};

function validate(context: WriteContext): void {
  checkName(context, 128);
  checkShape(context.body, {
    "properties.policySettings.state": ["Enabled", "Disabled"],
    "properties.policySettings.mode": ["Prevention", "Detection"],
    "properties.policySettings.requestBodyCheck": "flag",
    "properties.policySettings.maxRequestBodySizeInKb": "number",
    "properties.policySettings.fileUploadLimitInMb": "number",
    "properties.managedRules": { required: "object" },
    "properties.managedRules.managedRuleSets": {
      list: { ruleSetType: { required: "text" }, ruleSetVersion: { required: "text" } },
    },
    "properties.customRules": { list: {} },
  });
  const sets = objectsAt(context.body, "properties.managedRules.managedRuleSets");
  if (sets.length === 0) {
    throw refuse(
      "ApplicationGatewayFirewallPolicyNoManagedRuleSet",
      `Web application firewall policy ${context.id.id} must have at least one managed rule set.`,
    );
  }
  const unknown = sets.find(
    (set) => !ruleSets[textAt(set, "ruleSetType") ?? ""]?.includes(textAt(set, "ruleSetVersion") ?? ""),
  );
  if (unknown !== undefined) {
    throw refuse(
      "ApplicationGatewayFirewallUnknownRuleSet",
      `Managed rule set ${textAt(unknown, "ruleSetType")} ${textAt(unknown, "ruleSetVersion")} of ${context.id.id} does not exist. Known: ${Object.entries(
        ruleSets,
      )
        .map(([type, versions]) => `${type} ${versions.join(", ")}`)
        .join("; ")}.`,
    );
  }
  if (objectsAt(context.body, "properties.customRules").length > 0) {
    throw notModelled(
      "custom rules of web application firewall policies",
      `Leave customRules out of ${context.id.id}.`,
    );
  }
  const upload = numberAt(context.body, "properties.policySettings.fileUploadLimitInMb");
  if (upload !== undefined && (upload < 1 || upload > 4000)) {
    throw refuse(
      "ApplicationGatewayFirewallPolicyInvalidFileUploadLimit",
      `fileUploadLimitInMb of ${context.id.id} is ${upload}. The allowed range is 1 to 4000.`,
    );
  }
}

function refuse(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}

function prepare({ body }: WriteContext): JsonObject {
  const { applicationGateways: _gateways, ...sent } = propertiesOf(body);
  return {
    ...body,
    properties: {
      customRules: [],
      resourceState: "Enabled",
      ...sent,
      policySettings: {
        state: "Enabled",
        mode: "Detection",
        requestBodyCheck: true,
        maxRequestBodySizeInKb: 128,
        fileUploadLimitInMb: 100,
        ...(sent.policySettings as JsonObject | undefined),
      },
    },
  };
}

function gatewaysWith(resource: StoredResource, world: AzureWorld): StoredResource[] {
  return world.store
    .referencesTo(resource.id)
    .filter(
      (user) =>
        user.type === networkType.applicationGateway &&
        [user.body, ...objectsAt(user.body, "properties.httpListeners")].some((holder) =>
          sameId(idAt(holder, "properties.firewallPolicy") ?? "", resource.id),
        ),
    );
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  const gateway = gatewaysWith(resource, world)[0];
  if (gateway === undefined) return;
  throw refuse(
    "ApplicationGatewayFirewallPolicyCannotBeDeletedWhenInUse",
    `Web application firewall policy ${resource.id} cannot be deleted because it is in use by ${gateway.id}.`,
  );
}

function render(resource: StoredResource, world: AzureWorld): JsonObject {
  const applicationGateways = gatewaysWith(resource, world).map(({ id }) => ({ id }));
  if (applicationGateways.length === 0) return resource.body;
  return { ...resource.body, properties: { ...resource.body.properties, applicationGateways } };
}
