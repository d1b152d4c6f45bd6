import { describe, expect, it } from "vitest";
import { type EgressCollection, egressCollections } from "../../src/domain/egressRules.ts";
import { seedSpec } from "./seedSpec.ts";

const inShort = (collections: readonly EgressCollection[]): readonly string[] =>
  collections.map(({ kind, name, priority }) => `${kind} ${name} ${priority}`);

describe("egressCollections", () => {
  it("gives today's set under the seed's names and priorities", () => {
    expect(inShort(egressCollections(seedSpec()))).toEqual([
      "network servicetags 110",
      "network hcp 120",
      "application aksfwar 101",
      "application osupdates 102",
    ]);
  });

  it("gives the literal set of 2020 when asked (S-31 to S-37)", () => {
    const spec = seedSpec({ firewall: { rules: { compatibility: "2020", dockerHub: true } } });
    expect(inShort(egressCollections(spec))).toEqual([
      "network time 101",
      "network dns 102",
      "network servicetags 110",
      "network hcp 120",
      "application aksfwar 101",
      "application osupdates 102",
      "application dockerhub 200",
    ]);
    expect(spec.firewall.rules.sourcePrefixes).toEqual(["*"]);
    expect(JSON.stringify(egressCollections(spec))).toContain("*registry-1.docker.io");
  });

  it("names no widths of 2020 in today's set: no Any, no star, no name that begins with a bare star", () => {
    const rules = egressCollections(seedSpec({ firewall: { rules: { dockerHub: true } } })).flatMap(
      (collection) => collection.rules,
    );
    for (const rule of rules) {
      const values =
        rule.kind === "network" ? [...rule.protocols, ...rule.destinations, ...rule.ports] : (rule.fqdns ?? []);
      expect(
        values.filter((value) => /^Any$|^\*/.test(value)),
        rule.name,
      ).toEqual([]);
    }
  });

  it("lets only what is switched on out", () => {
    const spec = seedSpec({ monitoring: false, firewall: { rules: { osUpdates: false, apiServerByAddress: false } } });
    expect(inShort(egressCollections(spec))).toEqual(["application aksfwar 101"]);
  });

  it("describes every rule", () => {
    for (const compatibility of ["2026", "2020"] as const) {
      const spec = seedSpec({ firewall: { rules: { compatibility, dockerHub: true } } });
      for (const rule of egressCollections(spec).flatMap(({ rules }) => rules))
        expect(rule.description.length).toBeGreaterThan(10);
    }
  });

  it("gives rules to the node subnets alone", () => {
    expect(seedSpec().firewall.rules.sourcePrefixes).toEqual(["10.0.5.0/24", "10.0.6.0/24"]);
  });
});
