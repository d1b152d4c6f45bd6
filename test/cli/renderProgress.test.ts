import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { renderProgress } from "../../src/cli/renderProgress.ts";
import { cellWidth } from "../../src/cli/textLayout.ts";
import { visibleSteps } from "../../src/cli/visibleSteps.ts";
import { sampleStatus, sampleStep, succeededStatus } from "./sampleStatus.ts";

const plain = { columns: 120, rows: 40, color: false };

describe("renderProgress", () => {
  it("gives each step a line with its mark, title, lane, times and what it waits for", () => {
    const lines = renderProgress(sampleStatus(), plain).split("\n");
    expect(lines.find((line) => line.includes("Azure Firewall dzfw "))).toMatch(
      /^ {2}● Azure Firewall dzfw +firewall +3:12 \/ 5:30 {2}━+╸?─+ {2}Azure: Updating$/,
    );
    expect(lines.find((line) => line.includes("Hub network"))).toMatch(/^ {2}✔ Hub network dzhubvnet +hub +0:05$/);
    expect(lines.find((line) => line.includes("Cluster dzk8s"))).toMatch(/^ {2}○ .*~ 5:30 +the default route$/);
    expect(lines.find((line) => line.includes("Public IP"))).toContain("after 2 refusals");
  });

  it("shows the overall bar, elapsed and expected time and the end", () => {
    const foot = renderProgress(sampleStatus(), plain).split("\n").slice(-2).join("\n");
    expect(foot).toContain("47 %");
    expect(foot).toContain("6:40 of about 14:10 · ends about 10:14 UTC");
    expect(foot).toContain("4 writes, 57 reads · 2 refused");
  });

  it("spends a narrow window on titles, and leaves the lanes out", () => {
    const title = "Network Contributor on secureaks1-rt";
    const steps = [sampleStep({ id: "role", title, lane: "firewall address", state: "running", seconds: 1 })];
    const lineOf = (columns: number) => renderProgress(sampleStatus({ steps }), { ...plain, columns }).split("\n")[3];
    expect(lineOf(80)).toContain(title);
    expect(lineOf(80)).not.toContain("firewall");
    expect(lineOf(100)).toContain("firewall address");
  });

  it("moves nothing sideways because a step waits long", () => {
    const frame = (seconds: number) =>
      renderProgress(sampleStatus({ steps: [sampleStep({ id: "late", seconds })] }), plain).split("\n")[3];
    expect(frame(4000)).toBe(frame(0));
  });

  it("says how long an ended operation took, and expects nothing more of it", () => {
    const foot = renderProgress(succeededStatus(), plain).split("\n").at(-1);
    expect(foot).toContain("ended after 14:21 · ");
    expect(foot).not.toMatch(/about|running/);
  });

  it("never draws a step as full before Azure has said so", () => {
    const line = renderProgress(sampleStatus(), plain)
      .split("\n")
      .find((text) => text.includes("Application gateway"));
    expect(line).toMatch(/━+(╸|─)/);
  });

  it("keeps within the window, whatever its size and the number of steps", () => {
    for (const count of [0, 1, 7, 60]) {
      const steps = Array.from({ length: count }, (_, index) =>
        sampleStep({
          id: `step${index}`,
          title: `Ressource ${index} mit einem langen Namen 東京`,
          state: index < count / 3 ? "done" : index < count / 2 ? "running" : "waiting",
          waitingFor: "a step with a long name and another one with a name that is longer still",
        }),
      );
      for (const columns of [20, 40, 56, 76, 80, 111, 200]) {
        for (const rows of [2, 5, 8, 10, 24, 100]) {
          const lines = renderProgress(sampleStatus({ steps }), { columns, rows, color: true }).split("\n");
          const widest = Math.max(...lines.map((line) => cellWidth(stripVTControlCharacters(line))));
          const window = `${count} steps in ${columns} × ${rows}`;
          expect(lines.length, window).toBeLessThanOrEqual(Math.max(1, rows - 1));
          expect(widest, window).toBeLessThanOrEqual(columns);
        }
      }
    }
  });

  it("says the same with and without colour", () => {
    const colored = renderProgress(sampleStatus(), { ...plain, color: true });
    expect(colored).not.toBe(renderProgress(sampleStatus(), plain));
    expect(stripVTControlCharacters(colored)).toBe(renderProgress(sampleStatus(), plain));
  });

  it("puts a notice in the place of the sentence and names the holder of a queued ticket", () => {
    expect(renderProgress(sampleStatus(), { ...plain, notice: "No answer." }).split("\n")[1]).toBe("  No answer.");
    const queued = sampleStatus({ state: "queued", summary: "Waits its turn.", waitingFor: "RITM0000009" });
    expect(renderProgress(queued, plain)).toContain("It waits for RITM0000009.");
  });

  it("lets no text of a ticket steer the terminal", () => {
    const steps = [sampleStep({ id: "x", title: "a\u001b[2Jb\nc", lane: "l\u001b[1A", waitingFor: "\u0007w" })];
    const frame = renderProgress(sampleStatus({ steps, environment: "e\u001b]0;x\u0007", summary: "s\r\ns" }), plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
    expect(frame.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe("visibleSteps", () => {
  const steps = [
    ...Array.from({ length: 20 }, (_, index) =>
      sampleStep({ id: `done${index}`, state: "done", finishedAt: new Date(index * 1000).toISOString() }),
    ),
    sampleStep({ id: "failed", state: "failed" }),
    ...Array.from({ length: 4 }, (_, index) => sampleStep({ id: `running${index}`, state: "running" })),
    ...Array.from({ length: 30 }, (_, index) => sampleStep({ id: `waiting${index}` })),
  ];

  it("shows what failed and runs first, then what has just ended and what comes next, in the order of the plan", () => {
    const { shown } = visibleSteps(steps, 12);
    expect(shown.map((step) => step.id)).toEqual([
      "done17",
      "done18",
      "done19",
      "failed",
      "running0",
      "running1",
      "running2",
      "running3",
      "waiting0",
      "waiting1",
    ]);
  });

  it("counts every step that it hides", () => {
    for (let room = 2; room <= steps.length; room++) {
      const { shown, hiddenEndedCount, hiddenOpenCount } = visibleSteps(steps, room);
      expect(shown.length + hiddenEndedCount + hiddenOpenCount).toBe(steps.length);
    }
  });
});
