import { describe, expect, it } from "vitest";
import { addedCluster } from "../../src/domain/addedCluster.ts";
import { type BuiltEnvironment, remember } from "../../src/domain/environmentMemory.ts";
import { neighbourMistakes } from "../../src/domain/neighbourMistakes.ts";
import { knownOutputs, seedSpec } from "./seedSpec.ts";

/** The seed's cluster with kubenet, and another one as a ticket asks for it. */
function withSecond(cluster: object): BuiltEnvironment {
  const spec = seedSpec({ cluster: { networkPlugin: "kubenet" } });
  const outputs = { ...knownOutputs, clusterId: "/id" };
  const built = remember(undefined, { kind: "provisioned", spec, outputs }, "CHG0001");
  if (built === undefined) throw new Error("nothing was remembered");
  const second = addedCluster(built, { cluster: { name: "secureaks2", ...cluster } });
  return remember(built, { kind: "added", cluster: second }, "CHG0002") ?? built;
}

const kubenet = { networkPlugin: "kubenet", podCidr: "10.245.0.0/16" };

describe("neighbourMistakes", () => {
  it.each([
    [
      "pods that are another cluster's",
      { ...kubenet, podCidr: "10.244.128.0/17" },
      "podCidr",
      "behind the same gateway",
    ],
    ["pods around another cluster's", { networkPlugin: "overlay", podCidr: "10.240.0.0/12" }, "podCidr", "overlaps"],
    [
      "kubenet twice in a subnet",
      { ...kubenet, subnet: "AKS-1-subnet" },
      "subnet",
      "no two clusters with kubenet in one subnet",
    ],
    ["any two in a subnet", { subnet: "aks-1-subnet" }, "subnet", "a subnet has one route table"],
    [
      "an identity of another cluster's",
      { identityName: "secureaks1-ID" },
      "identityName",
      "is that of the cluster secureaks1",
    ],
    [
      "a group of another cluster's nodes",
      { nodeGroupName: "securek8s_secureaks1_nodes_westeurope" },
      "nodeGroupName",
      "give this one another",
    ],
    [
      "as many nodes as the autoscaler may bring that the gateway's table has no room for",
      { networkPlugin: "kubenet", podCidr: "10.160.0.0/12", minCount: 1, maxCount: 362 },
      "maxCount",
      "secureaks1 need 3 of them, so up to 362 nodes and 37 for upgrades",
    ],
  ])("tells of %s", (_what, cluster, field, words) => {
    const told = neighbourMistakes(withSecond(cluster), "secureaks2", "/cluster");
    expect(told.map(({ pointer }) => pointer)).toEqual([`/cluster/${field}`]);
    expect(told[0]?.message).toContain(words);
  });

  it("tells of a name whose prefix on the gateway is another cluster's", () => {
    const first = "a".repeat(46);
    const spec = seedSpec({ cluster: { name: first } });
    const built = remember(undefined, { kind: "provisioned", spec, outputs: knownOutputs }, "CHG0001");
    if (built === undefined) throw new Error("nothing was remembered");
    const name = `${first}b`;
    const after = remember(built, { kind: "added", cluster: addedCluster(built, { cluster: { name } }) }, "CHG0002");
    const told = neighbourMistakes(after ?? built, name, "/cluster");
    expect(told.map(({ pointer }) => pointer)).toEqual(["/cluster/name"]);
    expect(told[0]?.message).toContain(`would have the prefix "${first}-"`);
  });

  it("finds nothing wrong with the most that the table has room for", () => {
    const cluster = { networkPlugin: "kubenet", podCidr: "10.160.0.0/12", minCount: 1, maxCount: 360 };
    expect(neighbourMistakes(withSecond(cluster), "secureaks2", "/cluster")).toEqual([]);
  });
});
