import { describe, expect, it } from "vitest";
import { progressLines } from "../../src/cli/progressLines.ts";
import { renderProgress } from "../../src/cli/renderProgress.ts";
import { renderSummary } from "../../src/cli/renderSummary.ts";
import { ticketReport } from "../../src/cli/ticketReport.ts";
import { ticketStatus } from "../../src/contracts/ticketStatus.ts";
import { sampleStatus, succeededStatus } from "./sampleStatus.ts";

const warnings = ["Azure retires kubenet\u001b[2J on 31 March 2028: have it replaced."];
const shown = "Azure retires kubenet on 31 March 2028: have it replaced.";

describe("a plan's warnings", () => {
  it("stand in the live view and in the summary", () => {
    const view = { columns: 100, rows: 30, color: false };
    expect(renderProgress(sampleStatus({ warnings }), view)).toContain(`  ${shown}\n`);
    expect(renderSummary(succeededStatus({ warnings }), view)).toContain(`  Warning      ${shown}\n`);
    expect(renderSummary(succeededStatus(), view)).not.toContain("Warning");
  });

  it("stand in a log once, at its beginning or when they come", () => {
    expect(progressLines(undefined, sampleStatus({ warnings }))[1]).toBe(`    6:40   47 %  WARNING    ${shown}`);
    expect(progressLines(sampleStatus({ warnings }), succeededStatus({ warnings })).join("\n")).not.toContain(
      "WARNING",
    );
    const more = progressLines(sampleStatus({ warnings }), sampleStatus({ warnings: [...warnings, "It stays."] }));
    expect(more.filter((line) => line.includes("WARNING"))).toEqual([expect.stringContaining("WARNING    It stays.")]);
  });

  it("are reported to machines, which see no such member when there are none", () => {
    expect(ticketReport(succeededStatus({ warnings })).warnings).toEqual(warnings);
    expect(ticketReport(succeededStatus())).not.toHaveProperty("warnings");
  });

  it("are none in the answer of an app that does not know of them", () => {
    const { warnings: _, ...older } = sampleStatus();
    expect(ticketStatus.parse(older).warnings).toEqual([]);
  });
});
