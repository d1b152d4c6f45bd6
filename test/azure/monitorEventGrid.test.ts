import { EventGridManagementClient } from "@azure/arm-eventgrid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { operatorCredential } from "./aksLab.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";

let lab: NetworkLab;
let client: EventGridManagementClient;
beforeAll(async () => {
  lab = await startNetworkLab();
  const { azure } = lab;
  client = new EventGridManagementClient(operatorCredential(lab), azure.subscriptionId, {
    endpoint: azure.armUrl,
    credentialScopes: "https://management.azure.com/.default",
    tlsOptions: { ca: azure.caPem },
  });
});
afterAll(() => lab.stop());

const topicId = (name: string) => `${lab.group}/providers/Microsoft.EventGrid/systemTopics/${name}`;
const put = (path: string, body: JsonObject): string => {
  const answer = lab.world.armRequest({
    principal: lab.azure.operator,
    method: "PUT",
    path,
    apiVersion: "2025-02-15",
    body,
  });
  return answer.status >= 400 ? `${answer.status} ${textField(answer.body, "error", "code")}` : String(answer.status);
};
const topic = (more: JsonObject = {}): JsonObject => ({
  location: "global",
  properties: { source: lab.group, topicType: "Microsoft.Resources.ResourceGroups", ...more },
});
const functionId = () => `${lab.group}/providers/Microsoft.Web/sites/app/functions/onRouteTableChanged`;

describe("systemTopics", () => {
  it("are made in 10 s by the real client", async () => {
    await client.systemTopics.beginCreateOrUpdate("lab", "network", {
      location: "global",
      source: lab.group,
      topicType: "Microsoft.Resources.ResourceGroups",
    });
    await lab.clock.advance(10_000);
    expect(await client.systemTopics.get("lab", "network")).toMatchObject({
      provisioningState: "Succeeded",
      source: lab.group,
    });
  });

  it.each([
    ["a second topic for the same source", "second", () => topic(), "400 InvalidRequest"],
    ["an unknown topic type", "x-1", () => topic({ topicType: "Contoso.Pigeons" }), "400 InvalidRequest"],
    ["a source of another type", "x-1", () => topic({ source: lab.id("routeTables/rt") }), "400 InvalidRequest"],
    [
      "a region where only global will do",
      "x-1",
      () => ({
        ...topic({
          source: `/subscriptions/${lab.azure.subscriptionId}`,
          topicType: "Microsoft.Resources.Subscriptions",
        }),
        location: "westeurope",
      }),
      "400 InvalidRequest",
    ],
    [
      "a cluster that is not there",
      "x-1",
      () => ({
        ...topic({
          source: `${lab.group}/providers/Microsoft.ContainerService/managedClusters/none`,
          topicType: "Microsoft.ContainerService.ManagedClusters",
        }),
        location: "westeurope",
      }),
      "400 InvalidResourceReference",
    ],
  ])("refuse %s", (_what, name, body, expected) => {
    expect(put(topicId(name), body())).toBe(expected);
  });
});

describe("eventSubscriptions", () => {
  const filter = (advancedFilters: JsonObject[], more: JsonObject = {}): JsonObject => ({
    properties: { ...(subscription().properties as JsonObject), filter: { advancedFilters, ...more } },
  });
  const subscription = (): JsonObject => ({
    properties: {
      destination: {
        endpointType: "AzureFunction",
        properties: { resourceId: functionId(), maxEventsPerBatch: 1, preferredBatchSizeInKilobytes: 64 },
      },
      eventDeliverySchema: "CloudEventSchemaV1_0",
      filter: {
        includedEventTypes: ["Microsoft.Resources.ResourceWriteSuccess"],
        subjectBeginsWith: `${lab.group}/providers/Microsoft.Network/routeTables/`,
        advancedFilters: [
          { operatorType: "StringIn", key: "data.operationName", values: ["Microsoft.Network/routeTables/write"] },
        ],
      },
    },
  });

  it("are kept with Event Grid's defaults and the source as topic", async () => {
    // The app is known and down: a function of it can be subscribed all the same.
    lab.azure.setFunctionApp(functionId().split("/functions/")[0] ?? "", "http://127.0.0.1:9");
    expect(put(`${topicId("network")}/eventSubscriptions/routes`, subscription())).toBe("201");
    await lab.clock.advance(15_000);
    const kept = await client.systemTopicEventSubscriptions.get("lab", "network", "routes");
    expect(kept).toMatchObject({
      provisioningState: "Succeeded",
      topic: lab.group,
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
    });
    expect(kept.filter?.advancedFilters).toHaveLength(1);
  });

  const one = (more: JsonObject): JsonObject => ({
    operatorType: "StringIn",
    key: "data.operationName",
    values: ["a"],
    ...more,
  });
  const refusals: readonly (readonly [string, () => JsonObject])[] = [
    [
      "more than 25 filters",
      () => filter(Array.from({ length: 26 }, () => one({ operatorType: "IsNotNull", values: [] }))),
    ],
    [
      "more than 25 values over all filters",
      () =>
        filter([
          one({ values: Array.from({ length: 13 }, (_, index) => `a${index}`) }),
          one({ values: Array.from({ length: 13 }, (_, index) => `b${index}`) }),
        ]),
    ],
    ["a value of more than 512 characters", () => filter([one({ values: ["x".repeat(513)] })])],
    ["an unknown operator", () => filter([one({ operatorType: "StringRhymesWith" })])],
    ["texts where numbers are compared", () => filter([one({ operatorType: "NumberIn" })])],
    [
      "a key that has a slash",
      () => filter([one({ key: "data.claims.http://schemas.microsoft.com/identity/claims/objectidentifier" })]),
    ],
    ["an event type of another source", () => filter([], { includedEventTypes: ["Microsoft.Storage.BlobCreated"] })],
    [
      "more than 30 attempts",
      () => ({
        properties: { ...(subscription().properties as JsonObject), retryPolicy: { maxDeliveryAttempts: 31 } },
      }),
    ],
    [
      "a destination that is no function",
      () => ({
        properties: {
          ...(subscription().properties as JsonObject),
          destination: { endpointType: "AzureFunction", properties: { resourceId: lab.group } },
        },
      }),
    ],
    [
      "a webhook without TLS",
      () => ({
        properties: {
          ...(subscription().properties as JsonObject),
          destination: { endpointType: "WebHook", properties: { endpointUrl: "http://example.com" } },
        },
      }),
    ],
  ];

  it.each(refusals)("refuse %s", (_what, body) => {
    expect(put(`${topicId("network")}/eventSubscriptions/bad`, body())).toBe("400 InvalidRequest");
  });

  it("refuse a topic that is not there", () => {
    expect(put(`${topicId("none")}/eventSubscriptions/routes`, subscription())).toMatch(/^404 /);
  });
});
