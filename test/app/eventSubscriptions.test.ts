/** What makes the gateway's routes follow by event: topics and subscriptions, made, repaired and taken down with kubenet. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { armRequest } from "../harness/armRequest.ts";
import { sampleTicket as actionTicket, carriedOut } from "../harness/clusterTickets.ts";
import { leftOver } from "../harness/leftOver.ts";
import { sampleTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

const kubenet = (number: string) => sampleTicket("kubenet.json", number) as { readonly ticket: { number: string } };
const decommission = (number: string) => actionTicket("decommission", number, { environment: { name: "kubenet" } });
const groupId = (name: string): string => `/subscriptions/${world.azure.subscriptionId}/resourceGroups/${name}`;
const topicId = (group: string): string => `${groupId(group)}/providers/Microsoft.EventGrid/systemTopics/egst-${group}`;
const read = async (id: string) => armRequest(world.azure, "GET", id);

/** A topic of the operator's for a group, with a subscription of his. */
async function standTopic(id: string, group: string): Promise<void> {
  const properties = { source: groupId(group), topicType: "Microsoft.Resources.ResourceGroups" };
  await world.asOperator("PUT", id, { location: "global", tags: { owner: "operator" }, properties });
  await subscribeTo(id);
}

async function subscribeTo(topic: string): Promise<void> {
  const resourceId = `${world.azure.functionAppId}/functions/routeEvents`;
  const destination = { endpointType: "AzureFunction", properties: { resourceId } };
  await world.asOperator("PUT", `${topic}/eventSubscriptions/theirs`, { properties: { destination } });
}

describe("an environment with kubenet", () => {
  it("is told of route tables and node pools, not of its own writes, and puts a changed filter right", async () => {
    world = await openStandingWorld([kubenet("CHG0001")]);
    const { app, functionAppId, deadLetterContainerId } = world.azure;
    const expected = (group: string, subjects: string, operations: readonly string[]) => ({
      provisioningState: "Succeeded",
      topic: groupId(group),
      destination: {
        endpointType: "AzureFunction",
        properties: {
          resourceId: `${functionAppId}/functions/routeEvents`,
          maxEventsPerBatch: 1,
          preferredBatchSizeInKilobytes: 64,
        },
      },
      eventDeliverySchema: "CloudEventSchemaV1_0",
      filter: {
        includedEventTypes: ["Microsoft.Resources.ResourceWriteSuccess", "Microsoft.Resources.ResourceDeleteSuccess"],
        subjectBeginsWith: `${groupId(group)}/providers/${subjects}/`,
        subjectEndsWith: "",
        isSubjectCaseSensitive: false,
        enableAdvancedFilteringOnArrays: false,
        advancedFilters: [
          { operatorType: "StringIn", key: "data.operationName", values: operations },
          { operatorType: "StringNotIn", key: "data.claims.appid", values: [app.appId] },
        ],
      },
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
      deadLetterDestination: {
        endpointType: "StorageBlob",
        properties: {
          resourceId: deadLetterContainerId.split("/blobServices/")[0],
          blobContainerName: deadLetterContainerId.split("/").at(-1),
        },
      },
      labels: [],
    });
    const routes = `${topicId("kubenetvnets")}/eventSubscriptions/portcullis-kubenet-routes`;
    const pools = `${topicId("kubenetk8s")}/eventSubscriptions/portcullis-kubenet-pools`;
    const tables = ["write", "delete", "routes/write", "routes/delete"];
    const clusters = ["agentPools/write", "agentPools/delete", "write"];
    const wanted = {
      [routes]: expected(
        "kubenetvnets",
        "Microsoft.Network/routeTables",
        tables.map((verb) => `Microsoft.Network/routeTables/${verb}`),
      ),
      [pools]: expected(
        "kubenetk8s",
        "Microsoft.ContainerService/managedClusters",
        clusters.map((verb) => `Microsoft.ContainerService/managedClusters/${verb}`),
      ),
    };
    for (const [id, properties] of Object.entries(wanted)) expect((await read(id)).body.properties).toEqual(properties);
    for (const group of ["kubenetvnets", "kubenetk8s"]) {
      expect((await read(topicId(group))).body).toMatchObject({
        location: "global",
        tags: { "portcullis-environment": "kubenet", "portcullis-created-by": "kubenet" },
        properties: { source: groupId(group), topicType: "Microsoft.Resources.ResourceGroups" },
      });
    }
    const { body } = await read(routes);
    const filter = { ...body.properties.filter, advancedFilters: [] };
    await world.asOperator("PUT", routes, { properties: { ...body.properties, filter } });
    const before = world.writes().length;
    const end = await carriedOut(world, kubenet("CHG0002"));
    expect(end.steps.find(({ id }) => id === "routeTableEvents")?.detail).toContain("advancedFilters");
    expect(world.writes().slice(before)).toMatchObject([{ method: "PUT", path: routes }]);
    expect((await read(routes)).body.properties).toEqual(wanted[routes]);
  });

  it("uses the topics of others, and leaves them, with what else subscribes to them", async () => {
    world = await openWorld();
    for (const name of ["kubenetvnets", "operations"])
      await world.asOperator("PUT", groupId(name), { location: "westeurope" });
    await world.asOperator("PUT", groupId("kubenetk8s"), { location: "westeurope" });
    const inGroup = `${groupId("kubenetvnets")}/providers/Microsoft.EventGrid/systemTopics/operators`;
    const elsewhere = `${groupId("operations")}/providers/Microsoft.EventGrid/systemTopics/clusters`;
    await standTopic(inGroup, "kubenetvnets");
    await standTopic(elsewhere, "kubenetk8s");
    const before = await Promise.all([inGroup, elsewhere].map(read));
    const end = await carriedOut(world, kubenet("CHG0001"));
    expect(end.failure).toBeUndefined();
    expect(end.steps.find(({ id }) => id === "networkTopic")).toMatchObject({
      state: "unchanged",
      resourceId: inGroup,
    });
    const subscriptions = async (topic: string) =>
      (await read(`${topic}/eventSubscriptions`)).body.value.map(({ name }: { name: string }) => name).sort();
    expect(await subscriptions(inGroup)).toEqual(["portcullis-kubenet-routes", "theirs"]);
    expect(await subscriptions(elsewhere)).toEqual(["portcullis-kubenet-pools", "theirs"]);
    expect((await carriedOut(world, decommission("CHG0002"))).state).toBe("succeeded");
    expect([await subscriptions(inGroup), await subscriptions(elsewhere)]).toEqual([["theirs"], ["theirs"]]);
    const after = await Promise.all([inGroup, elsewhere].map(read));
    expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body));
    const names = ["clusters", "kubenetk8s", "kubenetvnets", "operations", "operators"];
    expect((await leftOver(world)).sort()).toEqual(names);
  });

  it("leaves its topic where others have come to subscribe to it, and its group with it", async () => {
    world = await openStandingWorld([kubenet("CHG0001")]);
    await subscribeTo(topicId("kubenetvnets"));
    const end = await carriedOut(world, decommission("CHG0002"));
    expect(end.state).toBe("succeeded");
    expect(end.steps.find(({ id }) => id === "networkTopic")?.detail).toContain("it holds theirs");
    expect((await leftOver(world)).sort()).toEqual(["egst-kubenetvnets", "kubenetvnets"]);
  });

  it("has one topic for both subscriptions where network and clusters are in one group", async () => {
    world = await openWorld();
    const groups = { network: "shared", gateway: "shared", cluster: "shared" };
    const end = await carriedOut(world, sampleTicket("kubenet.json", "CHG0001", { groups }) as never);
    expect(end.failure).toBeUndefined();
    const { body } = await read(`${topicId("shared")}/eventSubscriptions`);
    const names = body.value.map(({ name }: { name: string }) => name).sort();
    expect(names).toEqual(["portcullis-kubenet-pools", "portcullis-kubenet-routes"]);
    expect((await carriedOut(world, decommission("CHG0002"))).state).toBe("succeeded");
    expect(await leftOver(world)).toEqual([]);
  });
});

describe("a function that Event Grid does not find", () => {
  it("fails its step in Azure's words, and the ticket goes on from there when it is found", async () => {
    world = await openWorld();
    const elsewhere = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const { port } = elsewhere.address() as AddressInfo;
    world.azure.setFunctionApp(world.azure.functionAppId, `http://127.0.0.1:${port}`);
    const end = await carriedOut(world, kubenet("CHG0001"));
    expect(end.failure).toMatchObject({
      code: "Endpoint validation",
      advice: expect.stringContaining("FUNCTION_APP_ID"),
    });
    expect(end.failure?.message).toContain("Destination endpoint not found");
    expect(end.steps.find(({ id }) => id === "routeTableEvents")?.state).toBe("failed");
    elsewhere.close();
    world.azure.setFunctionApp(world.azure.functionAppId, world.url());
    expect((await world.post("/api/tickets/CHG0001/retry")).status).toBe(202);
    expect((await world.ended("CHG0001")).state).toBe("succeeded");
  });
});
