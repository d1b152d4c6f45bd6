import { describe, expect, it } from "vitest";
import {
  type Kql,
  kql,
  kqlAddress,
  kqlDatetime,
  kqlJoined,
  kqlName,
  kqlNumber,
  kqlPrefix,
  kqlResourceId,
} from "../../src/resources/kql.ts";
import { SeededRandom } from "../domain/seededRandom.ts";
import { kqlTokens } from "../harness/kqlAnalysis.ts";
import { kqlAttacks } from "../harness/kqlAttacks.ts";

const firewall =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub_(1)/providers/Microsoft.Network/azureFirewalls/afw.1";

const constructors: Readonly<Record<string, { readonly good: string; make(text: string): Kql }>> = {
  kqlDatetime: { good: "2026-11-02T08:00:00.000Z", make: kqlDatetime },
  kqlPrefix: { good: "10.0.5.0/24", make: kqlPrefix },
  kqlAddress: { good: "10.0.5.4", make: kqlAddress },
  kqlResourceId: { good: firewall, make: kqlResourceId },
  kqlName: { good: "mcr.microsoft.com", make: kqlName },
};

describe("a literal of a query", () => {
  it("is one literal to Microsoft's own parser, for every constructor", () => {
    for (const [name, { good, make }] of Object.entries(constructors)) {
      const { text } = make(good);
      expect(kqlTokens(text), name).toEqual([text]);
      expect(text.replace(/^(datetime\(|")(.*)[)"]$/, "$2"), name).toBe(good);
    }
    expect(kqlPrefix("10.0.5.7/24").text, "host bits").toBe('"10.0.5.0/24"');
    expect(kqlTokens(kqlNumber(4000).text)).toEqual(["4000"]);
    expect(kqlTokens('"10.0.5.4" or "'), "the parser itself").toHaveLength(3);
  });

  it("is not made of anything else, wherever it is put", () => {
    for (const [name, { good, make }] of Object.entries(constructors)) {
      expect(() => make(""), name).toThrow("does not go into a query");
      for (const attack of kqlAttacks) {
        for (const text of [attack, attack + good, good + attack, good.slice(0, 6) + attack + good.slice(6)]) {
          expect(() => make(text), `${name} of ${JSON.stringify(text)}`).toThrow("does not go into a query");
        }
      }
    }
    expect(() => kqlNumber(Number.NaN)).toThrow("a whole number");
    expect(() => kqlNumber(0.5)).toThrow("a whole number");
  });

  it("stays one literal for texts that somebody throws together (seeds 1 to 2000)", () => {
    const pieces = [...kqlAttacks, "10.0.5.4", "/24", "a", "-", "_", ".", "/subscriptions/", "é", "9"];
    let takenCount = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const random = new SeededRandom(seed);
      const text = Array.from({ length: 1 + random.below(4) }, () => pieces[random.below(pieces.length)]).join("");
      for (const [name, { make }] of Object.entries(constructors)) {
        const literal = taken(() => make(text));
        if (literal === undefined) continue;
        takenCount += 1;
        expect(kqlTokens(literal.text), `seed ${seed}: ${name} of ${JSON.stringify(text)}`).toHaveLength(1);
      }
    }
    expect(takenCount).toBeGreaterThan(10);
  });
});

describe("kql", () => {
  it("takes values that were made here, and nothing that only looks so", () => {
    const forged = { text: '"; drop' } as unknown as Kql;
    expect(kql`take ${kqlNumber(5)}`.text).toBe("take 5");
    expect(() => kql`take ${forged}`).toThrow("Only values that were made");
    expect(() => kql`take ${{ ...kqlNumber(5) }}`).toThrow("Only values that were made");
    expect(() => kqlJoined([kqlNumber(5), forged])).toThrow("Only values that were made");
    expect(() => kqlJoined([])).toThrow("needs a member");
  });
});

function taken(make: () => Kql): Kql | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
