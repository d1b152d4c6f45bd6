import { ArmError } from "../core/armError.ts";
import type { JsonObject, WriteContext } from "../core/resourceType.ts";
import { partId, partsOf } from "./gatewayParts.ts";
import { idAt, numberAt, propertiesOf, sameText, textAt, textsAt, valueAt } from "./jsonRead.ts";

function refuse(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}

/** From this api-version on every rule has a priority. Source: learn.microsoft.com/azure/application-gateway/multiple-site-overview, checked 2026-11. */
const PRIORITY_REQUIRED_FROM = "2021-08-01";
const priorityRange = { lowest: 1, highest: 20_000 } as const;

/** Every rule has a priority of its own, a listener of its own, and leads somewhere. */
export function checkRoutingRules({ body, id, apiVersion }: WriteContext): void {
  const rules = partsOf(body, "requestRoutingRules");
  for (const rule of rules) {
    checkTarget(partId(id.id, "requestRoutingRules", textAt(rule, "name") ?? ""), propertiesOf(rule));
    const priority = numberAt(rule, "properties.priority");
    if (priority === undefined && apiVersion >= PRIORITY_REQUIRED_FROM) {
      throw refuse(
        "ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty",
        `The priority of request routing rule ${textAt(rule, "name")} of Application Gateway ${id.id} cannot be empty. All request routing rules should have a priority starting from api-version ${PRIORITY_REQUIRED_FROM}.`,
      );
    }
    if (priority !== undefined && (priority < priorityRange.lowest || priority > priorityRange.highest)) {
      throw refuse(
        "ApplicationGatewayRequestRoutingRulePriorityOutOfRange",
        `The priority ${priority} of request routing rule ${textAt(rule, "name")} is outside ${priorityRange.lowest}-${priorityRange.highest}.`,
      );
    }
  }
  for (const [property, code] of [
    ["priority", "ApplicationGatewayRequestRoutingRulePriorityIsNotUnique"],
    ["httpListener.id", "ApplicationGatewayHttpListenerAlreadyUsedByAnotherRule"],
  ] as const) {
    const values = rules.map((rule) => String(valueAt(rule, `properties.${property}`) ?? "").toLowerCase());
    const twin = values.find((value, index) => value !== "" && values.indexOf(value) !== index);
    if (twin !== undefined)
      throw refuse(
        code,
        `Two request routing rules of Application Gateway ${id.id} have the same ${property} ${twin}.`,
      );
  }
}

/** A rule leads to a pool with settings, to a redirect, or to a path map. */
function checkTarget(ruleId: string, rule: JsonObject): void {
  const hasPool = idAt(rule, "backendAddressPool") !== undefined && idAt(rule, "backendHttpSettings") !== undefined;
  const hasRedirect = idAt(rule, "redirectConfiguration") !== undefined;
  const isPathBased = sameText(textAt(rule, "ruleType"), "PathBasedRouting");
  const isRight = isPathBased ? idAt(rule, "urlPathMap") !== undefined : hasPool !== hasRedirect;
  if (isRight) return;
  throw refuse(
    "ApplicationGatewayRequestRoutingRuleInvalidTarget",
    isPathBased
      ? `Request routing rule ${ruleId} of type PathBasedRouting must reference a urlPathMap.`
      : `Request routing rule ${ruleId} must reference either backendAddressPool and backendHttpSettings, or redirectConfiguration.`,
  );
}

/** Two listeners may not wait for the same host on the same port; TLS needs a certificate. */
export function checkListeners({ body, id }: WriteContext): void {
  const seen = new Map<string, string>();
  for (const listener of partsOf(body, "httpListeners")) {
    const name = partId(id.id, "httpListeners", textAt(listener, "name") ?? "");
    const isTls = sameText(textAt(listener, "properties.protocol"), "Https");
    if (isTls && idAt(listener, "properties.sslCertificate") === undefined) {
      throw refuse(
        "ApplicationGatewayHttpsListenerMustReferenceSslCert",
        `Https listener ${name} must reference an sslCertificate.`,
      );
    }
    const one = textAt(listener, "properties.hostName") ?? "";
    const hosts = [one, ...textsAt(listener, "properties.hostNames")].filter((host) => host !== "");
    for (const host of hosts.length === 0 ? [""] : hosts) {
      const place = [
        idAt(listener, "properties.frontendIPConfiguration"),
        idAt(listener, "properties.frontendPort"),
        host,
      ]
        .join(" ")
        .toLowerCase();
      const other = seen.get(place);
      if (other !== undefined) {
        throw refuse(
          "ApplicationGatewayHttpListenersUsingSameFrontendPortAndFrontendIpConfig",
          `Two Http Listeners of Application Gateway ${other} and ${name} are using the same Frontend Port, FrontendIpConfiguration and host name '${host}'.`,
        );
      }
      seen.set(place, name);
    }
  }
}
