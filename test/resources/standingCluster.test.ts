import { describe, expect, it } from "vitest";
import { type JsonObject, jsonAt } from "../../src/domain/json.ts";
import { differences } from "../../src/domain/ownedFields.ts";
import { resourceDefinition } from "../../src/resources/catalog.ts";
import { desiredOver } from "../../src/resources/resourceDefinition.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";

const desired = (id: string, spec = seedSpec()): JsonObject => resourceDefinition(id).desired(spec, knownOutputs);

describe("a cluster that is there already", () => {
  const profiles = {
    azure: { networkPlugin: "azure" },
    kubenet: { networkPlugin: "kubenet", podCidr: "10.244.0.0/16" },
    overlay: { networkPlugin: "azure", networkPluginMode: "overlay", podCidr: "10.244.0.0/16" },
  } as const;
  const plugins = ["azure", "kubenet", "overlay"] as const;
  const refusal = (networkProfile: JsonObject, cluster: Parameters<typeof seedSpec>[0] = {}) =>
    resourceDefinition("cluster").refuse?.({ properties: { networkProfile } }, seedSpec(cluster));

  it.each(plugins.flatMap((from) => plugins.map((to) => [from, to] as const)))("with %s, asked for %s", (from, to) => {
    const failure = refusal(profiles[from], { cluster: { networkPlugin: to } });
    if (from === to) expect(failure).toBeUndefined();
    else
      expect(failure).toMatchObject({
        code: "PodNetworkIsFixed",
        message: expect.stringContaining(`networkPlugin "${from}", and the ticket asks for "${to}"`),
      });
  });

  it("keeps its pods' range", () => {
    const asked = { cluster: { networkPlugin: "kubenet", podCidr: "10.245.0.0/16" } } as const;
    expect(refusal(profiles.kubenet, asked)?.message).toContain(
      "pods in 10.244.0.0/16, and the ticket asks for 10.245",
    );
  });

  it("lets the autoscaler move the count within the bounds, and brings it back into them", () => {
    const scaled = seedSpec({ cluster: { minCount: 3, maxCount: 5, maxSurge: "33%" } });
    const cluster = desired("cluster", scaled);
    const definition = resourceDefinition("cluster");
    const pool = jsonAt(cluster, "properties.agentPoolProfiles.0") as JsonObject;
    expect(pool).toMatchObject({ enableAutoScaling: true, minCount: 3, maxCount: 5, count: 3 });
    expect(pool.upgradeSettings).toEqual({ maxSurge: "33%" });
    const found = (change: JsonObject) => {
      const properties = { ...(cluster.properties as JsonObject), agentPoolProfiles: [{ ...pool, ...change }] };
      const existing = { ...cluster, properties };
      return differences(existing, desiredOver(definition, cluster, existing), definition).map(
        ({ path, from, to }) => `${path.slice(path.indexOf("].") + 2)}: ${from} → ${to}`,
      );
    };
    expect([3, 4, 5].flatMap((count) => found({ count }))).toEqual([]);
    expect([1, 9].map((count) => found({ count }))).toEqual([["count: 1 → 3"], ["count: 9 → 5"]]);
    expect(found({ maxCount: 8, upgradeSettings: { maxSurge: "10%" } })).toEqual([
      "maxCount: 8 → 5",
      "upgradeSettings.maxSurge: 10% → 33%",
    ]);
  });

  it("says of a standing cluster what the ticket asks for and does not get", () => {
    const definition = resourceDefinition("cluster");
    const said = (asked: Parameters<typeof seedSpec>[0], change: JsonObject = {}) => {
      const cluster = desired("cluster");
      const pool = jsonAt(cluster, "properties.agentPoolProfiles.0") as JsonObject;
      const properties = { ...(cluster.properties as JsonObject), agentPoolProfiles: [{ ...pool, ...change }] };
      return definition.warnings?.({ ...cluster, properties }, seedSpec(asked)) ?? [];
    };
    expect(said({})).toEqual([]);
    expect(said({ cluster: { kubernetesVersion: "1.33" } })).toEqual([]);
    expect(
      said({
        zones: ["1", "2"],
        cluster: { vmSize: "Standard_D8s_v5", maxPods: 20, kubernetesVersion: "1.34", nodeCount: 1 },
      }),
    ).toEqual([
      expect.stringContaining(
        "the vmSize Standard_D2s_v5, and the ticket asks for Standard_D8s_v5; it was left as it is",
      ),
      expect.stringContaining("the maxPods 30, and the ticket asks for 20"),
      expect.stringContaining("have no zones, and the ticket asks for zones 1, 2"),
      expect.stringContaining("the nodeCount 2, and the ticket asks for 1"),
      expect.stringContaining("the kubernetesVersion 1.33.5, and the ticket asks for 1.34"),
    ]);
    expect(said({}, { enableAutoScaling: true, minCount: 1, maxCount: 9, count: 4 })).toEqual([
      expect.stringContaining("scaled by themselves from 1 to 9, and the ticket names no bounds"),
    ]);
    expect(said({ cluster: { minCount: 1, maxCount: 9 } }, { count: 4 })).toEqual([]);
  });

  it("gets no second node pool by a ticket that names another one", () => {
    const definition = resourceDefinition("cluster");
    const existing = { properties: { agentPoolProfiles: [{ name: "nodepool1" }, { name: "user1" }] } };
    expect(definition.refuse?.(existing, seedSpec({ cluster: { poolName: "user1" } }))).toBeUndefined();
    expect(definition.refuse?.(existing, seedSpec({ cluster: { poolName: "system" } }))).toMatchObject({
      code: "NodePoolIsAnother",
      message: expect.stringContaining("has the node pool nodepool1, user1 and none named system"),
    });
  });
});
