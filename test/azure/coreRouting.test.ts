import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type CoreLab, errorOf, startCoreLab } from "./coreLab.ts";

let lab: CoreLab;
let group: string;

beforeAll(async () => {
  lab = await startCoreLab();
  group = await lab.group("rg-routing");
});
afterAll(() => lab.stop());

const identities = () => `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;

describe("paths", () => {
  it("finds a resource whatever the case of its id, and answers in the spelling of its provider", async () => {
    await lab.send("PUT", `${identities()}/id-Case`, { body: { location: "westeurope" } });
    const answer = await lab.send(
      "GET",
      `${identities()}/ID-CASE`.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions"),
    );
    expect(answer.status).toBe(200);
    expect(answer.body.id).toBe(`${identities().replace("/resourceGroups/", "/resourcegroups/")}/id-Case`);
    expect(answer.body.type).toBe("Microsoft.ManagedIdentity/userAssignedIdentities");
  });

  it("reads paths with double slashes and percent-encoding", async () => {
    expect((await lab.send("GET", `//${group.slice(1)}`)).body.name).toBe("rg-routing");
    expect((await lab.send("GET", group.replace("rg-routing", "rg%2Drouting"))).body.name).toBe("rg-routing");
    expect((await lab.send("GET", `${group}%E0%A4%A`)).outcome).toBe("400 InvalidRequestUri");
  });

  it.each([
    ["an unknown provider", "/providers/Microsoft.Nowhere/things/x", "404 InvalidResourceNamespace"],
    ["an unknown type of a known provider", "/providers/Microsoft.Network/trampolines/x", "404 InvalidResourceType"],
    ["an unknown list", "/providers/Microsoft.Network/trampolines", "404 InvalidResourceType"],
    ["a path that is nothing", "/somewhere/else", "404 NotFound"],
    ["a missing resource", "/providers/Microsoft.Network/routeTables/rt-none", "404 ResourceNotFound"],
    [
      "a child of a missing parent",
      "/providers/Microsoft.Network/routeTables/rt-none/routes/r",
      "404 ResourceNotFound",
    ],
  ])("refuses %s", async (_, path, outcome) => {
    expect((await lab.send("GET", `${group}${path}`)).outcome).toBe(outcome);
  });

  it("names what is missing as Azure does", async () => {
    const table = `${group}/providers/Microsoft.Network/routeTables`;
    await lab.send("PUT", `${table}/rt-there`, { body: { location: "westeurope" } });
    expect(errorOf(await lab.send("GET", `${table}/rt-none`)).message).toBe(
      "The Resource 'Microsoft.Network/routeTables/rt-none' under resource group 'rg-routing' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    );
    expect((await lab.send("GET", `${table}/rt-none`)).headers["x-ms-failure-cause"]).toBe("gateway");
    expect((await lab.send("GET", `${table}/rt-there/routes/r`)).outcome).toBe("404 NotFound");
    expect((await lab.send("PUT", `${table}/rt-none/routes/r`, { body: {} })).outcome).toBe(
      "404 ParentResourceNotFound",
    );
    expect((await lab.send("GET", `${lab.subscription}/resourceGroups/rg-none`)).outcome).toBe(
      "404 ResourceGroupNotFound",
    );
    expect(
      (
        await lab.send("PUT", `${lab.subscription}/resourceGroups/rg-none/providers/Microsoft.Network/routeTables/x`, {
          body: { location: "westeurope" },
        })
      ).outcome,
    ).toBe("404 ResourceGroupNotFound");
    const foreign = "/subscriptions/00000000-0000-4000-8000-00000000ffff/resourceGroups/x";
    expect((await lab.send("GET", foreign)).outcome).toBe("404 SubscriptionNotFound");
  });

  it("refuses methods that a path does not have, and says which it has", async () => {
    const post = await lab.send("POST", group);
    expect(post.outcome).toBe("405 MethodNotAllowed");
    expect(post.headers.allow).toContain("PUT");
    expect((await lab.send("PUT", `${lab.subscription}/resourceGroups`, { body: {} })).outcome).toBe(
      "405 MethodNotAllowed",
    );
    expect((await lab.send("DELETE", `${lab.subscription}/locations`)).outcome).toBe("405 MethodNotAllowed");
  });
});

describe("api-version", () => {
  it("is required, of one form, and otherwise free", async () => {
    expect((await lab.send("GET", group, { apiVersion: "" })).outcome).toBe("400 MissingApiVersionParameter");
    expect((await lab.send("GET", group, { apiVersion: "latest" })).outcome).toBe("400 InvalidApiVersionParameter");
    for (const apiVersion of ["2015-11-01", "2031-01-01", "2024-01-01-preview"]) {
      expect((await lab.send("GET", group, { apiVersion })).status).toBe(200);
    }
  });
});

describe("bodies", () => {
  const put = (body: JsonObject | string, name = "rg-body") =>
    lab.send("PUT", `${lab.subscription}/resourceGroups/${name}`, { body });

  it.each<[string, JsonObject | string, string]>([
    ["malformed JSON", '{"location":', "400 InvalidRequestContent"],
    ["an array", "[1]", "400 InvalidRequestContent"],
    ["no location", { tags: {} }, "400 LocationRequired"],
    ["an unknown location", { location: "atlantis" }, "400 LocationNotAvailableForResourceGroup"],
    ["properties that are no object", { location: "westeurope", properties: 7 }, "400 InvalidRequestContent"],
    [
      "51 tags",
      { location: "westeurope", tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, ""])) },
      "400 TooManyTags",
    ],
    [
      "a tag value of 257 characters",
      { location: "westeurope", tags: { a: "x".repeat(257) } },
      "400 InvalidTagValueLength",
    ],
    ["a tag name with <", { location: "westeurope", tags: { "a<b": "" } }, "400 InvalidTagNameCharacters"],
    ["a tag that is a number", { location: "westeurope", tags: { a: 1 } }, "400 InvalidRequestContent"],
  ])("refuses %s", async (_, body, outcome) => {
    expect((await put(body)).outcome).toBe(outcome);
    expect((await lab.send("GET", `${lab.subscription}/resourceGroups/rg-body`)).status).toBe(404);
  });

  it("takes the display name of a location and stores its name", async () => {
    expect((await put({ location: "West Europe" }, "rg-display")).body.location).toBe("westeurope");
  });

  it("does not move a group or a resource to another location", async () => {
    await put({ location: "westeurope" }, "rg-still");
    expect((await put({ location: "northeurope" }, "rg-still")).outcome).toBe("409 InvalidResourceGroupLocation");
    await lab.send("PUT", `${identities()}/id-still`, { body: { location: "westeurope" } });
    const moved = await lab.send("PUT", `${identities()}/id-still`, { body: { location: "northeurope" } });
    expect(moved.outcome).toBe("409 InvalidResourceLocation");
    expect((await lab.send("PUT", `${identities()}/id-atlantis`, { body: { location: "atlantis" } })).outcome).toBe(
      "400 LocationNotAvailableForResourceType",
    );
  });

  it("refuses a body above 4 MB", async () => {
    expect((await put({ location: "westeurope", filler: "x".repeat(4 * 1024 * 1024) })).outcome).toBe(
      "413 RequestContentTooLarge",
    );
  });
});

describe("resource groups", () => {
  it("answer HEAD with 204 and 404", async () => {
    expect((await lab.send("HEAD", group)).status).toBe(204);
    expect((await lab.send("HEAD", `${lab.subscription}/resourceGroups/rg-none`)).status).toBe(404);
  });

  it("answer 201 when new and 200 after", async () => {
    const path = `${lab.subscription}/resourceGroups/rg-twice`;
    expect((await lab.send("PUT", path, { body: { location: "westeurope" } })).status).toBe(201);
    expect((await lab.send("PUT", path, { body: { location: "westeurope" } })).status).toBe(200);
  });

  it("replace their tags by PATCH and change nothing else by it", async () => {
    const path = `${lab.subscription}/resourceGroups/rg-tags`;
    await lab.send("PUT", path, { body: { location: "westeurope", tags: { a: "1" } } });
    expect((await lab.send("PATCH", path, { body: { tags: { b: "2" } } })).body.tags).toEqual({ b: "2" });
    expect((await lab.send("PATCH", path, { body: { tags: {}, managedBy: "x" } })).outcome).toBe(
      "400 InvalidRequestContent",
    );
    expect((await lab.send("GET", path)).body).toMatchObject({ location: "westeurope", tags: { b: "2" } });
  });

  it("have names of a certain form", async () => {
    for (const name of ["rg.", "r!g", "x".repeat(91)]) {
      const answer = await lab.send("PUT", `${lab.subscription}/resourceGroups/${name}`, {
        body: { location: "westeurope" },
      });
      expect(answer.outcome).toBe("400 InvalidResourceGroup");
    }
  });
});

describe("lists", () => {
  const names = (answer: { body: JsonObject }) => (answer.body.value as JsonObject[]).map((item) => item.name);

  it("page by $top and lead on with nextLink", async () => {
    const place = await lab.group("rg-pages");
    const path = `${place}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
    for (let n = 1; n <= 5; n++) await lab.send("PUT", `${path}/id-${n}00`, { body: { location: "westeurope" } });
    const seen: unknown[] = [];
    let next: string | undefined = `${path}?$top=2`;
    while (next !== undefined) {
      const answer = await lab.send("GET", next, next.includes("api-version") ? { apiVersion: "" } : {});
      expect((answer.body.value as unknown[]).length).toBeLessThanOrEqual(2);
      seen.push(...names(answer));
      next = (answer.body.nextLink as string | undefined)?.replace(lab.azure.armUrl, "");
    }
    expect(seen).toEqual(["id-100", "id-200", "id-300", "id-400", "id-500"]);
    expect((await lab.send("GET", `${path}?$top=x`)).outcome).toBe("400 InvalidQueryParameterValue");
  });

  it("show a type in a group and in the subscription", async () => {
    const left = await lab.group("rg-left");
    const right = await lab.group("rg-right");
    for (const place of [left, right]) await lab.identity(place, `id-of-${place.split("/").at(-1)}`);
    const type = "providers/Microsoft.ManagedIdentity/userAssignedIdentities";
    expect(names(await lab.send("GET", `${left}/${type}`))).toEqual(["id-of-rg-left"]);
    const all = names(await lab.send("GET", `${lab.subscription}/${type}`));
    expect(all).toEqual(expect.arrayContaining(["id-of-rg-left", "id-of-rg-right"]));
    expect((await lab.send("GET", `${lab.subscription}/resourceGroups/rg-none/${type}`)).outcome).toBe(
      "404 ResourceGroupNotFound",
    );
  });

  it("of all resources filter by type, by name and by tag", async () => {
    const place = await lab.group("rg-filter");
    const type = `${place}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
    await lab.send("PUT", `${type}/id-red`, { body: { location: "westeurope", tags: { color: "red" } } });
    await lab.send("PUT", `${type}/id-blue`, { body: { location: "westeurope", tags: { color: "blue" } } });
    await lab.send("PUT", `${place}/providers/Microsoft.Network/routeTables/rt-red`, {
      body: { location: "westeurope", tags: { color: "red" } },
    });
    const list = async (filter: string) =>
      names(await lab.send("GET", `${place}/resources?$filter=${encodeURIComponent(filter)}`));
    expect(await list("resourceType eq 'Microsoft.Network/routeTables'")).toEqual(["rt-red"]);
    expect(await list("tagName eq 'color' and tagValue eq 'red'")).toEqual(["id-red", "rt-red"]);
    expect(await list("name eq 'id-blue' or name eq 'rt-red'")).toEqual(["id-blue", "rt-red"]);
    const wrong = await lab.send("GET", `${place}/resources?$filter=${encodeURIComponent("shape eq 'round'")}`);
    expect(wrong.outcome).toBe("400 InvalidFilterInQueryString");
  });

  it("of resources leave out what has no location of its own, and all properties", async () => {
    const place = await lab.group("rg-summary");
    const path = `${place}/providers/Microsoft.Network/routeTables/rt`;
    await lab.send("PUT", path, {
      body: {
        location: "westeurope",
        properties: { routes: [{ name: "r", properties: { addressPrefix: "10.1.0.0/16", nextHopType: "None" } }] },
      },
    });
    const { value } = (await lab.send("GET", `${place}/resources`)).body as { value: JsonObject[] };
    expect(value).toEqual([{ id: path, name: "rt", type: "Microsoft.Network/routeTables", location: "westeurope" }]);
  });
});

describe("what clients ask first", () => {
  it("tenants, the subscription, locations and providers are there", async () => {
    const value = async (path: string) => (await lab.send("GET", path)).body.value as JsonObject[];
    expect((await value("/tenants"))[0]?.tenantId).toBe(lab.azure.tenantId);
    expect((await value("/subscriptions"))[0]).toMatchObject({
      subscriptionId: lab.azure.subscriptionId,
      state: "Enabled",
    });
    expect((await lab.send("GET", lab.subscription)).body.tenantId).toBe(lab.azure.tenantId);
    expect((await value(`${lab.subscription}/locations`)).map(({ name }) => name)).toContain("westeurope");
    const network = (await value(`${lab.subscription}/providers`)).find(
      ({ namespace }) => namespace === "Microsoft.Network",
    );
    expect(network?.registrationState).toBe("Registered");
    expect((await lab.send("GET", `${lab.subscription}/providers/microsoft.network`)).body.namespace).toBe(
      "Microsoft.Network",
    );
    expect((await lab.send("GET", `${lab.subscription}/providers/Microsoft.Nowhere`)).outcome).toBe(
      "404 InvalidResourceNamespace",
    );
  });

  it("the cloud's metadata is answered to anybody, and leads nowhere but here", async () => {
    const answer = await lab.send("GET", "/metadata/endpoints", { apiVersion: "2022-09-01" });
    const urls = JSON.stringify(answer.body).match(/https?:\/\/[^"/]+/g) ?? [];
    const known = [
      lab.azure.armUrl,
      new URL(lab.azure.tokenUrl).origin,
      "https://management.core.windows.net",
      "https://management.azure.com",
    ];
    expect(urls.length).toBeGreaterThan(3);
    expect(urls.filter((url) => !known.includes(url))).toEqual([]);
  });

  it("every answer carries request ids, and echoes the client's correlation id", async () => {
    const correlation = "00000000-0000-4000-8000-0000000000aa";
    const headers = {
      "x-ms-correlation-request-id": correlation,
      "x-ms-client-request-id": "mine",
      "x-ms-return-client-request-id": "true",
    };
    const answer = await lab.send("GET", group, { headers });
    expect(answer.headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers["x-ms-correlation-request-id"]).toBe(correlation);
    expect(answer.headers["x-ms-client-request-id"]).toBe("mine");
    const second = await lab.send("GET", group);
    expect(second.headers["x-ms-correlation-request-id"]).toBe(second.headers["x-ms-request-id"]);
    expect(second.headers["x-ms-request-id"]).not.toBe(answer.headers["x-ms-request-id"]);
  });
});
