import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryDirectory } from "./sources.ts";

/** What the Functions platform itself reads or gives; the app's own schema does not name these. */
const platformSettings = [
  "AzureWebJobsStorage",
  "FUNCTIONS_WORKER_RUNTIME",
  "IDENTITY_ENDPOINT",
  "IDENTITY_HEADER",
  "NO_PROXY",
];

function read(file: string): string {
  return readFileSync(path.join(repositoryDirectory, file), "utf8");
}

function settingsOfTheApp(): string[] {
  const schema = /z\.object\(\{(.*?)\n\}\)/s.exec(read("src/config.ts"))?.[1] ?? "";
  return [...schema.matchAll(/^ {2}([A-Z][A-Z0-9_]*):/gm)].map(([, name = ""]) => name).sort();
}

describe("settings", () => {
  it("stand in config.ts", () => {
    expect(settingsOfTheApp()).toContain("AZURE_SUBSCRIPTION_ID");
  });

  it("stand in local.settings.sample.json, and nothing else does", () => {
    const values: Record<string, string> = JSON.parse(read("local.settings.sample.json")).Values;
    expect(Object.keys(values).sort()).toEqual([...settingsOfTheApp(), ...platformSettings].sort());
  });

  it("stand in Bicep, and nothing else but what the platform reads does", () => {
    const body = /resource settings 'config' = \{(.*?)\n {2}\}/s.exec(read("infra/app/functionApp.bicep"))?.[1] ?? "";
    const names = [...body.matchAll(/^ {6}(\w+):/gm)].map(([, name = ""]) => name);
    const own = names.filter((name) => !/^(APPLICATIONINSIGHTS_|AzureWebJobsStorage__)/.test(name));
    expect(own.sort()).toEqual(settingsOfTheApp());
  });

  it("stand in the README", () => {
    const readme = read("README.md");
    expect(settingsOfTheApp().filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
