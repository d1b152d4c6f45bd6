import { describe, expect, it } from "vitest";
import { parseResourceEvent } from "../../src/contracts/resourceEvent.ts";
import type { ResourceEvent } from "../../src/domain/routeHint.ts";
import { asCloudEvent, type Delivered, gridEvent, SUBSCRIPTION, samples } from "./eventSamples.ts";

function parsed(body: unknown): ResourceEvent {
  const result = parseResourceEvent(body);
  if (!result.ok) throw new Error(result.mistakes.map(({ message }) => message).join(" "));
  return result.event;
}

function pointers(body: unknown): readonly string[] {
  const result = parseResourceEvent(body);
  return result.ok ? [] : result.mistakes.map(({ pointer }) => pointer).sort();
}

const withData = (event: Delivered, data: Delivered["data"]): Delivered => ({
  ...event,
  data: { ...event.data, ...data },
});

describe("parseResourceEvent", () => {
  it.each(Object.entries(samples))("reads the same out of both schemas: %s", (_name, event) => {
    expect(parsed(asCloudEvent(event))).toEqual(parsed(event));
  });

  it("takes what is needed and nothing else", () => {
    expect(parsed(samples.tableWritten)).toEqual({
      eventId: "5f2c1b0e-7d0a-4f8e-9a64-6a0f7c1d9e01",
      eventType: "Microsoft.Resources.ResourceWriteSuccess",
      topic: `/subscriptions/${SUBSCRIPTION}/resourceGroups/securevnets`,
      subject: samples.tableWritten.subject,
      at: "2026-11-12T09:41:27.123Z",
      operation: {
        operationName: "Microsoft.Network/routeTables/write",
        resourceId: samples.tableWritten.subject,
        subscriptionId: SUBSCRIPTION,
        appId: "app-1",
        correlationId: "a6f1d0f2-0c3b-4c0e-8b43-93a5a2f6f7d1",
      },
    });
    expect(parsed(samples.poolRolled)).not.toHaveProperty("operation");
  });

  it.each([
    ["objects", (value: unknown) => value],
    ["JSON in texts", (value: unknown) => JSON.stringify(value)],
  ])("understands claims and authorization as %s", (_name, form) => {
    const { claims, authorization, httpRequest } = samples.tableWritten.data;
    const event = withData(samples.tableWritten, {
      claims: form(claims),
      authorization: form(authorization),
      httpRequest: form(httpRequest),
    });
    expect(parsed(event)).toEqual(parsed(samples.tableWritten));
  });

  it.each([undefined, null, "", "{", "[]", 7, { appid: 7 }])("does without claims that say nothing: %s", (claims) => {
    const { appId: _, ...operation } = parsed(samples.tableWritten).operation ?? {};
    expect(parsed(withData(samples.tableWritten, { claims })).operation).toEqual(operation);
  });

  it("takes any data of events that are about no operation", () => {
    for (const data of [{}, "text", null])
      expect(parsed({ ...gridEvent("/t", "Some.Other.Type", "s", {}), data }).eventType).toBe("Some.Other.Type");
    const { subject: _, ...cloudEvent } = asCloudEvent(gridEvent("/t", "Some.Other.Type", "s", {}));
    expect(parsed(cloudEvent).subject).toBe("");
  });

  it.each([
    ["text", "hello", [""]],
    ["nothing", null, [""]],
    ["a batch", [samples.tableWritten], [""]],
    ["an empty object", {}, ["/eventTime", "/eventType", "/id", "/subject", "/topic"]],
    ["an empty CloudEvent", { specversion: "1.0" }, ["/id", "/source", "/time", "/type"]],
    ["a CloudEvent of another version", { ...asCloudEvent(samples.poolScaled), specversion: "0.3" }, ["/specversion"]],
    ["an impossible instant", { ...samples.poolScaled, eventTime: "yesterday" }, ["/eventTime"]],
    ["an endless id", { ...samples.poolScaled, id: "x".repeat(3000) }, ["/id"]],
    ["an operation without data", { ...samples.poolScaled, data: undefined }, ["/data"]],
    [
      "an operation on nothing",
      withData(samples.poolScaled, { resourceUri: undefined, operationName: 7 }),
      ["/data/operationName", "/data/resourceUri"],
    ],
  ])("names every mistake of a body that is no event: %s", (_name, body, expected) => {
    expect(pointers(body)).toEqual(expected);
  });
});
