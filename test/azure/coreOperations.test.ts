import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type Answer, type CoreLab, errorOf, startCoreLab } from "./coreLab.ts";

let lab: CoreLab;
let network: string;
let groupCount = 0;

beforeAll(async () => {
  lab = await startCoreLab();
});
afterAll(async () => {
  expect(lab.azure.taskFailures).toEqual([]);
  await lab.stop();
});
beforeEach(async () => {
  groupCount += 1;
  network = `${await lab.group(`rg-operations-${groupCount}`)}/providers/Microsoft.Network`;
});

const location = "westeurope";
const put = (path: string, body: JsonObject = { location }, headers: Record<string, string> = {}) =>
  lab.send("PUT", `${network}/${path}`, { body, headers });
const get = (path: string) => lab.send("GET", `${network}/${path}`);
const remove = (path: string, headers: Record<string, string> = {}) =>
  lab.send("DELETE", `${network}/${path}`, { headers });
const state = (answer: Answer) => (answer.body.properties as JsonObject).provisioningState;
const settle = () => lab.clock.advance(60_000);
/** GET of a URL that an answer named. */
const follow = (url: string | undefined) =>
  lab.send("GET", String(url).replace(lab.azure.armUrl, ""), { apiVersion: "" });
const route = (prefix: string) => ({ properties: { addressPrefix: prefix, nextHopType: "None" } });
const namedRoute = (name: string, prefix: string) => ({ name, ...route(prefix) });

describe("a long write", () => {
  it("answers 201 with the way to its end, then 200 for an update", async () => {
    const answer = await put("routeTables/rt");
    expect(answer.status).toBe(201);
    expect(state(answer)).toBe("Updating");
    expect(answer.headers["azure-asyncoperation"]).toMatch(
      new RegExp(
        `^${lab.azure.armUrl}${lab.subscription}/providers/Microsoft.Network/locations/westeurope/operations/[0-9a-f-]{36}\\?api-version=2024-05-01$`,
      ),
    );
    expect(answer.headers["azure-asyncnotification"]).toBe("Enabled");
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(answer.headers.location).toBeUndefined();
    expect((await follow(answer.headers["azure-asyncoperation"])).body).toEqual({ status: "InProgress" });
    await settle();
    expect((await follow(answer.headers["azure-asyncoperation"])).body).toEqual({ status: "Succeeded" });
    expect(state(await get("routeTables/rt"))).toBe("Succeeded");
    expect((await put("routeTables/rt")).status).toBe(200);
    await settle();
  });

  it("is known by its operation for its maker and for others who may read operations, not for anybody", async () => {
    const answer = await put("routeTables/rt");
    const stranger = lab.azure.world.createPrincipal("stranger");
    const path = String(answer.headers["azure-asyncoperation"]).replace(lab.azure.armUrl, "");
    expect((await lab.send("GET", path, { as: stranger, apiVersion: "" })).outcome).toBe("403 AuthorizationFailed");
    const unknown = path.replace(/operations\/[^?]+/, "operations/00000000-0000-4000-8000-00000000dead");
    expect((await lab.send("GET", unknown, { apiVersion: "" })).outcome).toBe("404 OperationNotFound");
    await settle();
  });

  it("ends as Failed with the error when its end goes wrong, and the resource says so", async () => {
    lab.azure.setFaults([
      {
        match: { method: "PUT", path: "/rt-bad$" },
        when: "finish",
        answer: { status: 500, code: "InternalExecutionError", message: "It broke." },
      },
    ]);
    const answer = await put("routeTables/rt-bad");
    expect(answer.status).toBe(201);
    await settle();
    const { body } = await follow(answer.headers["azure-asyncoperation"]);
    expect(body).toEqual({
      status: "Failed",
      error: { code: "InternalExecutionError", message: "It broke.", details: [] },
    });
    expect(state(await get("routeTables/rt-bad"))).toBe("Failed");
    await put("routeTables/rt-bad");
    await settle();
    expect(state(await get("routeTables/rt-bad"))).toBe("Succeeded");
  });
});

describe("etags", () => {
  it("stand in the body and the header, and change with every write", async () => {
    const first = await put("routeTables/rt");
    await settle();
    const read = await get("routeTables/rt");
    expect(read.body.etag).toMatch(/^W\/"[0-9a-f-]{36}"$/);
    expect(read.headers.etag).toBe(read.body.etag);
    expect(read.body.etag).not.toBe(first.body.etag);
    expect((await get("routeTables/rt")).body.etag).toBe(read.body.etag);
  });

  it("refuse a write made on an old state, in NRP's words, and without If-Match the last write wins", async () => {
    await put("routeTables/rt");
    await settle();
    const { etag } = (await get("routeTables/rt")).body;
    await put("routeTables/rt", { location, tags: { by: "another" } });
    await settle();
    const stale = await put("routeTables/rt", { location }, { "if-match": String(etag) });
    expect(stale.outcome).toBe("412 PreconditionFailed");
    expect(errorOf(stale).details[0]?.code).toBe("PreconditionFailedEtagMismatch");
    expect(errorOf(stale).details[0]?.message).toContain(
      `Etag provided in if-match header ${etag} does not match etag W/"`,
    );
    expect((await get("routeTables/rt")).body.tags).toEqual({ by: "another" });
    const fresh = String((await get("routeTables/rt")).body.etag);
    expect((await put("routeTables/rt", { location }, { "if-match": fresh })).status).toBe(200);
    await settle();
    expect((await put("routeTables/rt", { location, tags: { by: "last" } })).status).toBe(200);
    await settle();
  });

  it("keep If-None-Match: * from overwriting, If-Match: * from creating, and guard DELETE", async () => {
    expect((await put("routeTables/rt", { location }, { "if-match": "*" })).outcome).toBe("412 PreconditionFailed");
    expect((await put("routeTables/rt", { location }, { "if-none-match": "*" })).status).toBe(201);
    await settle();
    expect((await put("routeTables/rt", { location }, { "if-none-match": "*" })).outcome).toBe(
      "412 PreconditionFailed",
    );
    expect((await remove("routeTables/rt", { "if-match": 'W/"x"' })).outcome).toBe("412 PreconditionFailed");
    expect((await get("routeTables/rt")).status).toBe(200);
  });

  it("move together in a parent and its inline children", async () => {
    await put("routeTables/rt", {
      location,
      properties: { routes: [namedRoute("a", "10.1.0.0/16"), namedRoute("b", "10.2.0.0/16")] },
    });
    await settle();
    const before = (await get("routeTables/rt")).body;
    const children = () =>
      get("routeTables/rt").then(({ body }) => (body.properties as { routes: JsonObject[] }).routes);
    expect((await children()).map((child) => child.etag)).toEqual([before.etag, before.etag]);
    await put("routeTables/rt/routes/b", route("10.3.0.0/16"));
    await settle();
    const after = (await get("routeTables/rt")).body;
    expect(after.etag).not.toBe(before.etag);
    expect((await get("routeTables/rt/routes/a")).body.etag).toBe(after.etag);
    const stale = await put("routeTables/rt", { location }, { "if-match": String(before.etag) });
    expect(stale.outcome).toBe("412 PreconditionFailed");
  });
});

describe("inline children", () => {
  const names = async (path: string, property: string) =>
    ((await get(path)).body.properties as Record<string, JsonObject[]>)[property]?.map((child) => child.name);

  it("are resources of their own, and a whole write makes and removes them", async () => {
    await put("routeTables/rt", {
      location,
      properties: { routes: [namedRoute("a", "10.1.0.0/16"), namedRoute("b", "10.2.0.0/16")] },
    });
    await settle();
    expect(state(await get("routeTables/rt/routes/a"))).toBe("Succeeded");
    await put("routeTables/rt", { location, properties: { routes: [namedRoute("b", "10.2.0.0/16")] } });
    await settle();
    expect((await get("routeTables/rt/routes/a")).status).toBe(404);
    await put("routeTables/rt/routes/c", route("10.4.0.0/16"));
    await settle();
    expect(await names("routeTables/rt", "routes")).toEqual(["b", "c"]);
  });

  it("left out of a virtual network's body stay from 2023-09-01 on, and go before", async () => {
    const body = { location, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } };
    const subnets = [{ name: "snet", properties: { addressPrefix: "10.0.1.0/24" } }];
    await put("virtualNetworks/vnet", { ...body, properties: { ...body.properties, subnets } });
    await settle();
    await lab.send("PUT", `${network}/virtualNetworks/vnet`, { body, apiVersion: "2023-09-01" });
    await settle();
    expect(await names("virtualNetworks/vnet", "subnets")).toEqual(["snet"]);
    await lab.send("PUT", `${network}/virtualNetworks/vnet`, { body, apiVersion: "2023-06-01" });
    await settle();
    expect(await names("virtualNetworks/vnet", "subnets")).toEqual([]);
  });

  it("that are refused take the whole write back", async () => {
    await put("routeTables/rt", {
      location,
      tags: { kept: "yes" },
      properties: { routes: [namedRoute("a", "10.1.0.0/16")] },
    });
    await settle();
    const before = (await get("routeTables/rt")).body;
    const bad = await put("routeTables/rt", {
      location,
      properties: { routes: [namedRoute("x", "10.9.0.0/16"), namedRoute("y", "no prefix")] },
    });
    expect(bad.status).toBe(400);
    const twice = await put("routeTables/rt", {
      location,
      properties: { routes: [namedRoute("x", "10.9.0.0/16"), namedRoute("X", "10.8.0.0/16")] },
    });
    expect(errorOf(twice).details[0]?.code).toBe("DuplicateResourceName");
    expect((await get("routeTables/rt")).body).toEqual(before);
  });
});

describe("two operations at once", () => {
  const vnet = { location, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } };
  const subnet = (prefix: string) => ({ properties: { addressPrefix: prefix } });

  it("on subnets of one virtual network are refused, and the refusal leads to the running one", async () => {
    await put("virtualNetworks/vnet", vnet);
    await settle();
    const first = await put("virtualNetworks/vnet/subnets/a", subnet("10.0.1.0/24"));
    const second = await put("virtualNetworks/vnet/subnets/b", subnet("10.0.2.0/24"));
    expect(second.outcome).toBe("409 AnotherOperationInProgress");
    expect(errorOf(second).message).toContain(String(first.headers["azure-asyncoperation"]));
    expect((await remove("virtualNetworks/vnet")).outcome).toBe("409 AnotherOperationInProgress");
    await settle();
    expect((await put("virtualNetworks/vnet/subnets/b", subnet("10.0.2.0/24"))).status).toBe(201);
    await settle();
  });

  it("on different virtual networks do not meet", async () => {
    expect((await put("virtualNetworks/one", vnet)).status).toBe(201);
    expect((await put("virtualNetworks/two", vnet)).status).toBe(201);
    await settle();
  });

  it("on one route table supersede each other, and the last one stays", async () => {
    const first = await put("routeTables/rt", { location, tags: { n: "1" } });
    const second = await put("routeTables/rt", { location, tags: { n: "2" } });
    expect(second.status).toBe(200);
    const { body } = await follow(first.headers["azure-asyncoperation"]);
    expect(body.status).toBe("Canceled");
    const [detail] = (body.error as { details: JsonObject[] }).details;
    expect(detail?.code).toBe("CanceledAndSupersededDueToAnotherOperation");
    expect(detail?.message).toMatch(
      /^Operation PutRouteTableOperation \([0-9a-f-]{36}\) was canceled and superseded by operation PutRouteTableOperation \([0-9a-f-]{36}\)\.$/,
    );
    await settle();
    expect((await get("routeTables/rt")).body).toMatchObject({
      tags: { n: "2" },
      properties: { provisioningState: "Succeeded" },
    });
  });

  it("on a table and on a route in it supersede each other, and nothing is left half-way", async () => {
    await put("routeTables/rt", { location, properties: { routes: [namedRoute("a", "10.7.0.0/16")] } });
    await put("routeTables/rt/routes/b", route("10.8.0.0/16"));
    await put("routeTables/rt/routes/c", route("10.9.0.0/16"));
    expect(state(await get("routeTables/rt"))).toBe("Updating");
    await settle();
    const { body } = await get("routeTables/rt");
    const { provisioningState, routes } = body.properties as JsonObject & { readonly routes: readonly JsonObject[] };
    expect(provisioningState).toBe("Succeeded");
    expect(routes.map(({ name, properties }) => [name, (properties as JsonObject).provisioningState])).toEqual([
      ["a", "Succeeded"],
      ["b", "Succeeded"],
      ["c", "Succeeded"],
    ]);
  });

  it("wait where one builds on what the other still makes", async () => {
    await put("virtualNetworks/vnet", vnet);
    await settle();
    await put("routeTables/rt");
    const routeTable = { id: `${network}/routeTables/rt` };
    const body = { properties: { addressPrefix: "10.0.1.0/24", routeTable } };
    const early = await put("virtualNetworks/vnet/subnets/a", body);
    expect(early.outcome).toBe("409 ReferencedResourceNotProvisioned");
    expect(errorOf(early).message).toContain("is not in Succeeded state. Resource is in Updating state");
    await settle();
    expect((await put("virtualNetworks/vnet/subnets/a", body)).status).toBe(201);
    await settle();
  });

  it("a reference to nothing is refused", async () => {
    await put("virtualNetworks/vnet", vnet);
    await settle();
    const routeTable = { id: `${network}/routeTables/rt-none` };
    const answer = await put("virtualNetworks/vnet/subnets/a", {
      properties: { addressPrefix: "10.0.1.0/24", routeTable },
    });
    expect(answer.outcome).toBe("400 InvalidResourceReference");
    expect((await get("virtualNetworks/vnet/subnets/a")).status).toBe(404);
  });
});

describe("deletion", () => {
  it("answers 202 with both ways to its end, and 204 for what is not there", async () => {
    await put("routeTables/rt");
    await settle();
    const answer = await remove("routeTables/rt");
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toContain("/operationResults/");
    expect((await follow(answer.headers.location)).status).toBe(202);
    expect((await follow(answer.headers["azure-asyncoperation"])).body).toEqual({ status: "InProgress" });
    expect(state(await get("routeTables/rt"))).toBe("Deleting");
    await settle();
    expect((await follow(answer.headers["azure-asyncoperation"])).body).toEqual({ status: "Succeeded" });
    expect((await follow(answer.headers.location)).status).toBe(204);
    expect((await get("routeTables/rt")).status).toBe(404);
    expect((await remove("routeTables/rt")).status).toBe(204);
  });

  it("asked for twice is one deletion", async () => {
    await put("routeTables/rt");
    await settle();
    const first = await remove("routeTables/rt");
    const second = await remove("routeTables/rt");
    expect(second.status).toBe(202);
    expect(second.headers.location).toBe(first.headers.location);
    await settle();
  });

  it("of a group empties it in the order of what uses what, and takes the group last", async () => {
    const group = network.replace("/providers/Microsoft.Network", "");
    await put("routeTables/rt");
    await put("networkSecurityGroups/nsg");
    await settle();
    const subnets = [
      {
        name: "snet",
        properties: {
          addressPrefix: "10.0.1.0/24",
          routeTable: { id: `${network}/routeTables/rt` },
          networkSecurityGroup: { id: `${network}/networkSecurityGroups/nsg` },
        },
      },
    ];
    await put("virtualNetworks/vnet", {
      location,
      properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] }, subnets },
    });
    await settle();
    expect((await remove("routeTables/rt")).status).toBe(400);
    const answer = await lab.send("DELETE", group);
    expect(answer.status).toBe(202);
    expect(answer.headers["azure-asyncoperation"]).toBeUndefined();
    expect((await follow(answer.headers.location)).status).toBe(202);
    const late = await put("routeTables/rt-late");
    expect(late.outcome).toBe("409 ResourceGroupBeingDeleted");
    await lab.clock.advance(200_000);
    expect((await follow(answer.headers.location)).status).toBe(200);
    expect((await lab.send("HEAD", group)).status).toBe(404);
    expect((await lab.send("DELETE", group)).outcome).toBe("404 ResourceGroupNotFound");
  });

  it("of a group that something outside still uses is blocked, and the group lives on", async () => {
    const inner = network;
    await put("networkSecurityGroups/nsg");
    await settle();
    network = `${await lab.group("rg-outside")}/providers/Microsoft.Network`;
    const networkSecurityGroup = { id: `${inner}/networkSecurityGroups/nsg` };
    await put("virtualNetworks/vnet", {
      location,
      properties: {
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        subnets: [{ name: "snet", properties: { addressPrefix: "10.0.1.0/24", networkSecurityGroup } }],
      },
    });
    await settle();
    const group = inner.replace("/providers/Microsoft.Network", "");
    const answer = await lab.send("DELETE", group);
    await lab.clock.advance(300_000);
    expect((await follow(answer.headers.location)).outcome).toBe("409 ResourceGroupDeletionBlocked");
    expect((await lab.send("GET", group)).body.properties).toEqual({ provisioningState: "Succeeded" });
  });
});
