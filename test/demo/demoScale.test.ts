/** The whole demonstration, over the app in virtual time: every look at it lets a few seconds of Azure's pass. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Operator, operatorOf } from "../../demo/operator.ts";
import { runScaling } from "../../demo/runScaling.ts";
import { scalingPlace } from "../../demo/scalingPlace.ts";
import { scalingSummary } from "../../demo/scalingSummary.ts";
import { sampleTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";

let world: World;
const directory = mkdtempSync(path.join(tmpdir(), "portcullis-"));
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await world.close();
});

/** Azure seconds between two looks. */
const LOOK_SECONDS = 15;
/** A run command has ended by then; two of them in a row are far shorter than an event is late. */
const COMMAND_SECONDS = 30;

/** The operator of the demonstration, to whom time passes while he asks for the time and while he waits for a command. */
function patientOperator(): Operator {
  const { azure, clock } = world;
  const ca = path.join(directory, "ca.pem");
  writeFileSync(ca, azure.caPem);
  const operator = operatorOf({
    ca,
    arm: azure.armUrl,
    token: azure.tokenUrl,
    logs: azure.tokenUrl,
    internet: azure.internetProxyUrl,
    subscriptionId: azure.subscriptionId,
    tenantId: azure.tenantId,
    appClientId: azure.app.appId,
    operatorClientId: azure.operator.appId,
    identityHeader: azure.identityHeader,
    functionAppId: azure.functionAppId,
    deadLetterContainerId: azure.deadLetterContainerId,
  });
  return {
    ...operator,
    async kubectl(...line) {
      const before = azure.requests.length;
      const output = operator.kubectl(...line);
      while (!azure.requests.slice(before).some(({ method }) => method === "POST")) await new Promise(setImmediate);
      await clock.advance(COMMAND_SECONDS * 1000);
      return output;
    },
    async local(method, door, body) {
      if (door === "/_local/stats") await clock.advance(LOOK_SECONDS * 1000);
      return operator.local(method, door, body);
    },
  };
}

describe("the demonstration of scaling", () => {
  it("shows a 502 before and a 200 after the sync on each new node, and one write of the app for each scaling", async () => {
    const settings = { ROUTE_SWEEP_SCHEDULE: "0 0 0 1 1 *" };
    world = await openStandingWorld([sampleTicket("kubenet.json", "CHG0001")], { settings });
    const operator = patientOperator();
    const place = await scalingPlace(operator, world.url(), "kubenet");
    const headlines = new Set<string>();
    const screen = { show: ({ headline }: { readonly headline: string }) => void headlines.add(headline), close() {} };
    const { signal } = new AbortController();
    const end = await runScaling({ operator, place, screen, sweeps: false, signal });
    expect(end.shortcomings).toEqual([]);
    const joined = end.record.nodes.filter(({ name }) => end.joined.includes(name));
    expect(joined).toHaveLength(3);
    for (const { answers } of joined)
      expect(answers.map(({ answer }) => answer)).toEqual(["502 no pod yet", "502 unreachable", "200"]);
    expect(end.record.syncs.map(({ change }) => change?.replace(/: .*/, ""))).toEqual([
      "3 routes to add",
      "2 routes to remove",
    ]);
    expect(end.writes).toEqual({ inAzure: 2, byApp: 2 });
    expect(scalingSummary(end)[0]).toContain("✔ 502 before and 200 after");
    expect(headlines.size).toBe(3);
  });
});
