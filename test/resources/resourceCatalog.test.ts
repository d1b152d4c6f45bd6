import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject, jsonAt, textAt } from "../../src/domain/json.ts";
import { differences, mergeOwned } from "../../src/domain/ownedFields.ts";
import { ENVIRONMENT_TAG } from "../../src/domain/resourceNames.ts";
import { resourceCatalog, resourceDefinition } from "../../src/resources/catalog.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";
import { asAzureAnswers } from "./azureManners.ts";

const spec = seedSpec({ tags: { stage: "test" } });
const untagged =
  /roleAssignments|federatedIdentityCredentials|diagnosticSettings|dataCollectionRuleAssociations|subnets\/|virtualNetworkPeerings|ruleCollectionGroups|eventSubscriptions|\/routes\//;

describe.each(Object.keys(resourceCatalog))("%s", (stepId) => {
  const definition = resourceDefinition(stepId);
  const id = definition.id(spec, knownOutputs);
  const desired = definition.desired(spec, knownOutputs);
  const existing = asAzureAnswers(id, desired, definition.shared ?? []);

  it("finds its own output right, whatever Azure has made of it", () => {
    expect(differences(existing, desired, definition)).toEqual([]);
    expect(mergeOwned(existing, desired, definition)).toEqual(existing);
  });

  it("puts a changed field right and lets the rest survive", () => {
    const changed = { ...existing, ...(desired.tags === undefined ? {} : { tags: { "someone-elses": "tag" } }) };
    const merged = mergeOwned(changed, desired, definition);
    expect(differences(merged, desired, definition)).toEqual([]);
    expect(jsonAt(merged, "properties.someDefault")).toEqual({ mode: "Auto" });
    expect(merged.etag).toBe(existing.etag);
    for (const path of definition.shared ?? []) expect(names(merged, path)).toContain("someone-elses");
    if (desired.tags !== undefined)
      expect(differences(changed, desired, definition).map(({ path }) => path)).toEqual([
        "tags.stage",
        `tags.${ENVIRONMENT_TAG}`,
      ]);
  });

  it("carries the environment's tags wherever Azure has them", () => {
    const expected = untagged.test(`${id}/`.replace(/\/$/, ""))
      ? undefined
      : { stage: "test", [ENVIRONMENT_TAG]: "seed" };
    expect(desired.tags).toEqual(expected);
  });

  it("has an id below the subscription, and an api-version", () => {
    expect(id).toMatch(/^\/subscriptions\/00000000-0000-0000-0000-000000000000\/resourceGroups\/[^/]+(\/.+)?$/);
    expect(definition.apiVersion).toMatch(/^\d{4}-\d\d-\d\d(-preview)?$/);
  });
});

describe("the resources of a plan", () => {
  it("have ids of their own", () => {
    const all = Object.keys(resourceCatalog).map((stepId) =>
      resourceDefinition(stepId).id(spec, knownOutputs).toLowerCase(),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it("name a missing output instead of writing a hole", () => {
    expect(() => resourceDefinition("defaultRoute").desired(spec, {})).toThrow(
      "firewallPrivateIpAddress is not known yet",
    );
    expect(() => resourceDefinition("agicGroupReader").id(spec, {})).toThrow(
      "agicIdentityPrincipalId is not known yet",
    );
  });

  it("name what Azure left out of an answer", () => {
    const answer = { id: "/subscriptions/s/fw", properties: { ipConfigurations: [] } };
    expect(() => resourceDefinition("firewall").outputs?.(answer, spec)).toThrow(
      "/subscriptions/s/fw has no properties.ipConfigurations.0.properties.privateIPAddress",
    );
  });
});

function names(body: JsonObject, path: string): readonly unknown[] {
  const found = jsonAt(body, path);
  return Array.isArray(found) ? found.filter(isJsonObject).map((element) => textAt(element, "name")) : [];
}
