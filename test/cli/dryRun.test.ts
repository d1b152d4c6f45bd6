import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { parseCommandLine } from "../../src/cli/commandLine.ts";
import { renderDryRun } from "../../src/cli/renderDryRun.ts";
import { runCommand } from "../../src/cli/runCommand.ts";
import { cellWidth } from "../../src/cli/textLayout.ts";
import { type DryRunAnswer, dryRunAnswer } from "../../src/contracts/dryRunAnswer.ts";
import { type Answer, startFakeApp } from "./fakeApp.ts";

const ticket = { ticket: { number: "RITM0000001" }, action: "decommission", environment: { name: "seed" } };
const policyId =
  "/subscriptions/0/resourceGroups/securevnets/providers/Microsoft.Network/firewallPolicies/dzk8sfw1-policy";

type Step = DryRunAnswer["steps"][number];

function step(would: Step["would"], id: string, more: Partial<Step> = {}): Step {
  return { id, title: `Thing ${id}`, lane: "network", kind: "resource", would, ...more };
}

function answerWith(parts: Partial<DryRunAnswer> = {}): DryRunAnswer {
  const differences = [{ path: "properties.basePolicy", from: "nothing", to: `{"id":"${policyId}"}` }];
  return dryRunAnswer.parse({
    action: "provision",
    environment: "seed",
    isPossible: true,
    summary: "provision of seed can be carried out: 1 to create. Nothing was written.",
    obstacles: [],
    warnings: ["Azure retires something."],
    expectedSeconds: 874,
    counts: { create: 1, change: 1, delete: 1, leave: 1, unchanged: 2, run: 1, unknown: 1, refuse: 0 },
    steps: [
      step("unchanged", "a"),
      step("create", "b", { reason: "its name follows from another" }),
      step("change", "c", { differences }),
      step("delete", "d", { kind: "deletion", title: "Delete Virtual network k8snet", reason: "with aks-1-subnet" }),
      step("leave", "e", {
        kind: "deletion",
        title: "Delete Resource group securevnets",
        reason: "it holds somebody-elses",
      }),
      step("unknown", "f", { kind: "command", reason: "only a command in the cluster tells" }),
      step("run", "g", { kind: "verification" }),
      step("unchanged", "h", { kind: "deletion", title: "Delete Thing h", reason: "it is not there" }),
    ],
    azure: { reads: 30, writes: 0, failures: 0 },
    ...parts,
  });
}

const obstacle = {
  code: "AuthorizationFailed",
  message: "The client has no authorization.",
  status: 403,
  resourceId: policyId,
  advice: "Grant the role, then retry.",
  stepId: "c",
};
const impossible = answerWith({ isPossible: false, obstacles: [obstacle] });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function portcullis(answer: Answer, ...words: readonly string[]) {
  const app = await startFakeApp(() => answer);
  const directory = await mkdtemp(path.join(tmpdir(), "portcullis-"));
  cleanups.push(
    () => app.stop(),
    () => rm(directory, { recursive: true }),
  );
  const file = path.join(directory, "ticket.json");
  await writeFile(file, JSON.stringify(ticket));
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const command = parseCommandLine(["provision", file, "--dry-run", "--target", app.url, ...words], {});
  const code = await runCommand(command, { stdout: stdout as unknown as NodeJS.WriteStream, stderr, env: {} });
  return { code, calls: app.calls, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

describe("portcullis provision --dry-run", () => {
  it("asks once, under a path of its own, and ends with 0 when nothing is in the way", async () => {
    const run = await portcullis({ status: 200, body: answerWith() }, "--number", "RITM7");
    expect(run.calls.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual(["POST /api/dryRuns"]);
    expect(run.calls[0]?.body).toEqual({ ...ticket, ticket: { number: "RITM7" } });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toContain("✔ provision of seed can be carried out");
  });

  it("ends with 1 when there is an obstacle, and says it whole", async () => {
    const run = await portcullis({ status: 200, body: impossible });
    expect(run.code).toBe(1);
    for (const text of ["AuthorizationFailed (HTTP 403)", obstacle.message, policyId, obstacle.advice])
      expect(run.stdout.replace(/\n\s+/g, "")).toContain(text);
  });

  it("prints the app's answer and nothing else with --json", async () => {
    for (const [body, code] of [
      [answerWith(), 0],
      [impossible, 1],
    ] as const) {
      const run = await portcullis({ status: 200, body }, "--json");
      expect(JSON.parse(run.stdout)).toEqual(body);
      expect(run.code).toBe(code);
    }
  });

  it("ends with 2 when the ticket is refused, with every mistake, and for an app that knows no dry runs", async () => {
    const mistakes = [{ pointer: "/environment/name", message: "no environment of that name was built here" }];
    const refused = await portcullis({ status: 400, body: { title: "The ticket cannot be carried out", mistakes } });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("/environment/name  no environment of that name was built here");
    expect(await portcullis({ status: 404, body: "" })).toMatchObject({ code: 2 });
  });

  it("goes with no other command", () => {
    expect(parseCommandLine(["retry", "RITM1", "--dry-run"], {}).kind).toBe("mistake");
    expect(parseCommandLine(["provision", "x.json"], {}).kind).toBe("provision");
  });
});

describe("renderDryRun", () => {
  const view = { columns: 100, color: false };

  it("shows each thing that would be done with its fields or its reason, and only names what stays", () => {
    expect(renderDryRun(answerWith(), view).split("\n")).toEqual([
      "  ✔ provision of seed can be carried out: 1 to create. Nothing was written.",
      "",
      "  Warning      Azure retires something.",
      "",
      "  + create     Thing b",
      "",
      "  ~ change     Thing c",
      '                 properties.basePolicy: nothing → {"id":"…/dzk8sfw1-policy"}',
      "",
      "  - delete     Virtual network k8snet",
      "                 with aks-1-subnet",
      "",
      "  ! leave      Resource group securevnets",
      "                 it holds somebody-elses",
      "",
      "  ? unknown    Thing f",
      "                 only a command in the cluster tells",
      "",
      "  ▸ run        1",
      "               Thing g",
      "",
      "  = unchanged  2",
      "               Thing a · Thing h (it is not there)",
      "",
      "  Time         about 14 min 34 s when it is carried out",
      "  Azure        30 reads, 0 writes; policies, locks and quotas show only when it is asked to write",
    ]);
  });

  it("keeps every line within the window, whatever Azure and the ticket say, and obeys none of it", () => {
    const long = `${"very-".repeat(60)}long \u001b[2J\n and\u202e more`;
    const steps = impossible.steps.map((each) => ({ ...each, title: long, reason: long }));
    const hostile = {
      ...impossible,
      steps,
      warnings: [long],
      summary: long,
      obstacles: [{ ...obstacle, message: long }],
    };
    for (const columns of [40, 80, 100, 300]) {
      const text = renderDryRun(hostile, { columns, color: false });
      expect(Math.max(...text.split("\n").map(cellWidth))).toBeLessThan(columns);
      for (const obeyed of ["\u001b", "\u202e"]) expect(text).not.toContain(obeyed);
    }
  });
});
