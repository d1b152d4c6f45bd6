import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../../local/azure/core/resourceType.ts";
import { eventTopic } from "../../src/alerts/eventTopic.ts";
import { type CoreLab, startCoreLab } from "../azure/coreLab.ts";
import { sampleAlert } from "../domain/alerts/sampleAlert.ts";

let lab: CoreLab;
beforeAll(async () => {
  lab = await startCoreLab();
});
afterAll(() => lab.stop());

function publisher(as: Principal, endpoint = lab.azure.alertTopicEndpoint) {
  const credential = async () => ({
    getToken: async () => ({
      token: await lab.token(as, "https://eventgrid.azure.net"),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  });
  return eventTopic({ endpoint, credential, caPem: lab.azure.caPem });
}

describe("eventTopic", () => {
  it("publishes by the app's own role", async () => {
    expect(await publisher(lab.azure.app)(sampleAlert())).toEqual({ kind: "delivered" });
    const [event] = lab.azure.publishedAlerts();
    expect(event).toMatchObject({ id: sampleAlert().id, data: sampleAlert(), time: sampleAlert().at });
  });

  it("waits for a role that is missing, a hurried topic and a broken connection, and refuses what is too large", async () => {
    const withoutRole = await publisher(lab.azure.operator)(sampleAlert());
    expect(withoutRole).toMatchObject({ kind: "again", why: expect.stringContaining("does not have permission") });
    const publish = publisher(lab.azure.app);
    const path = "eventGridTopics";
    const answer = { status: 429, code: "TooManyRequests", message: "Slow down.", headers: { "retry-after": "77" } };
    lab.azure.setFaults([
      { match: { path }, when: "begin", answer },
      { match: { path }, when: "begin", answer: "reset" },
    ]);
    expect(await publish(sampleAlert())).toMatchObject({ kind: "again", retryAfterSeconds: 77 });
    expect(await publish(sampleAlert())).toMatchObject({ kind: "again" });
    expect(await publish(sampleAlert())).toEqual({ kind: "delivered" });
    const large = sampleAlert({ text: "x".repeat(1_100_000) });
    expect(await publish(large)).toMatchObject({ kind: "refused", why: expect.stringMatching(/^It answered 413/) });
  });
});
