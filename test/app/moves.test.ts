/** Single moves against answers of Azure that the local one gives seldom or never. */
import { describe, expect, it } from "vitest";
import { advanceCommand } from "../../src/activities/advanceCommand.ts";
import { advanceResource } from "../../src/activities/advanceResource.ts";
import { readCommand } from "../../src/activities/commandRun.ts";
import { findObstacles } from "../../src/activities/findObstacles.ts";
import { announceStep } from "../../src/activities/operationSignals.ts";
import { allPages } from "../../src/azure/allPages.ts";
import type { ArmAnswer, ArmClient } from "../../src/azure/armClient.ts";
import type { NetworkPlugin } from "../../src/domain/environmentSpec.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { commandDefinition, resourceDefinition } from "../../src/resources/catalog.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";

const answerOf = (status: number, body?: JsonObject, more: Partial<ArmAnswer> = {}): ArmAnswer => ({
  status,
  body,
  etag: undefined,
  operationUrl: undefined,
  location: undefined,
  retryAfterSeconds: undefined,
  correlationId: undefined,
  ...more,
});

/** Gives the answers one after the other, and keeps what was asked. */
function scriptedArm(...answers: readonly ArmAnswer[]): ArmClient & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const next = async (method: string): Promise<ArmAnswer> => {
    const answer = answers[asked.length];
    asked.push(method);
    if (answer === undefined) throw new Error(`Nobody expected another ${method}.`);
    return answer;
  };
  return {
    asked,
    get: () => next("GET"),
    put: (_id, _version, _body, ifMatch) => next(ifMatch === undefined ? "PUT" : `PUT if ${ifMatch}`),
    post: () => next("POST"),
    delete: () => next("DELETE"),
    follow: () => next("follow"),
  };
}

const spec = seedSpec();
const definition = resourceDefinition("gatewayPublicIp");
const desired = definition.desired(spec, {});
const first = {
  stepId: "gatewayPublicIp",
  kind: "resource",
  spec,
  outputs: {},
  run: "CHG0001-1",
  at: "2026-11-02T08:00:00.000Z",
  elapsedSeconds: 0,
} as const;
const settling = { ...first, cursor: { phase: "settle", change: "created", operationUrl: "https://arm/operation" } };
const withState = (provisioningState: string, more: JsonObject = {}): JsonObject => ({
  ...desired,
  etag: 'W/"1"',
  ...more,
  properties: { ...(desired.properties as JsonObject), ipAddress: "20.31.0.7", provisioningState },
});

describe("a move of a resource", () => {
  it("waits as long as Azure asks for", async () => {
    const arm = scriptedArm(answerOf(404), answerOf(201, withState("Updating"), { retryAfterSeconds: 25 }));
    const outcome = await advanceResource(arm, definition, first);
    expect(outcome).toMatchObject({
      kind: "accepted",
      retryAfterSeconds: 25,
      cursor: { phase: "settle", change: "created" },
    });
  });

  it("writes nothing while the operation stops, but still sees that all is right", async () => {
    const missing = scriptedArm(answerOf(404));
    expect(await advanceResource(missing, definition, { ...first, isStopping: true })).toEqual({ kind: "withheld" });
    const right = scriptedArm(answerOf(200, withState("Succeeded")));
    expect(await advanceResource(right, definition, { ...first, isStopping: true })).toMatchObject({ kind: "done" });
    expect([...missing.asked, ...right.asked]).toEqual(["GET", "GET"]);
  });

  it("puts right what failed before, although it looks right", async () => {
    const arm = scriptedArm(answerOf(200, withState("Failed")), answerOf(200, withState("Succeeded")));
    const outcome = await advanceResource(arm, definition, first);
    expect(outcome).toMatchObject({ kind: "done", change: "written again, it was Failed" });
    expect(arm.asked).toEqual(["GET", 'PUT if W/"1"']);
  });

  it("is not done when the document is not as written, and starts over when no operation explains it", async () => {
    const other = withState("Succeeded", { tags: {} });
    const stale = scriptedArm(answerOf(200, other), answerOf(200, { status: "InProgress" }));
    expect(await advanceResource(stale, definition, settling)).toMatchObject({
      kind: "accepted",
      cursor: settling.cursor,
    });
    const overwritten = scriptedArm(answerOf(200, other), answerOf(200, { status: "Succeeded" }));
    const outcome = await advanceResource(overwritten, definition, settling);
    expect(outcome).toMatchObject({ kind: "busy", failure: { code: "ChangedByAnother" } });
    expect(outcome).not.toHaveProperty("cursor");
  });

  it("starts over when what it wrote is gone", async () => {
    const arm = scriptedArm(answerOf(404), answerOf(200, { status: "Succeeded" }));
    const outcome = await advanceResource(arm, definition, settling);
    expect(outcome).toMatchObject({ kind: "busy", failure: { code: "ResourceVanished" } });
  });

  it("ends with Azure's reason when nothing is there because Azure could not make it", async () => {
    const failed = answerOf(200, { status: "Failed", error: { code: "Endpoint validation", message: "Not found." } });
    const outcome = await advanceResource(scriptedArm(answerOf(404), failed, failed), definition, settling);
    expect(outcome).toMatchObject({
      kind: "rejected",
      failure: { code: "Endpoint validation", message: "Not found." },
    });
  });

  it("looks on from where it stands when a look is throttled, and does not start over", async () => {
    const throttled = answerOf(429, { error: { code: "TooManyRequests", message: "" } }, { retryAfterSeconds: 7 });
    const outcome = await advanceResource(scriptedArm(throttled), definition, settling);
    expect(outcome).toMatchObject({ kind: "busy", cursor: settling.cursor, retryAfterSeconds: 7 });
  });

  it("fails in words when Azure gives no reason", async () => {
    const arm = scriptedArm(answerOf(200, withState("Failed")), answerOf(200, { status: "Failed" }));
    const outcome = await advanceResource(arm, definition, settling);
    expect(outcome).toMatchObject({ kind: "rejected", failure: { code: "ProvisioningFailed" } });
  });
});

describe("a look at a command in the cluster", () => {
  const cursor = { phase: "apply", change: "installed", operationUrl: "https://arm/result" };
  const look = (status: number, properties?: JsonObject) =>
    readCommand(
      scriptedArm(answerOf(status, properties === undefined ? undefined : { properties })),
      "/cluster",
      cursor,
    );

  it("goes on while there is no result", async () => {
    const running = { outcome: { kind: "accepted", cursor } };
    expect(await look(202)).toMatchObject(running);
    expect(await look(200, { provisioningState: "Running" })).toMatchObject(running);
  });

  it("gives the command's own end, a bad one too", async () => {
    const end = { provisioningState: "Succeeded", exitCode: 1, logs: "Error: no" };
    expect(await look(200, end)).toEqual({ result: { exitCode: 1, logs: "Error: no" } });
  });

  it.each(["Failed", "Canceled"])("starts over when the pod never ran: %s", async (provisioningState) => {
    const seen = await look(200, { provisioningState, reason: "No node has room." });
    expect(seen).toMatchObject({ outcome: { kind: "busy", failure: { code: "CommandNeverRan" } } });
    expect(JSON.stringify(seen)).toContain("No node has room.");
    expect(seen).not.toHaveProperty("outcome.cursor");
  });
});

describe("a move of a command", () => {
  const checked = answerOf(200, {
    properties: { provisioningState: "Succeeded", exitCode: 1, logs: "Error: release: not found" },
  });
  const move = { ...first, outputs: knownOutputs, cursor: { phase: "check", operationUrl: "https://arm/result" } };
  const advance = (arm: ArmClient, input: Parameters<typeof advanceCommand>[3]) =>
    advanceCommand(arm, commandDefinition("ingressController"), "/cluster", input);

  it("installs what the look did not find", async () => {
    const arm = scriptedArm(checked, answerOf(202, undefined, { location: "https://arm/next" }));
    expect(await advance(arm, move)).toMatchObject({
      kind: "accepted",
      cursor: { phase: "apply", change: "installed" },
    });
  });

  it("installs nothing while the operation stops", async () => {
    const arm = scriptedArm(checked);
    expect(await advance(arm, { ...move, isStopping: true })).toEqual({ kind: "withheld" });
    expect(arm.asked).toEqual(["follow"]);
  });
});

describe("the look before the first write", () => {
  it("names settings that Event Grid needs, and that are missing, for kubenet alone", async () => {
    const receiver = { clientId: "app", functionAppId: undefined, deadLetterContainerId: undefined };
    const refuse = () => Promise.reject(new Error("Nobody expected anything durable to be asked."));
    const instances = { find: refuse, raise: refuse, start: refuse, entityState: refuse };
    const codes = async (networkPlugin: NetworkPlugin) => {
      const arm = scriptedArm(...Array.from({ length: 50 }, () => answerOf(404)));
      const spec = seedSpec({ cluster: { networkPlugin } });
      const steps = provisionPlan(spec).steps.map(({ id }) => id);
      const seen = await findObstacles({ arm, receiver })(
        { spec, steps, isNew: true },
        { log: () => undefined, instances },
      );
      return seen.kind === "seen" ? seen.obstacles.map(({ code }) => code) : seen.kind;
    };
    expect(await codes("kubenet")).toEqual(["EventReceiverUnknown"]);
    expect(await codes("overlay")).toEqual([]);
  });
});

describe("a list of Azure", () => {
  const page = (names: readonly string[], nextLink?: string) =>
    answerOf(200, { value: names.map((name) => ({ name })), ...(nextLink === undefined ? {} : { nextLink }) });

  it("is read to its end", async () => {
    const arm = scriptedArm(page(["b"], "/3"), page(["c"]));
    const whole = await allPages(page(["a"], "/2"), arm.follow);
    expect(whole.body).toEqual({ value: [{ name: "a" }, { name: "b" }, { name: "c" }] });
    expect(arm.asked).toEqual(["follow", "follow"]);
  });

  it("is refused with a page that is refused, and has an end", async () => {
    expect((await allPages(page(["a"], "/2"), async () => answerOf(429))).status).toBe(429);
    await expect(allPages(page([], "/2"), async () => page([], "/2"))).rejects.toThrow("more than 100 pages");
  });

  it("leaves an answer that is no list as it is", async () => {
    const single = answerOf(200, { id: "/x", nextLink: "/2" });
    expect(await allPages(single, scriptedArm().follow)).toBe(single);
  });
});

describe("announceStep", () => {
  const noState = async (): Promise<undefined> => undefined;
  const noStart = async (): Promise<void> => undefined;
  const announce = (raise: (id: string) => Promise<boolean>) => {
    const input = { instanceIds: ["a", "b"], eventName: "stepEnded-x", announcement: { ok: true, outputs: {} } };
    return announceStep(input, {
      log: () => undefined,
      instances: { raise, find: noState, entityState: noState, start: noStart },
    });
  };

  it("tells every lane", async () => {
    const told: string[] = [];
    await announce(async (id) => told.push(id) > 0);
    expect(told).toEqual(["a", "b"]);
  });

  it("throws when a lane is not there yet, so that it is told again", async () => {
    await expect(announce(async (id) => id === "a")).rejects.toThrow("The lane b is not there to be told");
  });
});
