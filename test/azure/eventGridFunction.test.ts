import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FixtureHost, ledger } from "../host/fixtureHost.ts";
import { type EventGridLab, startEventGridLab } from "./eventGridLab.ts";

describe("a function of an app on the local host", () => {
  let lab: EventGridLab;
  let fixture: FixtureHost;
  beforeAll(async () => {
    lab = await startEventGridLab();
    fixture = await FixtureHost.start({ clock: lab.core.clock });
  });
  afterAll(async () => {
    await fixture.host.stop();
    await lab.stop();
  });

  const site = () => `${lab.group}/providers/Microsoft.Web/sites/func-fixture`;
  const subscribe = async (name: string, functionName: string, eventDeliverySchema: string): Promise<string> => {
    const destination = {
      endpointType: "AzureFunction",
      properties: { resourceId: `${site()}/functions/${functionName}`, maxEventsPerBatch: 5 },
    };
    await lab.put(name, lab.body({ destination, eventDeliverySchema }));
    await lab.seconds(30);
    const { status, body } = await lab.core.send("GET", `${lab.topic}/eventSubscriptions/${name}`);
    return status === 200
      ? String(body.properties && (body.properties as { provisioningState?: string }).provisioningState)
      : String(status);
  };

  it.each(["EventGridSchema", "CloudEventSchemaV1_0"])("is run for each event (%s)", async (schema) => {
    lab.core.azure.setFunctionApp(site(), fixture.host.url);
    expect(await subscribe("to-function", "onEvent", schema)).toBe("Succeeded");
    const before = ledger().length;
    await lab.write(`rt-${schema}`);
    expect(ledger().slice(before)).toEqual([
      expect.stringMatching(new RegExp(`^event [0-9a-f-]{36} ${lab.group}.*/rt-${schema}$`)),
    ]);
  });

  it("must have an Event Grid trigger", async () => {
    expect(await subscribe("to-http", "hello", "EventGridSchema")).toBe("404");
  });

  it("gets its events when its host is back", async () => {
    const before = ledger().length;
    lab.core.azure.setFunctionApp(site(), "http://127.0.0.1:9");
    await lab.write("rt-down");
    expect(ledger()).toHaveLength(before);
    lab.core.azure.setFunctionApp(site(), fixture.host.url);
    await lab.seconds(60);
    expect(ledger().slice(before)).toEqual([expect.stringContaining("/rt-down")]);
  });
});
