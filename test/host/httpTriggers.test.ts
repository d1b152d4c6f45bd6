import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FixtureHost, ledger } from "./fixtureHost.ts";

describe("HTTP functions", () => {
  let fixture: FixtureHost;
  beforeAll(async () => {
    fixture = await FixtureHost.start();
  });
  afterAll(() => fixture.host.stop());

  const text = async (path: string): Promise<string> => (await fixture.fetch(path)).text();

  it("get params, query, headers, body and address, and answer with status, headers, cookies and body", async () => {
    const path = "/api/hello/J%C3%BCrgen%20B/7?a=1&a=2&b=%26";
    const response = await fixture.fetch(path, { method: "POST", headers: { "X-Sent": "s" }, body: "hi" });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-fixture")).toBe("yes");
    expect(response.headers.get("set-cookie")).toBe("visited=a%20b; Path=/; HttpOnly");
    expect(await response.json()).toEqual({
      params: { name: "Jürgen B", number: "7" },
      query: { a: "1,2", b: "&" },
      method: "POST",
      url: `${fixture.host.url}${path}`,
      header: "s",
      body: "hi",
    });
  });

  it("are found by constraint, and literals before parameters", async () => {
    expect(await text("/api/byId/00000000-0000-0000-0000-000000000000")).toBe("guid");
    expect(await text("/api/byId/somebody")).toBe("name");
    expect(await text("/API/Hello/ME")).toBe("it is me");
    expect(await text("/api/rest/a/b/c")).toBe("a/b/c");
    expect(await text("/api/rest")).toBe("");
  });

  it("are not found by another method, constraint, prefix or path", async () => {
    expect((await fixture.fetch("/api/hello/x", { method: "DELETE" })).status).toBe(404);
    expect((await fixture.fetch("/api/hello/x/notANumber")).status).toBe(404);
    expect((await fixture.fetch("/hello/x")).status).toBe(404);
    expect((await fixture.fetch("/api/nowhere")).status).toBe(404);
  });

  it("answer 204 for nothing, and 500 without a word of the error for a throw or a response that is none", async () => {
    expect((await fixture.fetch("/api/nothing204")).status).toBe(204);
    for (const path of ["/api/throws", "/api/badResponse"]) {
      const response = await fixture.fetch(path);
      expect([response.status, await response.text()]).toEqual([500, ""]);
    }
    expect(fixture.lines).toContainEqual(expect.stringContaining("this must not reach the caller"));
  });

  it("answer 400 to an address that cannot be read", async () => {
    expect((await fixture.fetch("/api/hello/%E0%A4%A")).status).toBe(400);
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${fixture.host.url}/api/hello/x`, { headers: { host: "[" } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on("error", reject).end();
    });
    expect(status).toBe(400);
  });

  it("run after the app's hooks", async () => {
    const before = ledger().length;
    await text("/api/hello/me");
    expect(ledger().slice(before)).toEqual(["hook before helloMe"]);
  });

  it("hold the clock while they run", async () => {
    expect(await fixture.clock.runUntil(text("/api/slow"))).toBe('{"passedMs":0}');
  });

  it("are listed, and the host says that it runs", async () => {
    const functions = (await (await fixture.fetch("/admin/functions")).json()) as { name: string; trigger: string }[];
    expect(functions).toContainEqual(expect.objectContaining({ name: "hello", trigger: "httpTrigger" }));
    expect(await (await fixture.fetch("/admin/host/status")).json()).toMatchObject({ state: "Running" });
  });
});
