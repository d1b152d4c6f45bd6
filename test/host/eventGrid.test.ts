import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FixtureHost, ledger } from "./fixtureHost.ts";

describe("the Event Grid endpoint", () => {
  let fixture: FixtureHost;
  beforeAll(async () => {
    fixture = await FixtureHost.start();
  });
  afterAll(() => fixture.host.stop());

  const post = (type: string | undefined, body: unknown, functionName = "onEvent"): Promise<Response> =>
    fixture.fetch(`/runtime/webhooks/eventgrid?functionName=${functionName}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(type === undefined ? {} : { "aeg-event-type": type }) },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const event = (id: string, subject: string): object => ({
    id,
    subject,
    eventType: "Microsoft.Resources.ResourceWriteSuccess",
    eventTime: "2026-01-01T00:00:00Z",
    dataVersion: "2",
    data: {},
  });

  it("answers the validation handshake with the code", async () => {
    const response = await post("SubscriptionValidation", [{ data: { validationCode: "code-1" } }]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ validationResponse: "code-1" });
  });

  it("runs the function once for each event", async () => {
    const before = ledger().length;
    expect((await post("Notification", [event("1", "a"), event("2", "b")])).status).toBe(202);
    expect(ledger().slice(before)).toEqual(["event 1 a", "event 2 b"]);
  });

  it("takes CloudEvents after their handshake", async () => {
    const before = ledger().length;
    const handshake = await fixture.fetch("/runtime/webhooks/eventgrid?functionName=onEvent", {
      method: "OPTIONS",
      headers: { "WebHook-Request-Origin": "eventgrid.azure.net" },
    });
    expect([handshake.status, handshake.headers.get("webhook-allowed-origin")]).toEqual([200, "eventgrid.azure.net"]);
    const cloudEvent = { specversion: "1.0", id: "3", source: "/c", type: "t", data: {} };
    expect((await post("Notification", cloudEvent)).status).toBe(202);
    expect(ledger().slice(before)).toEqual(["event 3 /c"]);
  });

  it("answers 500 when the function fails, so that the event is delivered again", async () => {
    const before = ledger().length;
    expect((await post("Notification", [event("4", "fail"), event("5", "e")])).status).toBe(500);
    expect(ledger().slice(before)).toEqual(["event 5 e"]);
  });

  it("refuses unknown functions, functions of another kind, a missing type and broken bodies", async () => {
    expect((await post("Notification", [], "nobody")).status).toBe(404);
    expect((await post("Notification", [], "hello")).status).toBe(404);
    expect((await post(undefined, [])).status).toBe(400);
    expect((await post("Notification", "{")).status).toBe(400);
    expect((await post("Notification", "1")).status).toBe(400);
    expect((await post("SubscriptionValidation", [])).status).toBe(400);
    expect((await post("Unsubscribe", {})).status).toBe(202);
  });

  it("is fired by hand with the event as input", async () => {
    const before = ledger().length;
    const body = JSON.stringify({ input: JSON.stringify(event("6", "by hand")) });
    expect((await fixture.fetch("/admin/functions/onEvent", { method: "POST", body })).status).toBe(202);
    await fixture.settle();
    expect(ledger().slice(before)).toEqual(["event 6 by hand"]);
  });
});
