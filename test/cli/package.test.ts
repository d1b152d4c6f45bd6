import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryDirectory } from "../../scripts/build.ts";
import { packageApp } from "../../scripts/package.ts";

const HOST = path.join(repositoryDirectory, "local/host/main.ts");

describe("the package", () => {
  let directory: string;
  let contents: Uint8Array;
  let host: ChildProcess | undefined;
  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "portcullis-package-"));
    contents = await packageApp();
    for (const [name, file] of Object.entries(unzipSync(contents))) {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      writeFileSync(path.join(directory, name), file);
    }
  });
  afterAll(async () => {
    if (host !== undefined && host.exitCode === null) {
      host.kill("SIGKILL");
      await once(host, "exit");
    }
    rmSync(directory, { recursive: true });
  });

  it("holds host.json, a manifest and the bundle, and nothing of whoever made it", () => {
    const names = Object.keys(unzipSync(contents));
    expect(names.filter((name) => !/^dist\/(app|chunks\/[\w-]+)\.mjs(\.map)?$/.test(name))).toEqual([
      "host.json",
      "package.json",
    ]);
    expect(names).toContain("dist/app.mjs");
    const manifest = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8"));
    expect(Object.keys(manifest)).toEqual(["name", "version", "type", "main", "engines"]);
    expect(Buffer.from(contents).includes(repositoryDirectory)).toBe(false);
    for (const file of Object.values(unzipSync(contents)))
      expect(Buffer.from(file).includes(repositoryDirectory)).toBe(false);
  });

  it("has the same bytes when it is made again", async () => {
    expect(Buffer.compare(await packageApp(), contents)).toBe(0);
  });

  it("is an app that answers, with nothing installed beside it", async () => {
    const options = ["--app", directory, "--port", "0", "--state", path.join(directory, "host.sqlite")];
    const settings = {
      AZURE_SUBSCRIPTION_ID: "00000000-0000-4000-8000-000000000001",
      AZURE_CLIENT_ID: "00000000-0000-4000-8000-000000000002",
    };
    host = spawn(process.execPath, [HOST, ...options], {
      cwd: directory,
      env: { ...process.env, ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [line] = await once(createInterface({ input: host.stdout as NodeJS.ReadableStream }), "line");
    const { url } = JSON.parse(line) as { readonly url: string };
    const refused = await fetch(`${url}/api/tickets`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(refused.status).toBe(400);
    const { mistakes } = (await refused.json()) as { readonly mistakes: readonly { readonly pointer: string }[] };
    expect(mistakes.map(({ pointer }) => pointer)).toContain("/ticket");
    expect(await (await fetch(`${url}/api/environments`)).json()).toMatchObject({ environments: [] });
  });
});
