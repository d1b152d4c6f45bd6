import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock.ts";
import { type HostOptions, startHost } from "../../local/host/host.ts";
import { FIXTURE_APP, FixtureHost, START_EPOCH_MS } from "./fixtureHost.ts";

const bundling: BuildOptions = {
  bundle: true,
  format: "esm",
  platform: "node",
  external: ["@azure/functions-core"],
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "error",
};

describe("startHost", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "local-host-start-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  afterEach(() => {
    delete process.env.FIXTURE_SCHEDULE;
    delete process.env.FIXTURE_OTHER;
  });

  const settings = { FIXTURE_SCHEDULE: "0 0 0 1 1 *" };
  const options = (appDirectory: string): HostOptions => ({
    appDirectory,
    statePath: ":memory:",
    clock: new VirtualClock(START_EPOCH_MS),
    settings,
  });
  const appFolder = (name: string, files: Readonly<Record<string, string>>): string => {
    const folder = join(directory, name);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return folder;
  };

  it("runs a bundle with its own copy of the libraries beside an app that shares them", async () => {
    const bundled = join(directory, "bundled");
    await build({
      entryPoints: [join(FIXTURE_APP, "app.mjs")],
      outfile: join(bundled, "dist", "app.mjs"),
      ...bundling,
    });
    cpSync(join(FIXTURE_APP, "host.json"), join(bundled, "host.json"));
    writeFileSync(join(bundled, "package.json"), '{ "type": "module", "main": "dist/app.mjs" }');

    const hosts = [await startHost(options(bundled)), await startHost(options(FIXTURE_APP))];
    for (const host of hosts) {
      const response = await fetch(`${host.url}/api/accepted`, { method: "POST" });
      expect(response.status).toBe(202);
      expect(((await response.json()) as { statusQueryGetUri: string }).statusQueryGetUri).toContain(host.url);
    }
    await Promise.all(hosts.map((host) => host.stop()));
  });

  it("starts again and again in one process, each time with a state of its own", async () => {
    for (let round = 0; round < 3; round++) {
      const fixture = await FixtureHost.start();
      expect((await fixture.management("instances/nothing")).status).toBe(404);
      expect((await fixture.run("nothing")).runtimeStatus).toBe("Completed");
      await fixture.host.stop();
      await fixture.host.stop();
      await expect(fixture.fetch("/api/hello/me")).rejects.toThrow();
    }
  });

  it("sets settings that the environment does not have, and takes them back for the next host", async () => {
    process.env.FIXTURE_OTHER = "of the environment";
    const first = await FixtureHost.start({ settings: { FIXTURE_OTHER: "mine", FIXTURE_FIRST: "1" } });
    expect([process.env.FIXTURE_OTHER, process.env.FIXTURE_FIRST]).toEqual(["of the environment", "1"]);
    expect(process.env.WEBSITE_HOSTNAME).toBe(new URL(first.host.url).host);
    await first.host.stop();
    const second = await FixtureHost.start({ settings: { FIXTURE_FIRST: "2" } });
    expect(process.env.FIXTURE_FIRST).toBe("2");
    await second.host.stop();
  });

  it("loads an app once, with its first settings, and again under another name, with others", async () => {
    const folder = appFolder("greeting", {
      "host.json": '{ "version": "2.0" }',
      "package.json": '{ "main": "a.mjs" }',
    });
    await build({
      stdin: {
        contents: `import { app } from "@azure/functions";
          const greeting = process.env.FIXTURE_OTHER;
          app.http("greet", { authLevel: "anonymous", handler: () => ({ body: greeting }) });`,
        resolveDir: FIXTURE_APP,
      },
      outfile: join(folder, "a.mjs"),
      ...bundling,
    });
    const greetings: string[] = [];
    for (const [loadAs, greeting] of [
      ["", "first"],
      ["", "second"],
      ["again", "third"],
    ] as const) {
      const host = await startHost({ ...options(folder), settings: { FIXTURE_OTHER: greeting }, loadAs });
      greetings.push(await (await fetch(`${host.url}/api/greet`)).text());
      await host.stop();
    }
    expect(greetings).toEqual(["first", "first", "third"]);
  });

  it("refuses an app that it cannot run, with a sentence that says what to do, and leaves nothing behind", async () => {
    const RealDate = globalThis.Date;
    const host = '{ "version": "2.0" }';
    const cases: readonly (readonly [string, string])[] = [
      [appFolder("empty", {}), "has no host.json; it must be the root of a Functions app"],
      [appFolder("broken", { "host.json": "{" }), "is not JSON"],
      [appFolder("old", { "host.json": '{ "version": "1.0" }' }), "version"],
      [appFolder("nomain", { "host.json": host, "package.json": "{}" }), 'has no "main"'],
      [
        appFolder("unbuilt", { "host.json": host, "package.json": '{ "main": "dist/app.mjs" }' }),
        "build the app first",
      ],
      [
        appFolder("nothing", { "host.json": host, "package.json": '{ "main": "a.cjs" }', "a.cjs": "" }),
        "registered no function",
      ],
      [join(import.meta.dirname, "unsupportedApp"), 'Function "onMessage" uses a queueTrigger (known: httpTrigger, '],
    ];
    for (const [folder, sentence] of cases) await expect(startHost(options(folder))).rejects.toThrow(sentence);
    expect(globalThis.Date).toBe(RealDate);
  });
});
