import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../../scripts/localStack.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Started {
  readonly stack: LocalStack;
  readonly directory: string;
  readonly restarts: string[];
  readonly failures: string[];
}

async function start(): Promise<Started> {
  const directory = await mkdtemp(path.join(tmpdir(), "portcullis-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  const restarts: string[] = [];
  const failures: string[] = [];
  const stack = await startLocalStack({
    speed: 100,
    directory,
    hostPort: 0,
    onRestart: (message) => restarts.push(message),
    onFailure: (error) => failures.push(error.message),
  });
  cleanups.push(() => stack.stop());
  return { stack, directory, restarts, failures };
}

/** The app's answer to a ticket that nobody sent; undefined while nobody answers. */
function askForATicket(stack: LocalStack): Promise<number | undefined> {
  return fetch(`${stack.url}/api/tickets/RITM0000001`).then(
    (response) => response.status,
    () => undefined,
  );
}

function isAlive(processId: number | undefined): boolean {
  if (processId === undefined) return false;
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

describe("startLocalStack", () => {
  it("starts the app over the local Azure, and starts it again where it was after kill -9", async () => {
    const { stack, restarts, failures } = await start();
    expect(await askForATicket(stack)).toBe(404);
    const first = stack.hostProcessId() ?? 0;
    process.kill(first, "SIGKILL");
    await expect.poll(() => askForATicket(stack), { timeout: 20_000 }).toBeUndefined();
    await expect.poll(() => askForATicket(stack), { timeout: 20_000 }).toBe(404);
    expect(stack.hostProcessId()).not.toBe(first);
    expect(restarts).toEqual(["The local host was ended by SIGKILL; it is started again and goes on where it was."]);
    await stack.stop();
    expect(isAlive(stack.hostProcessId())).toBe(false);
    expect(failures).toEqual([]);
  });

  it("gives the host Azure's endpoints and keeps both logs", async () => {
    const { stack, directory } = await start();
    expect(stack.azure.arm).toMatch(/^https:\/\/(127\.0\.0\.1|localhost):\d+/);
    expect(await readFile(stack.azure.ca, "utf8")).toContain("BEGIN CERTIFICATE");
    expect(await readFile(path.join(directory, "host.log"), "utf8")).toContain("functions");
  });
});
