/** What is asked of everything that is adopted, and how its documents are read. */

import { parsePrefix } from "../domain/addressPrefix.ts";
import { nameOfId, parseArmId } from "../domain/armId.ts";
import { findMember } from "../domain/arrayElements.ts";
import { squeezed } from "../domain/azureLocations.ts";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { CREATION_TAG } from "../domain/resourceNames.ts";

/** In the environment's location, whole, and of nobody who would delete it. */
export function commonFindings(what: string, body: JsonObject, spec: EnvironmentSpec): readonly string[] {
  const location = textAt(body, "location");
  const state = textAt(body, "properties.provisioningState");
  const creator = isJsonObject(body.tags) ? findMember(body.tags, CREATION_TAG)?.value : undefined;
  return [
    ...(location === undefined || squeezed(location) === squeezed(spec.location)
      ? []
      : [`${what} is in ${location}, and the environment in ${spec.location}; name that as environment.location.`]),
    ...(state === undefined || state === "Succeeded"
      ? []
      : [`${what} is ${state}; have its operator bring it to Succeeded first.`]),
    ...(creator === undefined
      ? []
      : [
          `${what} was created by the environment ${String(creator)}, whose decommission would delete it; take the tag ${CREATION_TAG} off to make it an operator's.`,
        ]),
  ];
}

/** The app works in one subscription, and its rights end there. */
export function subscriptionFindings(what: string, id: string, { subscriptionId }: EnvironmentSpec): readonly string[] {
  const own = parseArmId(id)?.subscriptionId;
  if (own?.toLowerCase() === subscriptionId.toLowerCase()) return [];
  return [`${what} is in the subscription ${own ?? "of another cloud"}, and this app works in ${subscriptionId} only.`];
}

/** What is known by an id, for sentences: "The firewall policy afwp-hub". */
export function called(kind: string, id: string): string {
  return `The ${kind} ${nameOfId(id)}`;
}

export function objectsAt(value: Json | undefined, path: string): readonly JsonObject[] {
  const found = jsonAt(value, path);
  return isJsonArray(found) ? found.filter(isJsonObject) : [];
}

/** The IPv4 prefixes of a network or a subnet; AKS and the firewall's rules know no others here. */
export function prefixesOf(body: JsonObject, path: string): readonly string[] {
  const found = jsonAt(body, path);
  const texts = isJsonArray(found) ? found : [found];
  return texts.flatMap((text) => (typeof text === "string" && parsePrefix(text) !== undefined ? [text] : []));
}

/** The first IPv4 prefix of a subnet, however Azure writes it. */
export function subnetPrefixOf(subnet: JsonObject): string | undefined {
  return [...prefixesOf(subnet, "properties.addressPrefix"), ...prefixesOf(subnet, "properties.addressPrefixes")][0];
}
