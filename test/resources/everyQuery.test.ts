import { describe, expect, it } from "vitest";
import { deniedEgressQuery } from "../../src/resources/deniedEgressQuery.ts";
import type { LogQuestion } from "../../src/resources/kql.ts";
import { podInventoryQuery } from "../../src/resources/podInventoryQuery.ts";
import { kqlDiagnostics } from "../harness/kqlAnalysis.ts";
import { sources } from "../structure/sources.ts";

const firewallId =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/azureFirewalls/fw";
const span = { from: "2026-11-02T08:00:00Z", to: "2026-11-02T08:30:00Z" };
const question = { ...span, firewallId, sourcePrefixes: ["10.0.5.0/24", "10.0.6.0/24"], needed: [] };

/** By the function that makes it: each question that the app asks a workspace, in every form that it may have. */
const questions: Readonly<Record<string, readonly LogQuestion[]>> = {
  deniedEgressQuery: [
    deniedEgressQuery(question),
    deniedEgressQuery({ ...question, needed: [".data.mcr.microsoft.com"] }),
    deniedEgressQuery({
      ...question,
      needed: ["mcr.microsoft.com", ".data.mcr.microsoft.com"],
      ignored: { name: "www.example.com", port: 443 },
    }),
  ],
  podInventoryQuery: [podInventoryQuery({ ...span, addresses: ["10.0.5.7", "10.0.5.8"] })],
};

const app = sources.filter(({ file }) => file.startsWith("src/"));

describe("every query of the app", () => {
  it.each(Object.entries(questions))("has nothing that Microsoft's own parser objects to: %s", (_, made) => {
    for (const { query } of made) expect(kqlDiagnostics(query.text)).toEqual([]);
    expect(kqlDiagnostics("AZFWNetworkRule | where NoSuchColumn == 1"), "the parser itself").toHaveLength(1);
  });

  it("is named above: whoever makes one imports the template, and gives it to the log as a question", () => {
    const makers = app.filter(({ imports }) =>
      imports.some(({ target, isTypeOnly }) => target === "src/resources/kql.ts" && !isTypeOnly),
    );
    expect(makers.map(({ file }) => file)).toEqual(Object.keys(questions).map((name) => `src/resources/${name}.ts`));
    for (const { file, text } of makers) {
      const exported = [...text.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)].map(([, name]) => name);
      const made = exported.filter((name) => new RegExp(`function ${name}\\([^]*?\\): LogQuestion \\{`).test(text));
      expect(
        made.map((name) => `src/resources/${name}.ts`),
        file,
      ).toEqual([file]);
    }
  });

  it("goes through one door, which takes nothing but questions", () => {
    const doors = app.filter(({ text }) => /\/query\b(?!\/)|queryWorkspace|queryResource|LogsQueryClient/.test(text));
    expect(doors.map(({ file }) => file)).toEqual(["src/azure/azureClients.ts", "src/azure/logsClient.ts"]);
    const casts = app.filter(({ text }) => /\bas Kql\b|\bas LogQuestion\b/.test(text));
    expect(casts.map(({ file }) => file)).toEqual(["src/resources/kql.ts"]);
  });
});
