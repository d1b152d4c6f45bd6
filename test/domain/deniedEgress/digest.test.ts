import { describe, expect, it } from "vitest";
import type { DeniedFlow, SliceTotal } from "../../../src/domain/deniedEgress/deniedFlow.ts";
import { digest, ENTRIES_MAX } from "../../../src/domain/deniedEgress/digest.ts";
import { fingerprintOf, rollUpOf } from "../../../src/domain/deniedEgress/fingerprint.ts";
import { remainders } from "../../../src/domain/deniedEgress/remainders.ts";
import type { ReadWindow } from "../../../src/domain/deniedEgress/window.ts";
import { atMinute, context, flow, reading } from "./egressWorld.ts";

const window: ReadWindow = {
  sequence: 1,
  from: atMinute(10),
  to: atMinute(20),
  overlapFrom: atMinute(0),
  isCut: false,
};

const digested = (flows: readonly DeniedFlow[], totals: readonly SliceTotal[] = [], known: readonly string[] = []) =>
  digest({ reading: reading(flows, { totals }), window, context, known });

const total = (minute: number, more: Partial<SliceTotal> = {}): SliceTotal => ({
  slice: atMinute(minute),
  kind: "application",
  sourcePrefix: "10.0.5.0/24",
  count: 10,
  destinationCount: 4,
  ...more,
});

const named = (name: string, more: Partial<DeniedFlow> = {}): DeniedFlow =>
  flow(12, { destination: { kind: "fqdn", name }, ...more });

describe("digest", () => {
  it("lists what AKS needs by name, then what is open already, then the worst, then the most", () => {
    const many = Array.from({ length: ENTRIES_MAX + 20 }, (_, index) => named(`n${index}.example.org`, { count: 50 }));
    const rare = { count: 1 };
    const known = fingerprintOf({ ...named("open.example.org"), cluster: "secureaks1" });
    const { entries } = digested(
      [
        ...many,
        named("most.example.org", { count: 51 }),
        named("quay.io", rare),
        named("open.example.org", rare),
        // An add-on's, listed by its name and no worse than quay.io.
        named("data.policy.core.windows.net", rare),
      ],
      [],
      [known],
    );
    expect(entries).toHaveLength(ENTRIES_MAX);
    expect(entries.slice(0, 4).map(({ destination }) => destination.name)).toEqual([
      "data.policy.core.windows.net",
      "open.example.org",
      "quay.io",
      "most.example.org",
    ]);
  });

  it("keeps threats that are only counted apart from everything else that is", () => {
    const { rests, counts } = digested([], [total(12, { kind: "threat", count: 3 }), total(12)]);
    const cluster = "secureaks1";
    const [threats, others] = (["threatIntelligence", "default"] as const).map((reason) =>
      fingerprintOf(rollUpOf({ cluster, reason })),
    );
    expect(counts).toEqual({
      [atMinute(12)]: { [threats ?? ""]: { rest: 3, counts: {} }, [others ?? ""]: { rest: 10, counts: {} } },
    });
    expect(rests.find(({ group }) => group === threats)).toMatchObject({ cluster, reason: "threatIntelligence" });
  });

  it("dates what is not listed by its own time where that is known, and else by its ingestion", () => {
    const storm = Array.from({ length: ENTRIES_MAX + 1 }, (_, index) =>
      named(`n${index}.example.org`, { firstAt: atMinute(3), lastAt: atMinute(5) }),
    );
    expect(digested(storm, [total(12, { count: 5_000 })]).rests).toMatchObject([
      { firstAt: atMinute(3), lastAt: atMinute(5) },
    ]);
    expect(digested([], [total(14), total(12)]).rests).toMatchObject([{ firstAt: atMinute(12), lastAt: atMinute(14) }]);
  });
});

describe("remainders", () => {
  const known = flow(12, { destination: { kind: "fqdn", name: "known.example" } });

  it("are what each kind, subnet and minute has beyond what is listed of it", () => {
    expect(
      remainders(
        [known, { ...known, kind: "threat" }, { ...known, sourceAddress: "10.0.6.9" }],
        [
          total(12),
          total(12, { kind: "threat" }),
          total(13),
          total(12, { sourcePrefix: "10.0.6.0/24", count: 3, destinationCount: 1 }),
        ],
      ).map(({ slice, kind, count }) => [slice, kind, count]),
    ).toEqual([
      [atMinute(12), "application", 7],
      [atMinute(12), "threat", 7],
      [atMinute(13), "application", 10],
    ]);
  });

  it("have as many destinations as are not listed, and one at least", () => {
    const counts = [4, 1].map((destinationCount) => remainders([known], [total(12, { destinationCount })]));
    expect(counts.map(([rest]) => rest?.destinationCount)).toEqual([3, 1]);
  });

  it("belong to the narrower of two subnets, as where a cluster that went had had the wider one", () => {
    const [wide, narrow] = [total(12, { count: 3 }), total(12, { sourcePrefix: "10.0.5.0/25", count: 3 })];
    const flows = [known, { ...known, sourceAddress: "10.0.5.200" }];
    for (const totals of [
      [wide, narrow],
      [narrow, wide],
    ])
      expect(remainders(flows, totals)).toEqual([]);
  });
});
