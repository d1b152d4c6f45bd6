import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { LAB_SEED, type PodNetworkLab, startPodNetworkLab } from "./aksPodNetworkLab.ts";
import { startWebhook, type Webhook } from "./webhook.ts";

let lab: PodNetworkLab;
let hook: Webhook;
beforeAll(async () => {
  lab = await startPodNetworkLab({ networkPlugin: "kubenet" });
  hook = await startWebhook();
  await lab.advance(120);
});
afterAll(async () => {
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
  await hook.stop();
});

/** A topic on a source, and a subscription of the webhook to it. */
async function listen(topic: JsonObject, filter: JsonObject): Promise<void> {
  const id = `${lab.net.group}/providers/Microsoft.EventGrid/systemTopics/${textField(topic, "properties", "topicType")?.split(".").at(-1)}`;
  expect(lab.put(id, topic)).toBe("201");
  await lab.advance(30);
  const destination = { endpointType: "WebHook", properties: { endpointUrl: hook.url } };
  const properties = { destination, filter, eventDeliverySchema: "CloudEventSchemaV1_0" };
  expect(lab.put(`${id}/eventSubscriptions/sub`, { properties })).toBe("201");
  await lab.advance(30);
  hook.received.length = 0;
}

describe(`a kubenet cluster that scales (seed ${LAB_SEED})`, () => {
  it("is heard by the operator's write of the pool and, later, by its identity's write of the table", async () => {
    const properties = { source: lab.net.group, topicType: "Microsoft.Resources.ResourceGroups" };
    const values = [
      "Microsoft.Network/routeTables/write",
      "Microsoft.ContainerService/managedClusters/agentPools/write",
    ];
    await listen(
      { location: "global", properties },
      {
        includedEventTypes: ["Microsoft.Resources.ResourceWriteSuccess"],
        advancedFilters: [
          { operatorType: "StringIn", key: "data.operationName", values },
          { operatorType: "StringNotIn", key: "data.claims.appid", values: [lab.net.azure.app.appId] },
        ],
      },
    );
    const before = lab.tablePuts().length;
    lab.scale(5);
    await lab.advance(600);
    const events = hook.events();
    const pools = events.filter(({ subject }) => String(subject).endsWith("/agentPools/nodepool1"));
    expect(pools).toMatchObject([{ data: { claims: { appid: lab.net.azure.operator.appId } } }]);
    const tables = events.filter(({ subject }) => String(subject).endsWith("/routeTables/aks-rt"));
    expect(tables).toHaveLength(lab.tablePuts().length - before);
    expect(tables.length).toBeGreaterThan(0);
    expect(tables[0]).toMatchObject({
      type: "Microsoft.Resources.ResourceWriteSuccess",
      source: lab.net.group,
      data: {
        claims: {
          appid: lab.clusterIdentity.clientId,
          xms_mirid: lab.clusterIdentity.id.replace("/resourceGroups/", "/resourcegroups/"),
        },
        authorization: { evidence: { role: "Network Contributor" } },
      },
    });
    expect(events).toHaveLength(pools.length + tables.length);
  });
});

describe(`a cluster whose nodes are made anew (seed ${LAB_SEED})`, () => {
  it("says so to the topic on it", async () => {
    const properties = { source: lab.clusterId, topicType: "Microsoft.ContainerService.ManagedClusters" };
    await listen({ location: "westeurope", properties }, {});
    // A Tuesday has passed by then, and with it a new node image.
    await lab.advance(8 * 24 * 3600);
    hook.received.length = 0;
    const { operator, world } = lab.net.azure;
    const path = `${lab.clusterId}/agentPools/nodepool1/upgradeNodeImageVersion`;
    const answer = world.armRequest({ principal: operator, method: "POST", path, apiVersion: "2025-05-01" });
    expect(answer.status).toBe(202);
    await lab.advance(3600);
    const rolling = hook.events().filter(({ type }) => String(type).startsWith("Microsoft.ContainerService."));
    expect(rolling.map(({ type }) => String(type).split(".")[2]).sort()).toEqual([
      "NodePoolRollingStarted",
      "NodePoolRollingSucceeded",
    ]);
    expect(rolling[0]).toMatchObject({ source: lab.clusterId, subject: "aks", data: { nodePoolName: "nodepool1" } });
  });
});
