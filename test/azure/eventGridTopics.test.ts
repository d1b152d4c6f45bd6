import { EventGridPublisherClient } from "@azure/eventgrid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject, Principal } from "../../local/azure/core/resourceType.ts";
import { type CoreLab, startCoreLab } from "./coreLab.ts";

const DATA_SENDER = "d5a91429-5739-47e2-a06b-3470a27159e7";
const BATCH = "application/cloudevents-batch+json";
const event = { specversion: "1.0", id: "1", source: "/s", type: "T", time: "2026-11-04T12:00:00Z" };

let lab: CoreLab;
let topic: string;
let sender: Principal;
let published: () => Promise<readonly JsonObject[]>;

beforeAll(async () => {
  lab = await startCoreLab();
  const group = await lab.group("rg-topics");
  topic = `${group}/providers/Microsoft.EventGrid/topics/mine`;
  const body = { location: "westeurope", properties: { inputSchema: "CloudEventSchemaV1_0" } };
  expect((await lab.send("PUT", topic, { body })).status).toBe(201);
  sender = await lab.identity(group, "sender");
  // By then the directory knows the sender, and the topic is made.
  await lab.clock.advance(60_000);
  await lab.grant(sender, DATA_SENDER, topic);
  published = async () => {
    const answer = await lab.send("GET", `/_local/publishedEvents?topic=${topic}`, { apiVersion: "" });
    return (answer.body.events as unknown as readonly { readonly event: JsonObject }[]).map((each) => each.event);
  };
});
afterAll(() => lab.stop());

async function endpoint(): Promise<string> {
  const { body } = await lab.send("GET", topic);
  return String((body.properties as JsonObject).endpoint);
}

/** As somebody, with parts of a good request replaced. */
async function publish(parts: {
  readonly as?: Principal;
  readonly audience?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly path?: string;
}): Promise<string> {
  const token = await lab.token(parts.as ?? sender, parts.audience ?? "https://eventgrid.azure.net");
  const path = parts.path ?? `${new URL(await endpoint()).pathname}?api-version=2018-01-01`;
  const headers = { authorization: `Bearer ${token}`, "content-type": BATCH, ...parts.headers };
  const body = parts.body ?? JSON.stringify([event]);
  return (await lab.send("POST", path, { apiVersion: "", headers, body })).outcome;
}

describe("a custom topic", () => {
  it("takes what Azure's own client publishes, by whoever has the role", async () => {
    const credential = {
      getToken: async () => ({
        token: await lab.token(sender, "https://eventgrid.azure.net"),
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    };
    const client = new EventGridPublisherClient(await endpoint(), "CloudEvent", credential, {
      tlsOptions: { ca: lab.azure.caPem },
      retryOptions: { maxRetries: 0 },
    });
    await client.send([{ id: "a", source: "/s", type: "T", subject: "x", data: { n: 1 } }]);
    expect((await published()).at(-1)).toMatchObject({ specversion: "1.0", id: "a", type: "T", data: { n: 1 } });
  });

  it.each([
    ["somebody without the role, be it the owner", () => publish({ as: lab.azure.operator }), "403 Forbidden"],
    ["a token for ARM", () => publish({ audience: "https://management.azure.com" }), /^401 /],
    ["a key", () => publish({ headers: { "aeg-sas-key": "x" } }), "401 Unauthorized"],
    [
      "a topic that is not there",
      () => publish({ path: "/eventGridTopics/x/api/events?api-version=2018-01-01" }),
      "404 NotFound",
    ],
    [
      "another version",
      () => publish({ path: "/eventGridTopics/mine/api/events?api-version=2020-01-01" }),
      "400 BadRequest",
    ],
    ["another schema", () => publish({ headers: { "content-type": "application/json" } }), "400 BadRequest"],
    ["a batch that is none", () => publish({ body: JSON.stringify(event) }), "400 BadRequest"],
    ["an event without a type", () => publish({ body: JSON.stringify([{ ...event, type: "" }]) }), "400 BadRequest"],
    [
      "an attribute's name in capitals",
      () => publish({ body: JSON.stringify([{ ...event, dataUrl: "x" }]) }),
      "400 BadRequest",
    ],
    ["a time that is none", () => publish({ body: JSON.stringify([{ ...event, time: "now" }]) }), "400 BadRequest"],
    [
      "too much",
      () => publish({ body: `[${JSON.stringify({ ...event, data: "x".repeat(1_048_576) })}]` }),
      "413 PayloadTooLarge",
    ],
  ])("refuses %s, and keeps nothing of it", async (_, send, outcome) => {
    const before = (await published()).length;
    expect(await send()).toMatch(outcome);
    expect(await published()).toHaveLength(before);
  });

  it("keeps its schema and has a name that no other topic has", async () => {
    const body = { location: "westeurope", properties: { inputSchema: "EventGridSchema" } };
    expect((await lab.send("PUT", topic, { body })).outcome).toBe("400 InvalidRequest");
    const group = await lab.group("rg-others");
    const twin = `${group}/providers/Microsoft.EventGrid/topics/mine`;
    expect((await lab.send("PUT", twin, { body })).outcome).toBe("400 InvalidRequest");
    const { body: list } = await lab.send("GET", `${lab.subscription}/providers/Microsoft.EventGrid/topics`);
    expect((list.value as JsonObject[]).map(({ name }) => name)).toEqual(["evgt-portcullis", "mine"]);
  });
});
