import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { objectField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { errorOf, ROLE } from "./coreLab.ts";
import { deadLetterTo, type EventGridLab, startEventGridLab } from "./eventGridLab.ts";

let lab: EventGridLab;
beforeAll(async () => {
  lab = await startEventGridLab();
});
afterAll(async () => {
  expect(lab.core.azure.taskFailures).toEqual([]);
  await lab.stop();
});
beforeEach(() => {
  lab.hook.answer = () => undefined;
  lab.hook.received.length = 0;
});

const stateOf = (body: JsonObject): string => textField(body, "properties", "provisioningState") ?? "";
const get = async (name: string): Promise<JsonObject> =>
  (await lab.core.send("GET", `${lab.topic}/eventSubscriptions/${name}`)).body;

/** PUTs and returns how the operation ended, after so many Azure seconds. */
async function operationOf(name: string, body: JsonObject, seconds: number): Promise<JsonObject> {
  const answer = await lab.put(name, body);
  expect(answer.outcome).toBe("201");
  await lab.seconds(seconds);
  const url = String(answer.headers["azure-asyncoperation"]).replace(lab.core.azure.armUrl, "");
  return (await lab.core.send("GET", url, { apiVersion: "" })).body;
}

describe("the handshake of a webhook", () => {
  it("asks in the Event Grid schema for the code back, and then the subscription is ready", async () => {
    expect(stateOf(await lab.subscribe("grid"))).toBe("Succeeded");
    const [asked] = lab.hook.received;
    expect(lab.hook.received).toHaveLength(1);
    expect(asked).toMatchObject({
      method: "POST",
      path: "/hook?key=secret",
      headers: { "aeg-event-type": "SubscriptionValidation", "aeg-subscription-name": "GRID" },
      events: [
        {
          eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
          topic: lab.group,
          subject: "",
          data: { validationCode: expect.stringMatching(/^[0-9A-F-]{36}$/), validationUrl: expect.any(String) },
        },
      ],
    });
  });

  it("asks for permission by OPTIONS in the schema of CloudEvents", async () => {
    expect(stateOf(await lab.subscribe("cloud", { eventDeliverySchema: "CloudEventSchemaV1_0" }))).toBe("Succeeded");
    expect(lab.hook.received).toMatchObject([
      { method: "OPTIONS", body: "", headers: { "webhook-request-origin": "eventgrid.azure.net" } },
    ]);
  });

  const refusals: readonly (readonly [
    string,
    string,
    () => { status: number; headers?: Record<string, string> },
    string,
  ])[] = [
    ["an endpoint that answers 500", "EventGridSchema", () => ({ status: 500 }), "InternalServerError"],
    ["an endpoint that answers 404", "EventGridSchema", () => ({ status: 404 }), "NotFound"],
    ["OPTIONS without a header", "CloudEventSchemaV1_0", () => ({ status: 200 }), "OK"],
    [
      "OPTIONS that allow somebody else",
      "CloudEventSchemaV1_0",
      () => ({ status: 200, headers: { "webhook-allowed-origin": "example.com" } }),
      "OK",
    ],
  ];
  it.each(refusals)("fails for %s (%s)", async (_what, eventDeliverySchema, answer, word) => {
    lab.hook.answer = answer;
    const end = await operationOf("refused", lab.body({ eventDeliverySchema }), 30);
    expect(end).toMatchObject({ status: "Failed", error: { code: "Url validation" } });
    const message = String(textField(end, "error", "message"));
    expect(message).toContain(`Webhook validation handshake failed for ${lab.hook.url.split("?")[0]}. Http `);
    expect(message).toContain(`request failed with response code ${word}.`);
    expect(stateOf(await get("refused"))).toBe("Failed");
    await lab.core.send("DELETE", `${lab.topic}/eventSubscriptions/refused`);
    await lab.seconds(30);
  });

  it("fails for a host outside of loopback, where nothing is sent to", async () => {
    const body = lab.body({}, { endpointUrl: "https://example.com/hook" });
    const end = await operationOf("outside", body, 30);
    expect(textField(end, "error", "message")).toContain("failed with response code Unknown.");
  });

  it("waits ten minutes for somebody to open the validation URL when the code does not come back", async () => {
    lab.hook.answer = () => ({ status: 200, body: "{}" });
    expect((await operationOf("manual", lab.body(), 30)).status).toBe("InProgress");
    expect(stateOf(await get("manual"))).toBe("AwaitingManualAction");
    const url = String(textField(lab.hook.received[0]?.events[0], "data", "validationUrl"));
    const path = url.replace(lab.core.azure.armUrl, "");
    const wrong = path.replace(/token=.{4}/, "token=0000");
    expect((await lab.core.send("GET", wrong, { apiVersion: "" })).status).toBe(400);
    expect((await lab.core.send("GET", path, { apiVersion: "", headers: { authorization: "" } })).status).toBe(200);
    await lab.seconds(10);
    expect(stateOf(await get("manual"))).toBe("Succeeded");

    lab.hook.answer = () => ({ status: 202 });
    const late = operationOf("late", lab.body(), 640);
    expect(textField(await late, "error", "message")).toContain("Http GET is expected on the validation url");
    expect(stateOf(await get("late"))).toBe("Failed");
  });
});

describe("a system topic of a resource group", () => {
  it("can have no identity: its source is global", async () => {
    const group = await lab.core.group("rg-identity");
    const body = {
      location: "global",
      identity: { type: "SystemAssigned" },
      properties: { source: group, topicType: "Microsoft.Resources.ResourceGroups" },
    };
    const id = `${group}/providers/Microsoft.EventGrid/systemTopics/topic`;
    const answer = await lab.core.send("PUT", id, { body });
    expect(answer.outcome).toBe("400 InvalidRequest");
    expect(errorOf(answer).message).toContain("cannot have an identity of type 'SystemAssigned'");
  });

  it("is listed in pages of twenty", async () => {
    for (let index = 0; index < 20; index++) {
      const group = await lab.core.group(`rg-page-${index}`);
      const body = {
        location: "global",
        properties: { source: group, topicType: "Microsoft.Resources.ResourceGroups" },
      };
      await lab.core.send("PUT", `${group}/providers/Microsoft.EventGrid/systemTopics/topic`, { body });
    }
    const path = `${lab.core.subscription}/providers/Microsoft.EventGrid/systemTopics`;
    const { value, nextLink } = (await lab.core.send("GET", path)).body as { value: JsonObject[]; nextLink: string };
    expect(value).toHaveLength(20);
    const rest = await lab.core.send("GET", nextLink.replace(lab.core.azure.armUrl, ""), { apiVersion: "" });
    expect(rest.body).toEqual({ value: [expect.anything()] });
  });
});

describe("dead letters without an identity", () => {
  it("need an account that takes its key", async () => {
    const keyless = `${lab.group}/providers/Microsoft.Storage/storageAccounts/keyless`;
    const properties = { allowSharedKeyAccess: false };
    const body = { location: "westeurope", kind: "StorageV2", sku: { name: "Standard_LRS" }, properties };
    await lab.core.send("PUT", keyless, { body });
    await lab.seconds(30);
    await lab.core.send("PUT", `${keyless}/blobServices/default/containers/letters`, { body: {} });
    const deadLetterDestination = {
      endpointType: "StorageBlob",
      properties: { resourceId: keyless, blobContainerName: "letters" },
    };
    const answer = await lab.put("keyless", lab.body({ deadLetterDestination }));
    expect(answer.outcome).toBe("400 InvalidRequest");
    expect(errorOf(answer).message).toContain("Key based authentication is not permitted");
  });
});

describe("a function as destination", () => {
  const site = () => `${lab.group}/providers/Microsoft.Web/sites/func-app`;
  const toFunction = (name: string) => ({
    properties: {
      destination: { endpointType: "AzureFunction", properties: { resourceId: `${site()}/functions/${name}` } },
    },
  });

  it("must exist, and else nothing stays of a new subscription", async () => {
    const end = await operationOf("no-app", toFunction("onEvent"), 30);
    expect(end).toMatchObject({ status: "Failed", error: { code: "Endpoint validation" } });
    expect(textField(end, "error", "message")).toContain(
      `Destination endpoint not found. Resource details: resourceId: ${site()}/functions/onEvent. Resource should pre-exist`,
    );
    expect((await lab.core.send("GET", `${lab.topic}/eventSubscriptions/no-app`)).status).toBe(404);
  });

  it("is asked at the Event Grid door of its host", async () => {
    lab.core.azure.setFunctionApp(site(), new URL(lab.hook.url).origin);
    await lab.put("function", toFunction("onEvent"));
    await lab.seconds(30);
    expect(stateOf(await get("function"))).toBe("Succeeded");
    expect(lab.hook.received.map(({ path }) => path)).toEqual(["/runtime/webhooks/eventgrid?functionName=onEvent"]);
    lab.hook.answer = () => ({ status: 404 });
    await lab.put("no-function", toFunction("nobody"));
    await lab.seconds(30);
    expect((await lab.core.send("GET", `${lab.topic}/eventSubscriptions/no-function`)).status).toBe(404);
  });
});

describe("what a GET keeps to itself", () => {
  it("is the URL's query and secret headers, which have POSTs of their own", async () => {
    const deliveryAttributeMappings = [
      { name: "X-Key", type: "Static", properties: { value: "hidden", isSecret: true } },
      { name: "X-Subject", type: "Dynamic", properties: { sourceField: "subject" } },
    ];
    const shown = await lab.subscribe("secrets", {}, { deliveryAttributeMappings });
    expect(objectField(shown, "properties", "destination", "properties")).toEqual({
      endpointBaseUrl: lab.hook.url.split("?")[0],
      maxEventsPerBatch: 1,
      preferredBatchSizeInKilobytes: 64,
      deliveryAttributeMappings: [
        { name: "X-Key", type: "Static", properties: { value: null, isSecret: true } },
        deliveryAttributeMappings[1],
      ],
    });
    const post = (action: string) => lab.core.send("POST", `${lab.topic}/eventSubscriptions/secrets/${action}`);
    expect((await post("getFullUrl")).body).toEqual({ endpointUrl: lab.hook.url });
    expect((await post("getDeliveryAttributes")).body).toEqual({ value: deliveryAttributeMappings });
  });
});

describe("the rights to subscribe", () => {
  it("are wanted on the source and on the storage account, besides on the subscription itself", async () => {
    const { core, group, topic } = lab;
    const own = await core.group("rg-own");
    const reader = await core.identity(own, "id-subscriber");
    await core.grant(reader, ROLE.contributor, topic);
    const body = lab.body({ deadLetterDestination: deadLetterTo(lab) });
    const put = () => core.send("PUT", `${topic}/eventSubscriptions/rights`, { body, as: reader });
    const first = await put();
    expect(first.outcome).toBe("403 LinkedAuthorizationFailed");
    expect(errorOf(first).message).toContain(
      "Microsoft.EventGrid/eventSubscriptions/write, Microsoft.Storage/storageAccounts/write",
    );
    await core.grant(reader, ROLE.contributor, group);
    expect((await put()).outcome).toBe("201");
    await lab.seconds(30);
  });
});

describe("storage for dead letters", () => {
  it.each([
    ["a name with capitals", "Letters", {}, "400 AccountNameInvalid"],
    ["an unknown sku", "letters1", { sku: { name: "Cheap" } }, "400 InvalidValuesForRequestParameters"],
    ["a name that is taken", "deadletters", {}, "409 StorageAccountAlreadyTaken"],
  ])("refuses %s", async (_what, name, more, expected) => {
    const group = await lab.core.group("rg-storage");
    const body = { location: "westeurope", kind: "StorageV2", sku: { name: "Standard_LRS" }, ...more };
    const path = `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
    expect((await lab.core.send("PUT", path, { body })).outcome).toBe(expected);
  });

  it("must be there when a subscription names it", async () => {
    const properties = { resourceId: lab.account, blobContainerName: "nowhere" };
    const answer = await lab.put(
      "letters",
      lab.body({ deadLetterDestination: { endpointType: "StorageBlob", properties } }),
    );
    expect(answer.outcome).toBe("400 InvalidRequest");
    expect(errorOf(answer).message).toContain("containers/nowhere' does not exist");
  });
});

describe("the stand-in's own doors", () => {
  const door = (method: string, path: string, body?: JsonObject) =>
    lab.core.send(method, `/_local/${path}`, { apiVersion: "", ...(body === undefined ? {} : { body }) });

  it("take where function apps answer, and show blobs", async () => {
    const site = `${lab.group}/providers/Microsoft.Web/sites/func-door`;
    expect((await door("PUT", "functionApps", { [site]: "http://127.0.0.1:7071" })).status).toBe(200);
    expect((await door("PUT", "functionApps", { [lab.group]: "http://127.0.0.1:7071" })).status).toBe(400);
    expect((await door("PUT", "functionApps", { [site]: "nowhere" })).status).toBe(400);
    expect((await door("GET", `blobs?container=${lab.deadLetters}`)).body).toEqual({ blobs: [] });
    expect((await door("GET", "blobs")).status).toBe(400);
    expect(String((await door("GET", "nothing")).body.error)).toContain("/_local/blobs");
  });
});
