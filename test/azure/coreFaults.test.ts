import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type CoreLab, errorOf, startCoreLab } from "./coreLab.ts";

const SEED = 20_261_104;
let lab: CoreLab;
let group: string;

beforeAll(async () => {
  lab = await startCoreLab({ seed: SEED });
  group = await lab.group("rg-faults");
});
afterEach(() => lab.send("DELETE", "/_local/faults"));
afterAll(() => lab.stop());

const refusal = { status: 500, code: "InternalServerError", message: "Asked for." };
const read = () => lab.send("GET", group).then(({ outcome }) => outcome);
const table = (name: string) => `${group}/providers/Microsoft.Network/routeTables/${name}`;
const put = (name: string) => lab.send("PUT", table(name), { body: { location: "westeurope" } });

describe("a scripted fault", () => {
  it("hits so many matching requests, after so many", async () => {
    lab.azure.setFaults([
      {
        match: { method: "GET", path: "/resourcegroups/rg-faults$" },
        when: "begin",
        answer: refusal,
        after: 1,
        times: 2,
      },
    ]);
    expect([await read(), await read(), await read(), await read()]).toEqual([
      "200",
      "500 InternalServerError",
      "500 InternalServerError",
      "200",
    ]);
  });

  it("carries its headers, and stands in for the work", async () => {
    const answer = { status: 429, code: "TooManyRequests", message: "Slow.", headers: { "retry-after": "7" } };
    lab.azure.setFaults([{ match: { method: "PUT" }, when: "begin", answer }]);
    const hit = await put("rt-429");
    expect(hit.outcome).toBe("429 TooManyRequests");
    expect(hit.headers["retry-after"]).toBe("7");
    expect((await lab.send("GET", table("rt-429"))).status).toBe(404);
  });

  it("matches one caller", async () => {
    lab.azure.setFaults([{ match: { principal: lab.azure.app.appId }, when: "begin", answer: refusal }]);
    expect(await read()).toBe("200");
    expect((await lab.send("GET", group, { as: lab.azure.app })).outcome).toBe("500 InternalServerError");
  });

  it("resets the connection before the work, or in place of the answer to it", async () => {
    lab.azure.setFaults([
      { match: { method: "PUT", path: "/rt-reset$" }, when: "begin", answer: "reset" },
      { match: { method: "PUT", path: "/rt-lost$" }, when: "begin", answer: "loseAnswer" },
    ]);
    await expect(put("rt-reset")).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await lab.send("GET", table("rt-reset"))).status).toBe(404);
    await expect(put("rt-lost")).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await lab.send("GET", table("rt-lost"))).status).toBe(200);
    expect(lab.azure.requests.filter(({ status }) => status === 0).map(({ path }) => path.split("/").at(-1))).toEqual([
      "rt-reset",
      "rt-lost",
    ]);
    await lab.clock.advance(30_000);
  });

  it("leaves a request without an answer, while time goes on", async () => {
    lab.azure.setFaults([{ match: { path: "/rg-faults$" }, when: "begin", answer: "hang" }]);
    let isAnswered = false;
    const settled = () => {
      isAnswered = true;
    };
    read().then(settled, settled);
    await lab.clock.advance(3_600_000);
    expect(isAnswered).toBe(false);
    lab.azure.setFaults([]);
    expect(await read()).toBe("200");
  });

  it("ends a long operation as Failed or Canceled", async () => {
    const superseded = { ...refusal, code: "Canceled", operationStatus: "Canceled" as const };
    lab.azure.setFaults([
      { match: { path: "/rt-failed$" }, when: "finish", answer: refusal },
      { match: { path: "/rt-canceled$" }, when: "finish", answer: superseded },
    ]);
    for (const [name, status] of [
      ["rt-failed", "Failed"],
      ["rt-canceled", "Canceled"],
    ] as const) {
      const { headers } = await put(name);
      await lab.clock.advance(30_000);
      const path = String(headers["azure-asyncoperation"]).replace(lab.azure.armUrl, "");
      expect((await lab.send("GET", path, { apiVersion: "" })).body.status).toBe(status);
      const { properties } = (await lab.send("GET", table(name))).body as { properties: JsonObject };
      expect(properties.provisioningState).toBe(status);
    }
  });

  it("at the end of a synchronous write takes the write back", async () => {
    lab.azure.setFaults([{ match: { path: "/id-late$" }, when: "finish", answer: refusal }]);
    const path = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-late`;
    expect((await lab.send("PUT", path, { body: { location: "westeurope" } })).outcome).toBe("500 InternalServerError");
    expect((await lab.send("GET", path)).status).toBe(404);
  });

  it("waits at the named point of a resource type, and hits once", () => {
    lab.azure.setFaults([{ match: { path: "/managedClusters/c1$" }, when: "aks.somewhere", answer: refusal }]);
    expect(lab.azure.world.takeFault("aks.elsewhere", "/x/managedClusters/c1")).toBeUndefined();
    expect(lab.azure.world.takeFault("aks.somewhere", "/x/managedClusters/c2")).toBeUndefined();
    expect(lab.azure.world.takeFault("aks.somewhere", "/x/managedClusters/c1")?.code).toBe("InternalServerError");
    expect(lab.azure.world.takeFault("aks.somewhere", "/x/managedClusters/c1")).toBeUndefined();
  });
});

describe("random faults", () => {
  const outcomes = async (): Promise<string[]> => {
    const seen: string[] = [];
    for (let n = 0; n < 60; n++) seen.push(await read().catch(() => "broken"));
    return seen;
  };

  it(`are the same for the same seed (${SEED}) and others for another`, async () => {
    const rates = { unavailable: 0.2, reset: 0.1, throttled: 0.1 };
    lab.azure.setFaults([], { ...rates, seed: SEED });
    const first = await outcomes();
    lab.azure.setFaults([], { ...rates, seed: SEED });
    expect(await outcomes()).toEqual(first);
    expect(new Set(first)).toEqual(new Set(["200", "503 ServiceUnavailable", "broken", "429 TooManyRequests"]));
    lab.azure.setFaults([], { ...rates, seed: SEED + 1 });
    expect(await outcomes()).not.toEqual(first);
  });

  it("let somebody be faster, where a write says what it builds on, and are counted", async () => {
    lab.azure.setFaults([], { preconditionFailed: 1 });
    expect((await put("rt-race")).status).toBe(201);
    await lab.clock.advance(30_000);
    const headers = { "if-match": String((await lab.send("GET", table("rt-race"))).body.etag) };
    const overtaken = await lab.send("PUT", table("rt-race"), { body: { location: "westeurope" }, headers });
    expect(overtaken.outcome).toBe("412 PreconditionFailed");
    expect(errorOf(overtaken).message).toBe("Precondition failed.");
    expect(lab.azure.randomFaultCounts).toEqual({ preconditionFailed: 1 });
    expect((await lab.send("GET", "/_local/faults")).body.hits).toEqual({ preconditionFailed: 1 });
    lab.azure.setFaults([], {});
    expect(lab.azure.randomFaultCounts).toEqual({});
  });

  it("spare callers that they do not name", async () => {
    await lab.clock.advance(60_000);
    lab.azure.setFaults([], { unavailable: 1, principal: "app" });
    expect(await read()).toBe("200");
    expect((await lab.send("GET", group, { as: lab.azure.app })).outcome).toBe("503 ServiceUnavailable");
  });
});

describe("the stand-in's own door", () => {
  it("takes faults as JSON and says what is wrong with them", async () => {
    const scripts = [{ match: { path: "/rg-faults$" }, when: "begin", answer: refusal }];
    expect((await lab.send("POST", "/_local/faults", { body: JSON.stringify(scripts) })).status).toBe(200);
    expect(await read()).toBe("500 InternalServerError");
    const shown = await lab.send("GET", "/_local/faults");
    expect(shown.body.scripts).toMatchObject([{ when: "begin", seen: 1 }]);
    const wrong: [unknown, RegExp][] = [
      [{}, /JSON array/],
      [[{ match: { path: "(" }, when: "begin", answer: "reset" }], /no regular expression/],
      [[{ match: {}, when: "begin", answer: "explode" }], /answer is/],
      [[{ match: {}, when: "finish", answer: "reset" }], /"begin" only/],
      [[{ match: { color: "red" }, when: "begin", answer: "reset" }], /unknown field "color"/],
      [[{ match: {}, when: "begin", answer: "reset", times: -1 }], /whole number/],
    ];
    for (const [body, message] of wrong) {
      const answer = await lab.send("POST", "/_local/faults", { body: JSON.stringify(body) });
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatch(message);
    }
  });

  it("shows what was asked, and what is going on", async () => {
    await lab.send("DELETE", "/_local/requests");
    await lab.send("GET", `${group}-none`);
    const { requests } = (await lab.send("GET", "/_local/requests")).body as { requests: JsonObject[] };
    expect(requests).toEqual([
      {
        method: "GET",
        path: `${group}-none`,
        apiVersion: "2024-05-01",
        principal: lab.azure.operator.objectId,
        status: 404,
        code: "ResourceGroupNotFound",
        atEpochMs: lab.clock.now(),
      },
    ]);
    await put("rt-running");
    const stats = (await lab.send("GET", "/_local/stats")).body;
    expect(stats).toMatchObject({
      byMethod: { GET: 1, PUT: 1 },
      operationsInProgress: [`create ${table("rt-running")}`],
      mistakesOfTheStandIn: [],
    });
    await lab.clock.advance(30_000);
    expect((await lab.send("GET", "/_local/nothing")).status).toBe(404);
  });

  it("shows the rows of a workspace's table", async () => {
    lab.azure.world.log("/w", "T", { a: 1 });
    const { rows } = (await lab.send("GET", "/_local/log?workspace=/W&table=T", { apiVersion: "" })).body as {
      rows: JsonObject[];
    };
    expect(rows).toEqual([
      {
        table: "T",
        row: { a: 1, TimeGenerated: new Date(lab.clock.now()).toISOString() },
        ingestedAtEpochMs: expect.any(Number),
      },
    ]);
  });
});

describe("throttling", () => {
  it("counts down a bucket for each caller, answers 429 with Retry-After, and refills in Azure time", async () => {
    await lab.clock.advance(60_000);
    const caller = await lab.identity(group, "id-eager");
    const ask = () => lab.send("GET", group, { as: caller });
    expect((await ask()).status).toBe(403);
    await lab.clock.advance(60_000);
    await lab.grant(caller, "acdd72a7-3385-48ef-bd42-f606fba81ae7", group);
    expect((await ask()).headers["x-ms-ratelimit-remaining-subscription-reads"]).toBe("249");
    let last = await ask();
    for (let n = 0; n < 248; n++) last = await ask();
    expect(last.headers["x-ms-ratelimit-remaining-subscription-reads"]).toBe("0");
    const refused = await ask();
    expect(refused.outcome).toBe("429 SubscriptionRequestsThrottled");
    expect(refused.headers["retry-after"]).toBe("1");
    expect(errorOf(refused).message).toContain(
      `Number of 'read' requests for subscription '${lab.azure.subscriptionId}' actor '${caller.objectId}' exceeded.`,
    );
    expect((await lab.send("GET", group)).status).toBe(200);
    await lab.clock.advance(1_000);
    expect((await ask()).headers["x-ms-ratelimit-remaining-subscription-reads"]).toBe("24");
  });

  it("counts writes and deletes apart", async () => {
    await lab.clock.advance(60_000);
    const path = `${lab.subscription}/resourceGroups/rg-counted`;
    const write = await lab.send("PUT", path, { body: { location: "westeurope" } });
    expect(write.headers["x-ms-ratelimit-remaining-subscription-writes"]).toBe("199");
    expect(write.headers["x-ms-ratelimit-remaining-subscription-global-writes"]).toBe("2999");
    expect((await lab.send("DELETE", path)).headers["x-ms-ratelimit-remaining-subscription-deletes"]).toBe("199");
  });
});
