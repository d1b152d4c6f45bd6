import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { ROLE } from "./coreLab.ts";
import { type EventGridLab, startEventGridLab } from "./eventGridLab.ts";

let lab: EventGridLab;
beforeAll(async () => {
  lab = await startEventGridLab();
  await lab.subscribe("all", { filter: {} });
});
afterAll(async () => {
  expect(lab.core.azure.taskFailures).toEqual([]);
  await lab.stop();
});
beforeEach(async () => {
  await lab.seconds(30);
  lab.hook.received.length = 0;
});

const table = (name: string) => `${lab.group}/providers/Microsoft.Network/routeTables/${name}`;
/** "WriteSuccess Microsoft.Network/routeTables/write rt" of each event, in no order. */
const told = (): readonly string[] =>
  lab.hook
    .events()
    .map((event) => {
      const type = String(event.eventType).replace("Microsoft.Resources.Resource", "");
      return `${type} ${textField(event, "data", "operationName")} ${String(event.subject).split("/").at(-1)}`;
    })
    .sort();

describe("the event of a write", () => {
  it("says who wrote what, by which right, and not what was written", async () => {
    const path = table("rt-one").replace("resourceGroups", "resourcegroups");
    const headers = { "x-ms-client-request-id": "client-1" };
    const answer = await lab.core.send("PUT", path, { body: { location: "westeurope" }, headers });
    await lab.seconds(30);
    const { operator, subscriptionId, tenantId } = lab.core.azure;
    expect(lab.hook.events()).toEqual([
      {
        topic: lab.group,
        subject: path,
        eventType: "Microsoft.Resources.ResourceWriteSuccess",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        eventTime: expect.stringMatching(/^2026-11-04T12:\d\d:\d\d\.\d{7}Z$/),
        dataVersion: "2",
        metadataVersion: "1",
        data: {
          authorization: {
            scope: path,
            action: "Microsoft.Network/routeTables/write",
            evidence: {
              role: "Owner",
              roleAssignmentScope: lab.core.subscription,
              roleAssignmentId: expect.stringMatching(/^[0-9a-f]{32}$/),
              roleDefinitionId: "8e3af657a8ff443ca75c2fe8c4bcb635",
              principalId: operator.objectId.replaceAll("-", ""),
              principalType: "ServicePrincipal",
            },
          },
          claims: expect.objectContaining({
            appid: operator.appId,
            idtyp: "app",
            "http://schemas.microsoft.com/identity/claims/objectidentifier": operator.objectId,
          }),
          correlationId: answer.headers["x-ms-correlation-request-id"],
          httpRequest: {
            clientRequestId: "client-1",
            clientIpAddress: "127.0.0.1",
            method: "PUT",
            url: `https://management.azure.com${path}?api-version=2024-05-01`,
          },
          resourceProvider: "Microsoft.Network",
          resourceUri: path,
          operationName: "Microsoft.Network/routeTables/write",
          status: "Succeeded",
          subscriptionId,
          tenantId,
        },
      },
    ]);
    expect(lab.hook.notifications()[0]?.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "aeg-subscription-name": "ALL",
      "aeg-delivery-count": "0",
      "aeg-data-version": "2",
      "aeg-metadata-version": "1",
    });
  });

  it("comes when the write has ended, not when it was accepted", async () => {
    const answer = await lab.core.send("PUT", table("rt-slow"), { body: { location: "westeurope" } });
    expect(answer.headers["azure-asyncoperation"]).toBeDefined();
    await lab.seconds(1);
    expect(told()).toEqual([]);
    await lab.seconds(20);
    expect(told()).toEqual(["WriteSuccess Microsoft.Network/routeTables/write rt-slow"]);
  });

  it("names the identity of a service of Azure that wrote", async () => {
    const identity = await lab.core.identity(lab.group, "id-aks");
    await lab.core.grant(identity, ROLE.networkContributor, lab.group);
    lab.hook.received.length = 0;
    const { world } = lab.core.azure;
    const body = { location: "westeurope", properties: { routes: [] } };
    world.armRequest({ principal: identity, method: "PUT", path: table("rt-aks"), apiVersion: "2022-07-01", body });
    await lab.seconds(30);
    expect(lab.hook.events()).toMatchObject([
      {
        data: {
          claims: {
            appid: identity.appId,
            xms_mirid: identity.resourceId.replace("/resourceGroups/", "/resourcegroups/"),
          },
          authorization: { evidence: { role: "Network Contributor", roleAssignmentScope: lab.group } },
          httpRequest: { url: `https://management.azure.com${table("rt-aks")}?api-version=2022-07-01` },
        },
      },
    ]);
  });
});

describe("an event is raised", () => {
  const route = (name: string) => `${table("rt-one")}/routes/${name}`;
  const properties = { addressPrefix: "10.9.0.0/24", nextHopType: "None" };

  it("for changes of tags, of children, and for deletions, but not for what a parent's write contains or for reads", async () => {
    await lab.core.send("PATCH", table("rt-one"), { body: { tags: { a: "b" } } });
    await lab.core.send("PUT", route("one"), { body: { properties } });
    await lab.seconds(30);
    await lab.core.send("GET", table("rt-one"));
    await lab.core.send("DELETE", route("one"));
    await lab.core.send("DELETE", route("never-there"));
    await lab.seconds(30);
    const routes = [{ name: "inside", properties }];
    await lab.core.send("PUT", table("rt-one"), { body: { location: "westeurope", properties: { routes } } });
    await lab.seconds(30);
    expect(told()).toEqual([
      "DeleteSuccess Microsoft.Network/routeTables/routes/delete one",
      "WriteSuccess Microsoft.Network/routeTables/routes/write one",
      "WriteSuccess Microsoft.Network/routeTables/write rt-one",
      "WriteSuccess Microsoft.Network/routeTables/write rt-one",
    ]);
  });

  it("for actions, on the resource that they act on", async () => {
    await lab.core.send("POST", `${lab.topic}/eventSubscriptions/all/getFullUrl`);
    await lab.seconds(30);
    expect(told()).toEqual(["ActionSuccess Microsoft.EventGrid/systemTopics/eventSubscriptions/getFullUrl/action all"]);
  });

  it("for refusals of the provider and for missing rights, but not for what ARM itself turns away", async () => {
    const nobody = await lab.core.identity(await lab.core.group("rg-elsewhere"), "id-nobody");
    const put = (body: JsonObject, as = lab.core.azure.operator) => lab.core.send("PUT", table("rt-bad"), { body, as });
    const wrong = { routes: [{ name: "x", properties: { addressPrefix: "nonsense", nextHopType: "None" } }] };
    expect((await put({ location: "westeurope", properties: wrong })).status).toBe(400);
    expect((await put({ location: "westeurope" }, nobody)).outcome).toBe("403 AuthorizationFailed");
    expect((await put({ location: "nowhere" })).status).toBe(400);
    await lab.seconds(30);
    expect(told()).toEqual([
      "WriteFailure Microsoft.Network/routeTables/write rt-bad",
      "WriteFailure Microsoft.Network/routeTables/write rt-bad",
    ]);
    expect(lab.hook.events()[0]).toMatchObject({ data: { status: "Failed" } });
  });

  it("for operations that fail or are superseded", async () => {
    const answer = { status: 500, code: "InternalServerError", message: "x" };
    lab.core.azure.setFaults([{ match: { path: "/routeTables/rt-fails$" }, when: "finish", answer }]);
    await lab.core.send("PUT", table("rt-fails"), { body: { location: "westeurope" } });
    for (const value of ["a", "b"]) {
      await lab.core.send("PUT", table("rt-twice"), { body: { location: "westeurope", tags: { value } } });
    }
    await lab.seconds(30);
    expect(told()).toEqual([
      "WriteCancel Microsoft.Network/routeTables/write rt-twice",
      "WriteFailure Microsoft.Network/routeTables/write rt-fails",
      "WriteSuccess Microsoft.Network/routeTables/write rt-twice",
    ]);
  });
});

describe("who hears it", () => {
  it("is the topic of the group and that of the subscription, each with its own name", async () => {
    const { core } = lab;
    const wide = `${lab.group}/providers/Microsoft.EventGrid/systemTopics/wide`;
    const properties = { source: core.subscription, topicType: "Microsoft.Resources.Subscriptions" };
    await core.send("PUT", wide, { body: { location: "global", properties } });
    await lab.seconds(30);
    const filter = { advancedFilters: [{ operatorType: "StringContains", key: "subject", values: ["/rg-other"] }] };
    const body = lab.body({ filter, eventDeliverySchema: "CloudEventSchemaV1_0" });
    await core.send("PUT", `${wide}/eventSubscriptions/wide`, { body });
    await lab.seconds(30);
    lab.hook.received.length = 0;
    const other = await core.group("rg-other");
    await lab.seconds(30);
    expect(lab.hook.notifications().map(({ headers }) => headers["content-type"])).toEqual([
      "application/cloudevents+json; charset=utf-8",
    ]);
    expect(lab.hook.events()).toEqual([
      {
        specversion: "1.0",
        id: expect.any(String),
        source: core.subscription,
        type: "Microsoft.Resources.ResourceWriteSuccess",
        subject: other,
        time: expect.any(String),
        data: expect.objectContaining({ operationName: "Microsoft.Resources/subscriptions/resourceGroups/write" }),
      },
    ]);
  });
});
