import { setTimeout as sleep } from "node:timers/promises";
import { app } from "@azure/functions";
import * as df from "durable-functions";

app.http("hello", {
  methods: ["GET", "POST"],
  route: "hello/{name}/{number:int?}",
  handler: async (request) => ({
    status: 201,
    headers: { "x-fixture": "yes" },
    cookies: [{ name: "visited", value: "a b", httpOnly: true, path: "/" }],
    jsonBody: {
      params: request.params,
      query: Object.fromEntries(request.query),
      method: request.method,
      url: request.url,
      header: request.headers.get("x-sent"),
      body: await request.text(),
    },
  }),
});
app.http("helloMe", { methods: ["GET"], route: "hello/me", handler: () => ({ body: "it is me" }) });
app.http("byId", { methods: ["GET"], route: "byId/{id:guid}", handler: () => ({ body: "guid" }) });
app.http("byName", { methods: ["GET"], route: "byId/{name}", handler: () => ({ body: "name" }) });
app.http("rest", {
  methods: ["GET"],
  route: "rest/{*path}",
  handler: (request) => ({ body: request.params.path ?? "" }),
});
app.http("nothing204", { handler: () => undefined });
app.http("throws", {
  handler: () => {
    throw new Error("this must not reach the caller");
  },
});
app.http("badResponse", { handler: () => "a string is no response" });

app.http("slow", {
  methods: ["GET"],
  handler: async () => {
    const from = Date.now();
    await sleep(15);
    return { jsonBody: { passedMs: Date.now() - from } };
  },
});

app.http("client", {
  methods: ["POST"],
  route: "client/{method}",
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const [id, ...rest] = await request.json();
    try {
      const first = /Entity/.test(request.params.method) ? new df.EntityId(...id) : revive(id);
      return { jsonBody: { value: (await client[request.params.method](first, ...rest)) ?? null } };
    } catch (error) {
      return { jsonBody: { error: error.message } };
    }
  },
});

app.http("accepted", {
  methods: ["POST"],
  route: "accepted",
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const id = await client.startNew("fanOut", { input: { prefix: "accepted", count: 1 } });
    return client.createCheckStatusResponse(request, id);
  },
});

/** Filters of the client hold Date objects, which JSON does not. */
function revive(value) {
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, /^createdTime/.test(key) ? new Date(each) : each]),
  );
}
