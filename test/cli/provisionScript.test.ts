import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { repositoryDirectory } from "../../scripts/build.ts";

const MILLISECONDS_MAX = 60_000;

it(
  "npm run provision leaves no file behind when the ticket is refused",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "portcullis-test-"));
    const env = { ...process.env, TMPDIR: directory, TEMP: directory };
    const words = ["scripts/provision.ts", "no-such-ticket.json"];
    const child = spawn(process.execPath, words, { cwd: repositoryDirectory, env, stdio: "ignore" });
    try {
      expect(await once(child, "exit")).toEqual([2, null]);
      expect(await readdir(directory)).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      await rm(directory, { recursive: true });
    }
  },
  MILLISECONDS_MAX,
);

it(
  "npm run provision -- --dry-run says what the sample would make of an empty Azure, and ends with 0",
  async () => {
    const words = ["scripts/provision.ts", "samples/overlay.json", "--dry-run", "--json"];
    const child = spawn(process.execPath, words, { cwd: repositoryDirectory, stdio: ["ignore", "pipe", "ignore"] });
    try {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk;
      });
      expect(await once(child, "close")).toEqual([0, null]);
      const { isPossible, counts, azure } = JSON.parse(text);
      expect({ isPossible, changed: counts.change, writes: azure.writes }).toEqual({
        isPossible: true,
        changed: 0,
        writes: 0,
      });
      expect(counts.create).toBeGreaterThan(30);
    } finally {
      child.kill("SIGKILL");
    }
  },
  MILLISECONDS_MAX,
);

it.runIf(process.platform !== "win32")(
  "npm run provision ends with 130 on Ctrl-C, and leaves no file behind",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "portcullis-test-"));
    const child = spawn(process.execPath, ["scripts/provision.ts"], {
      cwd: repositoryDirectory,
      env: { ...process.env, TMPDIR: directory },
      // A group of its own, as a terminal gives to what it runs in the foreground.
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(child, "exit");
    try {
      for await (const line of createInterface({ input: child.stdout })) if (line.includes("started")) break;
      expect(await readdir(directory)).toHaveLength(1);
      process.kill(-(child.pid ?? Number.NaN), "SIGINT");
      expect(await ended).toEqual([130, null]);
      expect(await readdir(directory)).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      await rm(directory, { recursive: true });
    }
  },
  MILLISECONDS_MAX,
);
