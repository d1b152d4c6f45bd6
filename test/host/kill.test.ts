import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIXTURE_APP } from "./fixtureHost.ts";

const MAIN = join(import.meta.dirname, "../../local/host/main.ts");
/** How many lines the activities have written when the process is killed; a whole run writes at least 18. */
const KILL_POINTS = [1, 7, 11, 13, 16];
/** The durable timer of 30 seconds takes 30 milliseconds. */
const SPEED = 1000;

describe("kill -9 of the host's process", () => {
  let directory: string;
  const children = new Set<ChildProcess>();
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "local-host-kill-"));
  });
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(directory, { recursive: true });
  });

  const start = async (name: string): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
    const state = join(directory, `${name}.sqlite`);
    const parameters = ["--app", FIXTURE_APP, "--port", "0", "--state", state, "--speed", String(SPEED)];
    const child = spawn(process.execPath, [MAIN, ...parameters], {
      env: { ...process.env, FIXTURE_SCHEDULE: "0 0 0 1 1 *", FIXTURE_LEDGER: join(directory, `${name}.ledger`) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    const errors: Buffer[] = [];
    child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const line = await Promise.race([once(lines, "line"), once(child, "exit")]);
    const ready = typeof line[0] === "string" ? (JSON.parse(line[0]) as { url: string }) : undefined;
    if (ready === undefined) throw new Error(`The host ended: ${Buffer.concat(errors).toString()}`);
    return { child, url: ready.url };
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    children.delete(child);
  };
  const ledgerOf = (name: string): string[] => {
    const path = join(directory, `${name}.ledger`);
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
  };
  const finished = async (url: string, id: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const response = await fetch(`${url}/runtime/webhooks/durabletask/instances/${id}`);
      const status = (await response.json()) as Record<string, unknown>;
      if (response.status !== 202) return status;
      await sleep(5);
    }
  };

  it("changes nothing of the end, at however many points it comes", async () => {
    const id = "killed";
    let host = await start(id);
    const path = `/runtime/webhooks/durabletask/orchestrators/everything/${id}`;
    expect((await fetch(`${host.url}${path}`, { method: "POST" })).status).toBe(202);
    for (const lineCount of KILL_POINTS) {
      while (ledgerOf(id).length < lineCount) await sleep(1);
      await kill(host.child);
      host = await start(id);
    }
    expect(await finished(host.url, id)).toMatchObject({
      runtimeStatus: "Completed",
      output: { doubled: [0, 2, 4, 6, 8], sum: 5, event: "raised", last: [0, 2, 4, 6] },
    });
    const begins = ledgerOf(id).filter((line) => line.startsWith("begin"));
    expect(new Set(begins).size).toBe(9);
    // A kill repeats at most the five activities that run side by side.
    expect(begins.length - 9).toBeLessThanOrEqual(5 * KILL_POINTS.length);
    await kill(host.child);
  });

  it("prints nothing but its address on stdout, and refuses wrong parameters with a sentence", async () => {
    const child = spawn(process.execPath, [MAIN, "--app", FIXTURE_APP, "--port", "many"], { stdio: "pipe" });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stdout).toBe("");
    expect(stderr).toContain('--port must be a number, not "many".');
    expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(1);
  });
});
