import { describe, expect, it } from "vitest";
import { parseResourceEvent } from "../../src/contracts/resourceEvent.ts";
import {
  emptyEnvironmentIndex,
  followsRoutes,
  indexedEnvironment,
  reindexed,
} from "../../src/domain/environmentIndex.ts";
import type { BuiltEnvironment } from "../../src/domain/environmentMemory.ts";
import { type RouteHint, routeHint } from "../../src/domain/routeHint.ts";
import {
  asCloudEvent,
  type Delivered,
  gridEvent,
  operationEvent,
  SUBSCRIPTION,
  samples,
} from "../contracts/eventSamples.ts";
import { seedSpec } from "./seedSpec.ts";

function built(name: string, networkPlugin: "kubenet" | "azure"): BuiltEnvironment {
  const spec = { ...seedSpec({ name, cluster: { networkPlugin } }), subscriptionId: SUBSCRIPTION };
  const { cluster, application, gateway } = spec;
  const clusters = [{ cluster, application, ingressIdentityName: gateway.identityName, outputs: {} }];
  return { spec, clusters, traffic: cluster.name, ticketNumber: "RITM0010001" };
}

const index = reindexed(emptyEnvironmentIndex, "shop", indexedEnvironment(built("shop", "kubenet")));

function hintOf(body: unknown, among = index): RouteHint {
  const parsed = parseResourceEvent(body);
  if (!parsed.ok) throw new Error("The sample is no event.");
  return routeHint(parsed.event, among, SUBSCRIPTION);
}

const group = (name: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`;
const networkId = (name: string, type = "routeTables"): string =>
  `${group("securevnets")}/providers/Microsoft.Network/${type}/${name}`;
const cluster = `${group("securek8s")}/providers/Microsoft.ContainerService/managedClusters/secureaks1`;
const { tableWritten } = samples;
const changed = (fields: object): Delivered => ({ ...tableWritten, ...fields }) as Delivered;
const changedData = (fields: object): Delivered => changed({ data: { ...tableWritten.data, ...fields } });

describe("routeHint", () => {
  it.each([
    ["a written table", samples.tableWritten, "table"],
    ["a deleted route", samples.routeDeleted, "table"],
    ["a scaled pool", samples.poolScaled, "pools"],
    ["a rolled pool", samples.poolRolled, "pools"],
    [
      "a deleted table",
      operationEvent(group("securevnets"), "Microsoft.Network/routeTables/delete", networkId("secureaks1-rt")),
      "table",
    ],
    [
      "a changed cluster",
      operationEvent(group("securek8s"), "Microsoft.ContainerService/managedClusters/write", cluster),
      "pools",
    ],
    [
      "machines deleted from a pool",
      operationEvent(
        group("securek8s"),
        "Microsoft.ContainerService/managedClusters/agentPools/deleteMachines/action",
        `${cluster}/agentPools/nodepool1`,
      ),
      "pools",
    ],
    [
      "a topic on the whole subscription",
      operationEvent(
        `/subscriptions/${SUBSCRIPTION}`,
        "Microsoft.Network/routeTables/write",
        networkId("secureaks1-rt"),
      ),
      "table",
    ],
  ])("finds the environment and its cluster: %s, in both schemas and any casing", (_name, event, kind) => {
    const hint = hintOf(event);
    expect(hint).toMatchObject({ kind, environment: "shop", cluster: "secureaks1" });
    expect(hint).toMatchObject({ reason: expect.stringContaining(String(event.id)) });
    expect(hintOf(asCloudEvent(event))).toEqual(hint);
    expect(hintOf({ ...event, subject: String(event.subject).toUpperCase() })).toMatchObject({ kind });
    const resourceUri = String(event.data.resourceUri ?? "").replace("/resourceGroups/", "/resourcegroups/");
    if (resourceUri !== "") expect(hintOf({ ...event, data: { ...event.data, resourceUri } })).toEqual(hint);
  });

  const other = "99999999-9999-9999-9999-999999999999";
  it.each([
    [
      "otherSubscription",
      "a topic elsewhere",
      changed({ topic: `/subscriptions/${other}/resourceGroups/securevnets` }),
    ],
    ["otherSubscription", "a resource elsewhere", changedData({ subscriptionId: other })],
    [
      "otherSubscription",
      "a topic that only begins like ours",
      changed({ topic: `/subscriptions/${SUBSCRIPTION}0/x` }),
    ],
    ["forgedTopic", "a topic on another group", changed({ topic: group("securek8s") })],
    ["forgedTopic", "a topic whose name is only the beginning", changed({ topic: group("securevnet") })],
    ["forgedTopic", "another subject than the resource", changed({ subject: networkId("secureaks2-rt") })],
    ["forgedTopic", "another resource than the subject", changedData({ resourceUri: networkId("secureaks2-rt") })],
    [
      "forgedTopic",
      "another operation than the type of event",
      changed({ eventType: "Microsoft.Resources.ResourceDeleteSuccess" }),
    ],
    [
      "forgedTopic",
      "an operation on another type",
      changedData({ operationName: "Microsoft.Network/virtualNetworks/write" }),
    ],
    [
      "forgedTopic",
      "a pool's operation on a cluster",
      changedData({ operationName: "Microsoft.ContainerService/managedClusters/agentPools/write" }),
    ],
    [
      "forgedTopic",
      "a rolled pool of another cluster than the topic's",
      { ...samples.poolRolled, subject: "secureaks2" },
    ],
    [
      "gatewayTable",
      "the gateway's own table",
      operationEvent(
        group("secureappgw"),
        "Microsoft.Network/routeTables/write",
        `${group("SecureAppGw")}/providers/Microsoft.Network/routeTables/dzk8sappgw1-rt`,
      ),
    ],
    [
      "foreignResource",
      "somebody else's table",
      operationEvent(group("securevnets"), "Microsoft.Network/routeTables/write", networkId("theirs")),
    ],
    [
      "foreignResource",
      "somebody else's cluster",
      operationEvent(group("securek8s"), "Microsoft.ContainerService/managedClusters/write", `${cluster}2`),
    ],
    [
      "otherOperation",
      "a run command",
      operationEvent(group("securek8s"), "Microsoft.ContainerService/managedClusters/runCommand/action", cluster),
    ],
    [
      "otherOperation",
      "a network",
      operationEvent(
        group("securevnets"),
        "Microsoft.Network/virtualNetworks/write",
        networkId("k8snet", "virtualNetworks"),
      ),
    ],
    ["unknownType", "a failed write", changed({ eventType: "Microsoft.Resources.ResourceWriteFailure" })],
    [
      "unknownType",
      "a new version",
      gridEvent(cluster, "Microsoft.ContainerService.NewKubernetesVersionAvailable", "secureaks1", {}),
    ],
    ["unknownType", "an event of another service", gridEvent(group("x"), "Microsoft.Storage.BlobCreated", "x", {})],
  ])("ignores %s: %s", (why, _name, event) => {
    expect(hintOf(event)).toEqual({ kind: "ignored", why });
    expect(hintOf(asCloudEvent(event))).toEqual({ kind: "ignored", why });
  });

  it("follows no cluster that needs no routes", () => {
    const withoutRoutes = reindexed(emptyEnvironmentIndex, "shop", indexedEnvironment(built("shop", "azure")));
    expect(hintOf(samples.poolScaled, withoutRoutes)).toEqual({ kind: "ignored", why: "foreignResource" });
    expect(withoutRoutes.environments.map(followsRoutes)).toEqual([false]);
    expect(index.environments.map(followsRoutes)).toEqual([true]);
  });
});

describe("reindexed", () => {
  it("holds each environment once, in the order of names, and forgets those that are gone", () => {
    const entry = (name: string) => indexedEnvironment(built(name, "kubenet"));
    const two = reindexed(index, "bank", entry("bank"));
    expect(two.environments.map(({ name }) => name)).toEqual(["bank", "shop"]);
    expect(reindexed(two, "SHOP", entry("shop"))).toEqual(two);
    expect(reindexed(two, "bank", undefined)).toEqual(index);
  });
});
