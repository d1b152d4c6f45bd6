import { ArmError } from "../core/armError.ts";
import type { WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape, notModelled } from "./bodyShape.ts";
import { gatewayCollections, partAt, partId, partsOf, pointersIn } from "./gatewayParts.ts";
import { checkListeners, checkRoutingRules } from "./gatewayRuleChecks.ts";
import { flagAt, idAt, isObject, numberAt, objectsAt, sameText, textAt, valueAt } from "./jsonRead.ts";

/**
 * What an application gateway's body must be in itself. Codes that are not in captured answers follow the provider's way
 * of naming them (ApplicationGateway…).
 */
export function checkGatewayBody(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.sku.name": { required: "text" },
    "properties.sku.tier": { required: "text" },
    "properties.sku.capacity": "number",
    "properties.autoscaleConfiguration.minCapacity": "number",
    "properties.autoscaleConfiguration.maxCapacity": "number",
    "properties.enableHttp2": "flag",
    "properties.firewallPolicy": "reference",
    ...Object.fromEntries(
      gatewayCollections.map((collection) => [
        `properties.${collection}`,
        { list: { name: { required: "text" }, properties: "object" } },
      ]),
    ),
  });
  checkSku(context);
  checkCapacity(context);
  checkWebApplicationFirewall(context);
  checkParts(context);
  checkPointers(context);
  checkRoutingRules(context);
  checkListeners(context);
}

function refuse(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}

/** Version 1 has been retired on 2026-04-28; Basic is another product. */
function checkSku({ body, id }: WriteContext): void {
  const name = textAt(body, "properties.sku.name");
  const tier = textAt(body, "properties.sku.tier");
  if (["Standard_v2", "WAF_v2"].some((known) => sameText(known, name)) && sameText(name, tier)) return;
  throw refuse(
    "ApplicationGatewayInvalidSku",
    `Application Gateway ${id.id} has sku ${name} and tier ${tier}. Both must be Standard_v2 or both WAF_v2; version 1 has been retired.`,
  );
}

/** Source: learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant, checked 2026-11. */
const MOST_INSTANCES = 125;
const FEWEST_MAXIMUM_INSTANCES = 2;

function checkCapacity({ body, id }: WriteContext): void {
  const fixed = numberAt(body, "properties.sku.capacity");
  const minimum = numberAt(body, "properties.autoscaleConfiguration.minCapacity");
  const maximum = numberAt(body, "properties.autoscaleConfiguration.maxCapacity");
  const scales = isObject(valueAt(body, "properties.autoscaleConfiguration"));
  if ((fixed === undefined) !== scales) {
    throw refuse(
      "ApplicationGatewayCapacityAndAutoscaleConfigurationConflict",
      `Application Gateway ${id.id} must have either sku.capacity or autoscaleConfiguration.`,
    );
  }
  if (fixed !== undefined && (fixed < 1 || fixed > MOST_INSTANCES)) {
    throw refuse(
      "ApplicationGatewayInvalidCapacity",
      `sku.capacity ${fixed} of Application Gateway ${id.id} is outside 1-${MOST_INSTANCES}.`,
    );
  }
  if (!scales) return;
  const upper = maximum ?? MOST_INSTANCES;
  if (
    minimum === undefined ||
    minimum < 0 ||
    minimum > upper ||
    upper > MOST_INSTANCES ||
    upper < FEWEST_MAXIMUM_INSTANCES
  ) {
    throw refuse(
      "ApplicationGatewayInvalidAutoscaleConfiguration",
      `autoscaleConfiguration of Application Gateway ${id.id} must have 0 <= minCapacity <= maxCapacity, and maxCapacity within ${FEWEST_MAXIMUM_INSTANCES}-${MOST_INSTANCES}. Given: ${minimum} and ${maximum}.`,
    );
  }
}

function checkWebApplicationFirewall({ body, id }: WriteContext): void {
  const isFirewalled = sameText(textAt(body, "properties.sku.tier"), "WAF_v2");
  const policyId = idAt(body, "properties.firewallPolicy");
  const legacy = flagAt(body, "properties.webApplicationFirewallConfiguration.enabled");
  if (isFirewalled && policyId === undefined && !legacy) {
    throw refuse(
      "ApplicationGatewayFirewallNotConfiguredForSelectedSku",
      `Application Gateway ${id.id} with the selected SKU tier WAF_v2 must have a valid WAF policy or configuration.`,
    );
  }
  if (!isFirewalled && (policyId !== undefined || legacy)) {
    throw refuse(
      "ApplicationGatewayFirewallConfiguredForSelectedSku",
      `Application Gateway ${id.id} has a WAF policy or configuration, which SKU tier ${textAt(body, "properties.sku.tier")} does not take.`,
    );
  }
}

const requiredCollections = [
  "gatewayIPConfigurations",
  "frontendIPConfigurations",
  "frontendPorts",
  "backendAddressPools",
  "backendHttpSettingsCollection",
  "httpListeners",
  "requestRoutingRules",
] as const;

function checkParts({ body, id }: WriteContext): void {
  for (const property of [
    "rewriteRuleSets",
    "privateLinkConfigurations",
    "listeners",
    "backendSettingsCollection",
    "routingRules",
    "trustedClientCertificates",
  ]) {
    if (objectsAt(body, `properties.${property}`).length > 0) {
      throw notModelled(`${property} of application gateways`, `Leave properties.${property} out of ${id.id}.`);
    }
  }
  const missing = requiredCollections.find((collection) => partsOf(body, collection).length === 0);
  if (missing !== undefined) {
    throw refuse(
      "ApplicationGatewayMissingRequiredProperty",
      `Application Gateway ${id.id} must have at least one element in ${missing}.`,
    );
  }
  for (const collection of gatewayCollections) {
    const names = partsOf(body, collection).map((part) => textAt(part, "name")?.toLowerCase() ?? "");
    const twin = names.find((name, index) => names.indexOf(name) !== index);
    if (twin === undefined) continue;
    throw new ArmError(400, "InvalidRequestFormat", "Cannot parse the request.", {
      details: [
        {
          code: "DuplicateResourceName",
          message: `Resource ${id.id} has two child resources with the same name (${twin}) in ${collection}.`,
        },
      ],
    });
  }
}

function checkPointers({ body, id }: WriteContext): void {
  for (const pointer of pointersIn(id.id, body)) {
    if (pointer.targetId === undefined) {
      if (!pointer.required) continue;
      throw refuse(
        "ApplicationGatewayMissingReference",
        `${pointer.from} must reference one of ${pointer.to} in property ${pointer.property}.`,
      );
    }
    const name = pointer.targetId.split("/").at(-1) ?? "";
    const isOwn = sameText(pointer.targetId, partId(id.id, pointer.to, name));
    if (isOwn && partAt(body, pointer.targetId) !== undefined) continue;
    throw refuse(
      "InvalidResourceReference",
      `Resource ${pointer.targetId} referenced by resource ${pointer.from} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    );
  }
}
