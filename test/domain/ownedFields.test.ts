import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/domain/json.ts";
import { differences, mergeOwned, type OwnershipRules } from "../../src/domain/ownedFields.ts";
import { SeededRandom } from "./seededRandom.ts";

describe("differences", () => {
  it("finds none between equal bodies, and none in what Azure has added", () => {
    const desired = { location: "westeurope", properties: { enabled: true, items: [{ name: "a", size: 1 }] } };
    const existing = {
      id: "/subscriptions/s/x",
      etag: 'W/"1"',
      location: "westeurope",
      properties: {
        enabled: true,
        provisioningState: "Succeeded",
        items: [{ name: "a", id: "x", size: 1, zone: null }],
      },
    };
    expect(differences(existing, desired)).toEqual([]);
  });

  it("names path, old and new value, with the names of elements", () => {
    const existing = {
      properties: { subnets: [{ name: "aks-1-subnet", properties: { addressPrefix: "10.0.9.0/24" } }] },
    };
    const desired = {
      properties: { subnets: [{ name: "aks-1-subnet", properties: { addressPrefix: "10.0.5.0/24" } }] },
    };
    expect(differences(existing, desired)).toEqual([
      { path: "properties.subnets[aks-1-subnet].properties.addressPrefix", from: "10.0.9.0/24", to: "10.0.5.0/24" },
    ]);
  });

  it.each([
    [
      "ids without case",
      { subnet: { id: "/subscriptions/S/resourcegroups/G" } },
      { subnet: { id: "/subscriptions/s/resourceGroups/g" } },
    ],
    ["locations without blanks", { location: "West Europe" }, { location: "westeurope" }],
    ["enums without case", { mode: "PREVENTION" }, { mode: "Prevention" }],
    [
      "keys without case",
      { addonProfiles: { omsAgent: { enabled: true } } },
      { addonProfiles: { omsagent: { enabled: true } } },
    ],
    ["sets in any order", { audiences: ["b", "a"] }, { audiences: ["a", "b"] }],
    [
      "named elements in any order",
      { rules: [{ name: "b" }, { name: "a" }] },
      { rules: [{ name: "a" }, { name: "b" }] },
    ],
    ["nothing and an empty array", {}, { serviceEndpoints: [] }],
    ["null and nothing", { zones: null }, { zones: [] }],
  ])("compares %s", (_name, existing, desired) => {
    expect(differences(existing as JsonObject, desired as JsonObject)).toEqual([]);
  });

  it.each([
    ["tag values letter by letter", { tags: { stage: "Prod" } }, { tags: { stage: "prod" } }, {}],
    ["descriptions letter by letter", { rule: { description: "A" } }, { rule: { description: "a" } }, {}],
    ["what a rule calls exact", { subject: "A:b" }, { subject: "a:b" }, { exact: ["subject"] }],
    ["everything, where case matters", { image: "X" }, { image: "x" }, { caseSensitive: true }],
    ["the order that means something", { args: ["b", "a"] }, { args: ["a", "b"] }, { ordered: ["args"] }],
    ["a number and its text", { port: "80" }, { port: 80 }, {}],
    ["a missing key of identities", { identities: {} }, { identities: { "/subscriptions/s/id": {} } }, {}],
    ["sets of which one has more", { set: ["a", "b"] }, { set: ["a"] }, {}],
    ["sets in which an element stands twice", { set: ["a", "a"] }, { set: ["a", "b"] }, {}],
  ])("tells apart %s", (_name, existing, desired, rules) => {
    expect(differences(existing as JsonObject, desired as JsonObject, rules as OwnershipRules)).toHaveLength(1);
  });

  it("finds a foreign element in an array of ours, and leaves it in a shared one", () => {
    const existing = { rules: [{ name: "ours" }, { name: "theirs" }] };
    const desired = { rules: [{ name: "ours" }] };
    expect(differences(existing, desired)).toEqual([
      { path: "rules[theirs]", from: '{"name":"theirs"}', to: "nothing" },
    ]);
    expect(differences(existing, desired, { shared: ["rules"] })).toEqual([]);
  });

  it("ignores what was chosen at creation, in elements too", () => {
    const rules = { createOnly: ["version", "pools[].count"] };
    const existing = { version: "1.30", pools: [{ name: "p", count: 9, size: "L" }] };
    expect(differences(existing, { version: "1.33", pools: [{ name: "p", count: 2, size: "L" }] }, rules)).toEqual([]);
    expect(differences(existing, { version: "1.33", pools: [{ name: "p", count: 2, size: "S" }] }, rules)).toHaveLength(
      1,
    );
  });
});

describe("mergeOwned", () => {
  it("keeps Azure's spelling of equal values and everything that is not ours", () => {
    const existing = {
      location: "West Europe",
      tags: { theirs: "1" },
      properties: { a: 1, b: [1, 2], state: "Succeeded" },
    };
    const merged = mergeOwned(existing, { location: "westeurope", tags: { ours: "2" }, properties: { a: 2 } });
    expect(merged).toEqual({
      location: "West Europe",
      tags: { theirs: "1", ours: "2" },
      properties: { a: 2, b: [1, 2], state: "Succeeded" },
    });
  });

  it("sends what is chosen at creation for a new element, and keeps it for one that exists", () => {
    const rules = { shared: ["pools"], createOnly: ["pools[].count"] };
    const merged = mergeOwned(
      {
        pools: [
          { name: "old", count: 9, tier: "x" },
          { name: "theirs", count: 4 },
        ],
      },
      {
        pools: [
          { name: "old", count: 2, tier: "y" },
          { name: "new", count: 2 },
        ],
      },
      rules,
    );
    expect(merged).toEqual({
      pools: [
        { name: "theirs", count: 4 },
        { name: "old", count: 9, tier: "y" },
        { name: "new", count: 2 },
      ],
    });
  });
});

describe("differences and mergeOwned on random bodies", () => {
  it("converge in one pass, let foreign parts survive, and do not mind the order (seeds 1 to 500)", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new SeededRandom(seed);
      const desired = randomObject(random, 3, "own");
      const existing = disturbed(random, desired);
      const rules: OwnershipRules = { shared: ["ownArray"], createOnly: ["own0"] };
      const merged = mergeOwned(existing, desired, rules);
      expect(differences(merged, desired, rules), `seed ${seed}`).toEqual([]);
      expect(mergeOwned(merged, desired, rules), `seed ${seed}`).toEqual(merged);
      expect(foreignParts(merged), `seed ${seed}`).toEqual(foreignParts(existing));
      expect(merged.own0, `seed ${seed}`).toEqual(existing.own0);
      const shuffledDesired = shuffled(random, desired) as JsonObject;
      expect(differences(merged, shuffledDesired, rules), `seed ${seed}`).toEqual([]);
      expect(paths(differences(existing, shuffledDesired, rules)), `seed ${seed}`).toEqual(
        paths(differences(existing, desired, rules)),
      );
    }
  });
});

function paths(found: readonly { readonly path: string }[]): readonly string[] {
  return found.map(({ path }) => path).sort();
}

/** An object with members own0 … and, at the top, an array of named elements. */
function randomObject(random: SeededRandom, depth: number, prefix: string): JsonObject {
  const members = Array.from({ length: 1 + random.below(4) }, (_, index): [string, Json] => [
    `${prefix}${index}`,
    randomValue(random, depth - 1, prefix),
  ]);
  const named = Array.from({ length: random.below(4) }, (_, index) => ({ name: `n${index}`, size: random.below(3) }));
  return Object.fromEntries([...members, [`${prefix}Array`, named]]);
}

function randomValue(random: SeededRandom, depth: number, prefix: string): Json {
  switch (random.below(depth > 0 ? 6 : 4)) {
    case 0:
      return random.below(5);
    case 1:
      return ["Alpha", "beta", "/subscriptions/S/x"][random.below(3)] ?? "";
    case 2:
      return random.below(2) === 0;
    case 3:
      return Array.from({ length: random.below(4) }, () => `item${random.below(5)}`);
    case 4:
      return Array.from({ length: random.below(3) }, (_, index) => ({ name: `e${index}`, value: random.below(3) }));
    default:
      return randomObject(random, depth, prefix);
  }
}

/** The object with members changed or taken away, and foreign ones put in. */
function disturbed(random: SeededRandom, desired: JsonObject): JsonObject {
  const kept = Object.entries(desired).flatMap(([key, value]): [string, Json][] => {
    if (value === undefined || random.below(5) === 0) return [];
    if (random.below(4) === 0) return [[key, randomValue(random, 1, "own")]];
    const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
    return [[key, isPlain ? disturbed(random, value as JsonObject) : value]];
  });
  const array = Object.fromEntries(kept).ownArray;
  const foreign = { name: "foreignElement", size: 7 };
  return {
    ...Object.fromEntries(kept),
    ...(Array.isArray(array) ? { ownArray: shuffled(random, [...array, foreign]) as Json } : {}),
    foreign: { deep: random.below(100) },
  };
}

/** What must survive a merge: foreign members at the top, foreign elements of the shared array. */
function foreignParts(body: JsonObject): Json {
  const array = Array.isArray(body.ownArray) ? (body.ownArray as readonly JsonObject[]) : [];
  return [body.foreign ?? null, array.filter((element) => element.name === "foreignElement")];
}

/** The same content with members and arrays in another order. */
function shuffled(random: SeededRandom, value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return random.shuffled(value.map((item) => shuffled(random, item) as Json));
  if (typeof value !== "object" || value === null) return value;
  const members = random
    .shuffled(Object.entries(value))
    .map(([key, member]) => [key, shuffled(random, member as Json)]);
  return Object.fromEntries(members);
}
