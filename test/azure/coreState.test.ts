import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { VirtualClock } from "../../local/clock.ts";
import { START, startCoreLab } from "./coreLab.ts";

let directory: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "local-azure-"));
});
afterAll(() => rmSync(directory, { recursive: true }));
// A test that fails must not leave a process behind that the run then waits for.
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

describe("--state", () => {
  it("keeps resources, running operations, principals, roles, keys and rows over a restart", async () => {
    const statePath = join(directory, "kept.db");
    const first = await startCoreLab({ statePath });
    const group = await first.group("rg-kept");
    const reader = await first.identity(group, "id-kept");
    await first.grant(reader, "acdd72a7-3385-48ef-bd42-f606fba81ae7", group);
    const table = `${group}/providers/Microsoft.Network/routeTables/rt`;
    const { headers } = await first.send("PUT", table, { body: { location: "westeurope" } });
    const operation = String(headers["azure-asyncoperation"]).replace(first.azure.armUrl, "");
    const token = await first.token(reader);
    first.azure.world.log("/w", "T", { a: 1 });
    const before = await first.send("GET", table);
    const caPem = first.azure.caPem;
    const stoppedAt = first.clock.now();
    await first.stop();

    const second = await startCoreLab({ statePath, clock: new VirtualClock(stoppedAt) });
    expect(second.azure.caPem).toBe(caPem);
    expect((await second.send("GET", table)).body).toEqual(before.body);
    const asReader = await second.send("GET", table, { headers: { authorization: `Bearer ${token}` } });
    expect(asReader.status).toBe(200);
    expect((await second.send("GET", operation, { apiVersion: "" })).body).toEqual({ status: "InProgress" });
    await second.clock.advance(30_000);
    expect((await second.send("GET", operation, { apiVersion: "" })).body).toEqual({ status: "Succeeded" });
    expect((await second.send("GET", table)).body.properties).toMatchObject({ provisioningState: "Succeeded" });
    expect(second.azure.logRows("/w", "T").map(({ row }) => row.a)).toEqual([1]);
    await second.stop();
  });

  it("ends what fell due while it was down", async () => {
    const statePath = join(directory, "due.db");
    const first = await startCoreLab({ statePath });
    const table = `${await first.group("rg-due")}/providers/Microsoft.Network/routeTables/rt`;
    await first.send("PUT", table, { body: { location: "westeurope" } });
    await first.stop();
    const second = await startCoreLab({ statePath, clock: new VirtualClock(START + 3_600_000) });
    await second.clock.advance(0);
    expect((await second.send("GET", table)).body.properties).toMatchObject({ provisioningState: "Succeeded" });
    await second.stop();
  });

  it("goes on drawing ids where it was: none is given twice", async () => {
    const statePath = join(directory, "ids.db");
    const ids = new Set<string>();
    for (let run = 0; run < 3; run++) {
      const lab = await startCoreLab({ statePath });
      const group = await lab.group(`rg-${run}`);
      ids.add((await lab.identity(group, "id-one")).objectId);
      ids.add((await lab.identity(group, "id-two")).objectId);
      await lab.stop();
    }
    expect(ids.size).toBe(6);
  });
});

describe("reset", () => {
  it("forgets resources, faults and requests, keeps doors and keys, and gives the same ids again", async () => {
    const lab = await startCoreLab({ seed: 5 });
    const token = await lab.token(lab.azure.operator);
    const one = await lab.identity(await lab.group("rg-reset"), "id-reset");
    lab.azure.setFaults([{ match: {}, when: "begin", answer: "reset", times: 99 }]);
    const { armUrl, tokenUrl, caPem } = lab.azure;
    lab.azure.reset({ clock: new VirtualClock(START) });
    expect([lab.azure.armUrl, lab.azure.tokenUrl, lab.azure.caPem]).toEqual([armUrl, tokenUrl, caPem]);
    expect(lab.azure.requests).toEqual([]);
    const answer = await lab.send("GET", `${lab.subscription}/resourceGroups`, {
      headers: { authorization: `Bearer ${token}` },
    });
    // What the app stands on is there from the start.
    expect(answer.body).toEqual({ value: [expect.objectContaining({ name: "rg-portcullis" })] });
    expect((await lab.identity(await lab.group("rg-reset"), "id-reset")).objectId).toBe(one.objectId);
    lab.azure.reset({ seed: 6 });
    expect((await lab.identity(await lab.group("rg-reset"), "id-reset")).objectId).not.toBe(one.objectId);
    await lab.stop();
  });

  it("leaves no timer of the world before it", async () => {
    const lab = await startCoreLab();
    const put = async () => {
      const path = `${await lab.group("rg-timers")}/providers/Microsoft.Network/routeTables/rt`;
      await lab.send("PUT", path, { body: { location: "westeurope" } });
      return path;
    };
    await put();
    lab.azure.reset();
    await lab.clock.advance(3_000);
    const path = await put();
    // The first world's operation would end now, and has the same number as the second world's.
    await lab.clock.advance(3_000);
    expect((await lab.send("GET", path)).body.properties).toMatchObject({ provisioningState: "Updating" });
    await lab.clock.advance(1_000);
    expect((await lab.send("GET", path)).body.properties).toMatchObject({ provisioningState: "Succeeded" });
    expect(lab.azure.taskFailures).toEqual([]);
    await lab.stop();
  });
});

interface Running {
  readonly child: ChildProcess;
  readonly line: Record<string, string>;
  readonly ca: string;
  send(method: string, path: string, body?: JsonObject): Promise<{ status: number; body: JsonObject }>;
}

async function startProcess(args: readonly string[], env: Record<string, string> = {}): Promise<Running> {
  const main = join(import.meta.dirname, "../../local/azure/main.ts");
  const child = spawn(process.execPath, [main, ...args], {
    cwd: directory,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  children.push(child);
  const [text] = (await once(createInterface(child.stdout), "line")) as [string];
  const line = JSON.parse(text) as Record<string, string>;
  const ca = readFileSync(String(line.ca), "utf8");
  const query = new URLSearchParams({
    "api-version": "2019-08-01",
    resource: "https://management.azure.com",
    client_id: String(line.operatorClientId),
  });
  const answer = await fetch(`${line.token}?${query}`, {
    headers: { "x-identity-header": String(line.identityHeader) },
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  return {
    child,
    line,
    ca,
    send: (method, path, body) =>
      new Promise((resolve, reject) => {
        const url = `${line.arm}${path}?api-version=2024-05-01`;
        const request = httpsRequest(
          url,
          {
            method,
            ca,
            agent: false,
            headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () =>
              resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || "{}") }),
            );
          },
        );
        request.on("error", reject);
        request.end(body === undefined ? undefined : JSON.stringify(body));
      }),
  };
}

describe("npm run azure", () => {
  it("killed with -9 has done every write that it answered", async () => {
    const args = ["--state", join(directory, "killed.db"), "--speed", "1"];
    const first = await startProcess(args);
    const group = `/subscriptions/${first.line.subscriptionId}/resourceGroups/rg-killed`;
    await first.send("PUT", group, { location: "westeurope" });
    const answered: string[] = [];
    for (let n = 0; n < 10; n++) {
      const path = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-${n}`;
      if ((await first.send("PUT", path, { location: "westeurope" })).status === 201) answered.push(path);
    }
    const exited = once(first.child, "exit");
    first.child.kill("SIGKILL");
    await exited;
    const second = await startProcess(args);
    expect(second.ca).toBe(first.ca);
    const kept = await second.send("GET", `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`);
    const shown = answered.map((path) => path.replace("/resourceGroups/", "/resourcegroups/"));
    expect((kept.body.value as JsonObject[]).map(({ id }) => id)).toEqual(shown);
    expect(answered).toHaveLength(10);
    const ended = once(second.child, "exit");
    second.child.kill("SIGTERM");
    expect((await ended)[0]).toBe(0);
  });

  it("prints where everything is, takes its clock from the environment, and ends with stdin when asked to", async () => {
    const running = await startProcess(["--until-stdin-closes", "--seed", "3"], {
      PORTCULLIS_CLOCK: JSON.stringify({ realEpochMs: Date.now(), azureEpochMs: START, speed: 60 }),
    });
    const now = Date.parse(String((await running.send("GET", "/_local/stats")).body.now));
    expect(now).toBeGreaterThanOrEqual(START);
    expect(now).toBeLessThan(START + 60 * 60 * 1000);
    expect(Object.keys(running.line)).toEqual([
      "arm",
      "token",
      "logs",
      "ca",
      "internet",
      "subscriptionId",
      "tenantId",
      "appClientId",
      "operatorClientId",
      "identityHeader",
      "functionAppId",
      "deadLetterContainerId",
      "alertTopicEndpoint",
    ]);
    const ended = once(running.child, "exit");
    running.child.stdin?.end();
    expect((await ended)[0]).toBe(0);
  });
});
