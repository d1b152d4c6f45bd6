import { describe, expect, it } from "vitest";
import { progressLines } from "../../src/cli/progressLines.ts";
import { sampleStatus, sampleStep, succeededStatus } from "./sampleStatus.ts";

describe("progressLines", () => {
  it("says on the first look what the whole does and what has begun and ended, in order of time", () => {
    expect(progressLines(undefined, sampleStatus())).toEqual([
      "    6:40   47 %  Building blog in westeurope: 2 of 7 steps are done.",
      "    0:07   47 %  done       Hub network dzhubvnet [hub] after 5 s",
      "    0:16   47 %  done       Public IP dzfw-pip [firewall] after 14 s",
      "    0:20   47 %  started    Application gateway dzgw [gateway], about 6 min",
      "    3:28   47 %  started    Azure Firewall dzfw [firewall], about 5 min 30 s",
    ]);
  });

  it("says nothing when nothing has changed", () => {
    expect(progressLines(sampleStatus(), sampleStatus({ elapsedSeconds: 410, summary: "Other words." }))).toEqual([]);
  });

  it("leaves the last sentence to the summary", () => {
    expect(progressLines(sampleStatus(), succeededStatus()).join("\n")).not.toContain("built and verified");
  });

  it("counts the steps that are not begun instead of naming each", () => {
    const steps = sampleStatus().steps.map((step) =>
      step.state === "waiting" ? { ...step, state: "skipped" as const } : step,
    );
    const lines = progressLines(sampleStatus(), sampleStatus({ steps }));
    expect(lines).toEqual(["    6:40   47 %  skipped    3 steps are not begun"]);
  });

  it("gives a failed step's code and text, without what would steer a terminal", () => {
    const failure = { code: "QuotaExceeded", message: "Too many\ncores\u001b[2J.", advice: "Ask for more." };
    const failed = sampleStep({ id: "cluster", title: "Cluster dzk8s", state: "failed", failure });
    expect(progressLines(sampleStatus(), sampleStatus({ steps: [failed] }))).toEqual([
      "    6:40   47 %  FAILED     Cluster dzk8s [hub]: QuotaExceeded Too many cores.",
    ]);
  });
});
