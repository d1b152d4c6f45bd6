import { describe, expect, it } from "vitest";
import { type EnvironmentRequest, withDefaults } from "../../src/domain/environmentDefaults.ts";
import { environmentMistakes } from "../../src/domain/environmentMistakes.ts";
import { firstNodeCount, nodeCountMax, nodesInWords, surgeNodeCount } from "../../src/domain/nodePool.ts";
import { SeededRandom } from "./seededRandom.ts";

describe("nodeCountMax", () => {
  const cases = [
    ["AKS's default surge of 10 %, rounded up", { nodeCount: 11 }, 11 + 2],
    ["one node more, of however few", { nodeCount: 1 }, 1 + 1],
    ["a percentage that comes out even", { nodeCount: 30, maxSurge: "10%" }, 30 + 3],
    ["a third", { nodeCount: 8, maxSurge: "33%" }, 8 + 3],
    ["a number of nodes", { nodeCount: 8, maxSurge: "5" }, 8 + 5],
    ["no more new nodes than there are old ones", { nodeCount: 2, maxSurge: "5" }, 2 + 2],
    ["the autoscaler's upper bound, and the surge of that", { nodeCount: 2, minCount: 2, maxCount: 40 }, 40 + 4],
    ["all nodes twice", { nodeCount: 4, minCount: 1, maxCount: 4, maxSurge: "100%" }, 8],
  ] as const;

  it.each(cases)("counts %s", (_what, pool, most) => {
    expect(nodeCountMax(pool)).toBe(most);
  });

  it("never falls when more is asked for, and lies between one node more and twice the nodes", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new SeededRandom(seed);
      const upTo = (most: number): number => 1 + random.below(most);
      const maxCount = upTo(1000);
      const percent = upTo(100);
      const pool = { nodeCount: 1, minCount: 1, maxCount, maxSurge: `${percent}%` };
      expect(nodeCountMax(pool), `seed ${seed}`).toBeGreaterThan(maxCount);
      expect(nodeCountMax(pool), `seed ${seed}`).toBeLessThanOrEqual(2 * maxCount);
      expect(surgeNodeCount(pool) * 100, `seed ${seed}`).toBeGreaterThanOrEqual(percent * maxCount);
      expect((surgeNodeCount(pool) - 1) * 100, `seed ${seed}`).toBeLessThan(percent * maxCount);
      expect(nodeCountMax({ ...pool, maxCount: maxCount + 1 }), `seed ${seed}`).toBeGreaterThan(nodeCountMax(pool));
    }
  });

  it("is said with the bound that it comes from", () => {
    expect(nodesInWords({ nodeCount: 8 })).toBe("8 nodes and 1 for upgrades");
    expect(nodesInWords({ nodeCount: 2, minCount: 1, maxCount: 25 })).toBe("up to 25 nodes and 3 for upgrades");
  });
});

describe("firstNodeCount", () => {
  it("is the seed's two, brought into the bounds", () => {
    expect([firstNodeCount(undefined, undefined), firstNodeCount(3, 9), firstNodeCount(1, 1)]).toEqual([2, 3, 1]);
  });
});

describe("what is reserved for nodes", () => {
  const gatewaySubnet = { name: "gw-1-subnet", addressPrefix: "10.0.4.0/24" };
  const environment = (cluster: NonNullable<EnvironmentRequest["cluster"]>, nodeBits: number): EnvironmentRequest => ({
    spoke: {
      addressPrefixes: ["10.0.4.0/24", "10.16.0.0/12"],
      subnets: [gatewaySubnet, { name: "aks-1-subnet", addressPrefix: `10.16.0.0/${nodeBits}` }],
    },
    cluster,
  });
  const told = (request: EnvironmentRequest) => environmentMistakes(withDefaults(request));

  it("decides whether a subnet is large enough, with every plug-in, for any bounds and surge", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const upTo = (most: number): number => 1 + random.below(most);
      const networkPlugin = (["azure", "kubenet", "overlay"] as const)[upTo(3) - 1] ?? "azure";
      const maxCount = upTo(networkPlugin === "kubenet" ? 300 : 900);
      const maxSurge = upTo(2) === 1 ? `${upTo(33)}%` : String(upTo(50));
      const maxPods = 9 + upTo(100);
      const bits = 18 + upTo(8);
      const podCidr = networkPlugin === "azure" ? {} : { podCidr: "10.128.0.0/10" };
      const pool = { minCount: 1, maxCount, maxSurge, maxPods, nodeCount: 1 };
      const request = environment({ networkPlugin, ...pool, ...podCidr }, bits);
      const addresses = nodeCountMax(pool) * (networkPlugin === "azure" ? maxPods + 1 : 1) + 5;
      const isTooSmall = told(request).some(({ pointer }) => pointer === "/environment/spoke/subnets/1/addressPrefix");
      expect(isTooSmall, `seed ${seed}: ${JSON.stringify(request.cluster)} in a /${bits}`).toBe(
        addresses > 2 ** (32 - bits),
      );
    }
  });

  it("fits to the address, to the pod range and to the route, and not to one more", () => {
    // (5 + 1) × 31 + 5 = 191 of 192 … 256 addresses; 7 + 1 make 253; 8 + 1 do not fit.
    expect(told(environment({ minCount: 1, maxCount: 7 }, 24))).toEqual([]);
    expect(told(environment({ minCount: 1, maxCount: 8 }, 24)).map(({ message }) => message)).toEqual([
      expect.stringContaining(
        "up to 8 nodes and 1 for upgrades with 30 pods each, and Azure's own 5, need 284 addresses",
      ),
    ]);
    // A /20 holds 16 nodes of a /24 each: 14 and 2 for upgrades.
    const pods = { networkPlugin: "overlay", podCidr: "10.128.0.0/20", minCount: 1 } as const;
    expect(told(environment({ ...pods, maxCount: 14 }, 24))).toEqual([]);
    expect(told(environment({ ...pods, maxCount: 15 }, 24))).toMatchObject([
      { pointer: "/environment/cluster/podCidr", message: expect.stringContaining("need a /19 or larger") },
    ]);
    // 400 routes: the default route, 362 nodes and 37 for upgrades.
    const routed = { networkPlugin: "kubenet", podCidr: "10.128.0.0/10", minCount: 1 } as const;
    expect(told(environment({ ...routed, maxCount: 362 }, 22))).toEqual([]);
    expect(told(environment({ ...routed, maxCount: 363 }, 22))).toMatchObject([
      { pointer: "/environment/cluster/maxCount", message: expect.stringContaining("make 401 with the default route") },
    ]);
  });
});
