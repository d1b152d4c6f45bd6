import { ArmError } from "../core/armError.ts";
import type { StoredResource } from "../core/resourceType.ts";
import { sameText } from "../core/sameText.ts";

type Test = (resource: StoredResource) => boolean;

/** Reads the $filter of the generic resource lists: `field eq 'value'`, joined by "and" or "or" (not both). */
export function parseResourceFilter(filter: string | undefined): Test {
  if (filter === undefined || filter.trim() === "") return () => true;
  const alternatives = filter.split(/\s+or\s+/i);
  const conjuncts = filter.split(/\s+and\s+/i);
  if (alternatives.length > 1 && conjuncts.length > 1) throw invalid(filter);
  if (alternatives.length > 1) {
    const tests = alternatives.map((term) => parseTerm(term, filter));
    return (resource) => tests.some((test) => test(resource));
  }
  const terms = conjuncts.map((term) => parseTerm(term, filter));
  const tagName = valueIn(conjuncts, "tagName");
  const tagValue = valueIn(conjuncts, "tagValue");
  const tagTest: Test = tagName === undefined ? () => true : (resource) => hasTag(resource, tagName, tagValue);
  if (tagName === undefined && tagValue !== undefined) throw invalid(filter);
  return (resource) => tagTest(resource) && terms.every((test) => test(resource));
}

function parseTerm(term: string, filter: string): Test {
  const match = /^\s*\(?\s*(\w+)\s+(eq|ne)\s+'([^']*)'\s*\)?\s*$/i.exec(term);
  if (match === null) throw invalid(filter);
  const [, field = "", operator = "", value = ""] = match;
  if (/^tag(Name|Value)$/i.test(field)) return () => true;
  const read = READERS[field.toLowerCase()];
  if (read === undefined) throw invalid(filter);
  const wantsEqual = operator.toLowerCase() === "eq";
  return (resource) => sameText(read(resource), value) === wantsEqual;
}

const READERS: Readonly<Record<string, (resource: StoredResource) => string>> = {
  resourcetype: (resource) => resource.type,
  name: (resource) => resource.name,
  location: (resource) => String(resource.body.location ?? ""),
  resourcegroup: (resource) => resource.id.split("/")[4] ?? "",
};

function valueIn(terms: readonly string[], field: string): string | undefined {
  for (const term of terms) {
    const value = new RegExp(`^\\s*${field}\\s+eq\\s+'([^']*)'\\s*$`, "i").exec(term)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}

function hasTag(resource: StoredResource, name: string, value: string | undefined): boolean {
  return Object.entries((resource.body.tags ?? {}) as Record<string, string>).some(
    ([itsName, itsValue]) => sameText(itsName, name) && (value === undefined || itsValue === value),
  );
}

function invalid(filter: string): ArmError {
  return new ArmError(
    400,
    "InvalidFilterInQueryString",
    `Invalid $filter '${filter}' specified in the query string. Supported: resourceType, name, location, resourceGroup with eq or ne, and tagName eq 'x' and tagValue eq 'y'.`,
  );
}
