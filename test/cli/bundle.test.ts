import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";

const dist = path.resolve(import.meta.dirname, "../../dist");

/** The files that are loaded before anything is asked of the app: the entry and all that it imports outright. */
function loadedAtStart(entry: string, known = new Set<string>()): Set<string> {
  if (known.has(entry)) return known;
  known.add(entry);
  const { module } = parseSync(entry, readFileSync(entry, "utf8"));
  const exported = module.staticExports.flatMap((one) => one.entries).flatMap((one) => one.moduleRequest ?? []);
  for (const { value } of [...module.staticImports.map((one) => one.moduleRequest), ...exported]) {
    if (value.startsWith(".")) loadedAtStart(path.resolve(path.dirname(entry), value), known);
  }
  return known;
}

/** A string of a client that minifying leaves alone: its user agent. */
function namesClient(file: string, name: string): boolean {
  return readFileSync(file, "utf8").includes(`azsdk-js-${name}`);
}

describe("the bundle of the app", () => {
  it("leaves functions-core to the host and brings everything else", () => {
    const packages = [...loadedAtStart(path.join(dist, "app.mjs"))].flatMap((file) =>
      parseSync(file, readFileSync(file, "utf8")).module.staticImports.map((one) => one.moduleRequest.value),
    );
    expect(packages.filter((name) => !name.startsWith(".") && !isBuiltin(name))).toEqual([]);
    expect(readFileSync(path.join(dist, "app.mjs"), "utf8").includes('("@azure/functions-core")')).toBe(true);
  });

  it("loads no Azure client before one is needed", () => {
    const atStart = loadedAtStart(path.join(dist, "app.mjs"));
    const chunks = readdirSync(path.join(dist, "chunks"))
      .filter((name) => name.endsWith(".mjs"))
      .map((name) => path.join(dist, "chunks", name));
    for (const client of ["arm-network", "arm-containerservice"]) {
      expect(
        chunks.some((file) => namesClient(file, client)),
        client,
      ).toBe(true);
      expect(
        [...atStart].filter((file) => namesClient(file, client)),
        client,
      ).toEqual([]);
    }
  });
});

describe("the bundle of the command line", () => {
  it("runs by itself", async () => {
    const entry = path.join(dist, "cli/portcullis.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, [entry, "--help"]);
    expect(stdout).toContain("portcullis provision FILE");
  });
});

const builtins = new Set<string>(process.getBuiltinModule("node:module").builtinModules);

function isBuiltin(name: string): boolean {
  return name.startsWith("node:") || builtins.has(name);
}
