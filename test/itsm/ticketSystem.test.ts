import { createHash, createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunningClock } from "../../local/clock.ts";
import { TABLE_PATH } from "../../local/itsm/tableApi.ts";
import { startTicketSystem, type TicketSystem } from "../../local/itsm/ticketSystem.ts";
import { postSigned } from "../../src/alerts/signedWebhook.ts";
import { sinkRequest } from "../../src/alerts/sinkRequest.ts";
import type { Alert } from "../../src/domain/alerts/alert.ts";
import type { SinkReference } from "../../src/domain/alerts/sink.ts";
import { postIncident } from "../../src/itsm/serviceNow.ts";
import { sampleAlert } from "../domain/alerts/sampleAlert.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const OTHER_KEY = Buffer.alloc(32, 8).toString("base64");
/** How far the ticket system's clock has been put forward: it dates incidents by the second. */
let aheadMs = 0;
const clock = new RunningClock({}, () => Date.now() + aheadMs);

let desk: TicketSystem;
beforeEach(async () => {
  desk = await startTicketSystem({ clock, user: "u", password: "p", webhookKey: KEY });
});
afterEach(() => desk.stop());

const authorization = `Basic ${Buffer.from("u:p").toString("base64")}`;

async function table(method: string, rest: string, body?: object): Promise<{ status: number; body: unknown }> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${desk.url}${TABLE_PATH}${rest}`, { method, headers: { authorization }, ...content });
  return { status: answer.status, body: await answer.json() };
}

describe("the Table API", () => {
  it("makes two incidents of one correlation id, cuts texts off, ignores what it does not know, and hides journals", async () => {
    for (const work_notes of ["first", "second"])
      await table("POST", "", { correlation_id: "x", work_notes, short_description: "a".repeat(200), nonsense: "y" });
    const { body } = await table("GET", `?sysparm_query=${encodeURIComponent("correlation_id=x^ORDERBYDESCnumber")}`);
    const { result } = body as { result: readonly Record<string, string>[] };
    expect(result.map(({ number }) => number)).toEqual(["INC0010002", "INC0010001"]);
    expect(result[0]).toMatchObject({ short_description: "a".repeat(160), work_notes: "", sys_mod_count: "0" });
    expect(result[0]).not.toHaveProperty("nonsense");
    expect(desk.incidents.map(({ journal }) => journal[0]?.text)).toEqual(["first", "second"]);
  });

  it("resolves nothing without saying how, and lets nobody write what is closed", async () => {
    await table("POST", "", { correlation_id: "x" });
    const id = desk.incidents[0]?.row.sys_id;
    expect((await table("PATCH", `/${id}`, { state: "6" })).status).toBe(403);
    const how = { state: "6", close_notes: "n" };
    expect((await table("PATCH", `/${id}`, { ...how, close_code: "Magic" })).status).toBe(403);
    expect((await table("PATCH", `/${id}`, { ...how, close_code: "Solution provided" })).status).toBe(200);
    expect(desk.incidents[0]?.row).toMatchObject({ active: "true", state: "6", sys_mod_count: "1" });
    await table("PATCH", `/${id}`, { state: "7" });
    expect((await table("PATCH", `/${id}`, { work_notes: "late" })).status).toBe(403);
  });

  it.each([
    ["a query that it does not understand", "GET", "?sysparm_query=correlation_idLIKEx", 400],
    ["another half of a query", "GET", "?sysparm_query=state%3D1%5EORstate%3D2", 400],
    ["a parameter that it does not know", "GET", "?sysparm_display_value=all", 400],
    ["an incident that is not there", "GET", "/0", 404],
    ["another method", "DELETE", "/0", 405],
  ])("refuses %s", async (_, method, rest, status) => {
    expect((await table(method, rest)).status).toBe(status);
  });

  it("knows its user", async () => {
    expect((await fetch(`${desk.url}${TABLE_PATH}`)).status).toBe(401);
  });
});

describe("postIncident", () => {
  const settings = () => ({ incidentUrl: `${desk.url}${TABLE_PATH}`, authorization, closeCode: "Solution provided" });

  it("tries again with a password that has run out, with a page that is no Table API, and elsewhere", async () => {
    const post = (parts: object) => postIncident({ ...settings(), ...parts }, sampleAlert(), undefined);
    expect(await post({ authorization: "Basic eA==" })).toMatchObject({
      kind: "again",
      why: expect.stringMatching(/^It answered 401/),
    });
    desk.setFaults([{ answer: { status: 200, body: "<html>Sign in</html>" } }]);
    expect(await post({})).toMatchObject({ kind: "again", why: expect.stringMatching(/ITSM_INCIDENT_URL/) });
    desk.setFaults([{ answer: { status: 302, headers: { location: "https://evil.example/" } } }]);
    expect(await post({})).toMatchObject({ kind: "again", why: "It answered 302." });
  });

  it("refuses a subject that would be more than a word in a query", async () => {
    const alert = sampleAlert({ subject: "x^ORstate=1" });
    expect(await postIncident(settings(), alert, undefined)).toMatchObject({ kind: "refused" });
    expect(desk.requests).toEqual([]);
  });

  it("finds the newest incident of a subject, makes another when it opens again, and says each time which it is", async () => {
    const post = async (revision: number, event: Alert["event"], reference?: SinkReference) => {
      const delivery = await postIncident(settings(), sampleAlert({ revision, event }), reference);
      return delivery.kind === "delivered" ? delivery.reference : undefined;
    };
    const first = await post(1, "opened");
    expect(await post(1, "opened")).toEqual(first);
    expect(await post(2, "closed", first)).toEqual(first);
    aheadMs += 1_000;
    const second = await post(3, "opened", first);
    expect(second?.name).toBe("INC0010002");
    // Without its name, as after a time in which it was forgotten.
    expect(await post(4, "updated")).toEqual(second);
    expect(await post(4, "updated")).toEqual(second);
    expect(desk.incidents.map(({ journal }) => journal.length)).toEqual([1, 1]);
  });

  it("makes another incident when somebody has deleted the one that it knew", async () => {
    const opened = await postIncident(settings(), sampleAlert(), undefined);
    const reference = opened.kind === "delivered" ? opened.reference : undefined;
    desk.table.delete(reference?.id ?? "");
    const update = sampleAlert({ revision: 2, event: "updated" });
    expect(await postIncident(settings(), update, reference)).toMatchObject({ kind: "delivered" });
    expect(desk.incidents).toHaveLength(1);
  });
});

describe("the signed webhook", () => {
  it("is believed by either key while they change, and by no other", async () => {
    const url = `${desk.url}/hooks/alerts`;
    const kinds = async (...keys: string[]) => (await postSigned({ url, keys }, sampleAlert())).kind;
    expect(await kinds(KEY)).toBe("delivered");
    expect(await kinds(OTHER_KEY, KEY)).toBe("delivered");
    expect(await kinds(OTHER_KEY)).toBe("again");
    const idOf = (key: string) => createHash("sha256").update(Buffer.from(key, "base64")).digest("hex").slice(0, 8);
    expect(desk.alerts.map(({ keyIds }) => keyIds)).toEqual([idOf(KEY), `${idOf(OTHER_KEY)},${idOf(KEY)}`]);
    expect(desk.alerts[0]?.idempotencyKey).toBe(sampleAlert().id);
  });

  it("is not believed when it is old, or changed on the way", async () => {
    const send = async (timestamp: number, body: string, signed = body) => {
      const signature = createHmac("sha256", Buffer.from(KEY, "base64"))
        .update(`${timestamp}.${signed}`)
        .digest("base64");
      const headers = { "x-portcullis-timestamp": String(timestamp), "x-portcullis-signature": signature };
      return (await fetch(`${desk.url}/hooks/alerts`, { method: "POST", headers, body })).status;
    };
    const now = Math.floor(clock.now() / 1000);
    expect(await send(now, "{}")).toBe(202);
    expect(await send(now - 301, "{}")).toBe(401);
    expect(await send(now, '{"a":1}', "{}")).toBe(401);
  });
});

describe("sinkRequest", () => {
  it("gives up on a sink that never answers, and names neither address nor secret", async () => {
    desk.setFaults([{ answer: "hang" }]);
    const request = { method: "POST", url: `${desk.url}/hooks/chat?sig=secret`, headers: {}, body: "{}" } as const;
    expect(await sinkRequest(request, 100)).toEqual({ kind: "silence", why: "It did not answer within 0.1 s." });
    desk.setFaults([{ answer: "reset" }]);
    expect(await sinkRequest(request)).toMatchObject({ kind: "silence", why: expect.not.stringContaining("secret") });
  });

  it("reads no endless answer", async () => {
    desk.setFaults([{ answer: { status: 200, body: "x".repeat(1_000_001) } }]);
    const request = { method: "GET", url: desk.url, headers: {} } as const;
    expect(await sinkRequest(request)).toMatchObject({ kind: "silence", why: expect.stringContaining("longer than") });
  });
});
