import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { parseCommandLine } from "../../src/cli/commandLine.ts";
import { runCommand } from "../../src/cli/runCommand.ts";
import { type Answer, type FakeApp, type RecordedCall, startFakeApp } from "./fakeApp.ts";
import { sampleStatus, succeededStatus } from "./sampleStatus.ts";

const ticket = { ticket: { number: "RITM0000001", system: "servicenow", requestedBy: "platform team" } };
const taken = { status: 202, body: { ticket: "RITM0000001", statusUrl: "/api/tickets/RITM0000001" } } as const;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function fakeApp(answer: (call: RecordedCall, index: number) => Answer, port?: number): Promise<FakeApp> {
  const app = await startFakeApp(answer, port);
  cleanups.push(() => app.stop());
  return app;
}

async function ticketFile(content: string = JSON.stringify(ticket)): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "portcullis-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  const file = path.join(directory, "ticket.json");
  await writeFile(file, content);
  return file;
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Record<string, string>;
  readonly terminal?: { readonly columns: number; readonly rows: number };
  readonly patienceMilliseconds?: number;
}

async function portcullis(words: readonly string[], options: RunOptions = {}): Promise<Run> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const env = options.env ?? {};
  const terminal = options.terminal === undefined ? {} : { isTTY: true, ...options.terminal };
  const code = await runCommand(parseCommandLine(words, env), {
    // A stream with the members of a terminal that are read.
    stdout: Object.assign(stdout, terminal) as unknown as NodeJS.WriteStream,
    stderr,
    env,
    patienceMilliseconds: options.patienceMilliseconds ?? 5_000,
    pollMilliseconds: 10,
  });
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function text(stream: PassThrough): string {
  const chunk: unknown = stream.read();
  return chunk === null ? "" : String(chunk);
}

/** Takes the ticket, then shows these states one after another. */
function story(...answers: readonly Answer[]): (call: RecordedCall, index: number) => Answer {
  let looks = 0;
  return (call) => (call.method === "POST" ? taken : (answers[Math.min(looks++, answers.length - 1)] ?? "reset"));
}

const under = { status: 200, body: sampleStatus() } as const;
const good = { status: 200, body: succeededStatus() } as const;

describe("portcullis provision", () => {
  it("submits the ticket as it stands in the file, follows it and ends with 0 when all is verified", async () => {
    const app = await fakeApp(story(under, good));
    const run = await portcullis(["provision", await ticketFile(), "--target", app.url]);
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    expect(app.calls.map((call) => `${call.method} ${call.path}`)).toEqual([
      "POST /api/tickets",
      "GET /api/tickets/RITM0000001",
      "GET /api/tickets/RITM0000001",
    ]);
    expect(app.calls[0]?.body).toEqual(ticket);
    expect(run.stdout).toMatch(/started +Azure Firewall dzfw \[firewall\], about 5 min 30 s/);
    expect(run.stdout).toContain("✔ RITM0000001: The environment blog is built and verified.");
    expect(run.stdout).not.toContain("\u001b");
  });

  it("says each step's begin and end once when it writes to a log", async () => {
    const app = await fakeApp(story(under, under, under, good));
    const run = await portcullis(["provision", await ticketFile(), "--target", app.url]);
    expect(run.stdout.match(/started +Azure Firewall/g)).toHaveLength(1);
    expect(run.stdout.match(/done +Azure Firewall/g)).toHaveLength(1);
  });

  it("redraws on a terminal, and writes plain lines there with NO_COLOR", async () => {
    const terminal = { columns: 100, rows: 30 };
    const app = await fakeApp(story(under, good));
    const live = await portcullis(["provision", await ticketFile(), "--target", app.url], { terminal });
    expect(live.stdout).toContain("\u001b[");
    const other = await fakeApp(story(under, good));
    const words = ["provision", await ticketFile(), "--target", other.url];
    const plain = await portcullis(words, { terminal, env: { NO_COLOR: "1" } });
    expect(plain.stdout).not.toContain("\u001b");
  });

  it("prints exactly one JSON object with --json", async () => {
    const app = await fakeApp(story(under, good));
    const run = await portcullis(["provision", await ticketFile(), "--target", app.url, "--json"]);
    expect(run.stderr).toBe("");
    const report = JSON.parse(run.stdout);
    expect(Object.keys(report)).toEqual([
      "ticket",
      "outcome",
      "outputs",
      "steps",
      "verification",
      "azure",
      "makespanSeconds",
      "criticalPathSeconds",
      "sequentialSeconds",
    ]);
    expect(Object.keys(report.steps[0])).toEqual([
      "id",
      "lane",
      "kind",
      "resourceId",
      "state",
      "startedAt",
      "finishedAt",
      "writes",
    ]);
    expect(report).toMatchObject({ ticket: "RITM0000001", outcome: "succeeded", makespanSeconds: 861 });
  });

  it("ends with 1 when the operation failed, was cancelled, or was built and not verified", async () => {
    const ends = [
      sampleStatus({ state: "failed", summary: "Failed." }),
      sampleStatus({ state: "cancelled", summary: "Cancelled." }),
      succeededStatus({ verification: [{ id: "verifyIngress", ok: false, detail: "No answer." }] }),
      succeededStatus({ verification: [] }),
    ];
    for (const end of ends) {
      const app = await fakeApp(story({ status: 200, body: end }));
      const run = await portcullis(["provision", await ticketFile(), "--target", app.url, "--json"]);
      expect(run.code).toBe(1);
    }
  });

  it("goes on when connections break and the app answers 503 for a while", async () => {
    const busy = { status: 503, body: "starting", contentType: "text/plain" } as const;
    const app = await fakeApp(story(under, "reset", busy, "reset", good));
    const run = await portcullis(["provision", await ticketFile(), "--target", app.url]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("Trying again");
  });

  it("finds the app again that comes back on the same port", async () => {
    const first = await startFakeApp(story(under));
    const port = Number(new URL(first.url).port);
    const running = portcullis(["provision", await ticketFile(), "--target", first.url]);
    await expect.poll(() => first.calls.length).toBeGreaterThan(1);
    await first.stop();
    await fakeApp(story(good), port);
    expect((await running).code).toBe(0);
  });

  it("submits again when the answer to the ticket was lost", async () => {
    let posts = 0;
    const app = await fakeApp((call) => (call.method === "GET" ? good : posts++ === 0 ? "reset" : taken));
    const run = await portcullis(["provision", await ticketFile(), "--target", app.url]);
    expect(run.code).toBe(0);
    expect(posts).toBe(2);
  });

  it("lists every mistake of a refused ticket with its place", async () => {
    const app = await fakeApp(() => ({
      status: 400,
      contentType: "application/problem+json",
      body: {
        title: "The ticket cannot be carried out",
        detail: "The ticket has 2 mistakes; nothing was created.",
        mistakes: [
          { pointer: "/environment/location", message: 'There is no location "atlantis".' },
          { pointer: "/environment/hub/addressPrefix", message: "Overlaps the spoke.\u001b[2J" },
        ],
      },
    }));
    const run = await portcullis(["provision", await ticketFile(), "--target", app.url, "--json"]);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr.match(/2 mistakes/g)).toHaveLength(1);
    expect(run.stderr).toContain('/environment/location           There is no location "atlantis".');
    expect(run.stderr).not.toContain("\u001b");
  });

  it("gives up on an app that never answers, with the next thing to do", async () => {
    const app = await startFakeApp(() => "reset");
    await app.stop();
    const words = ["provision", await ticketFile(), "--target", app.url];
    const run = await portcullis(words, { patienceMilliseconds: 300 });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("does not answer");
    expect(run.stderr).toContain("npm run start");
    expect(run.stderr.match(/Trying again/g)).toHaveLength(1);
  });

  it("submits under another number when one is given", async () => {
    const app = await fakeApp(story(good));
    await portcullis(["provision", await ticketFile(), "--number", "RITM0000002", "--target", app.url]);
    expect(app.calls[0]?.body).toEqual({ ticket: { ...ticket.ticket, number: "RITM0000002" } });
  });

  it("sends the function key to the app alone", async () => {
    const elsewhere = await fakeApp(story(good));
    const app = await fakeApp((call) =>
      call.method === "POST"
        ? { status: 202, body: { ...taken.body, statusUrl: `${elsewhere.url}/api/tickets/RITM0000001` } }
        : good,
    );
    const env = { PORTCULLIS_FUNCTION_KEY: "key-of-a-test", PORTCULLIS_URL: app.url };
    expect((await portcullis(["provision", await ticketFile()], { env })).code).toBe(0);
    expect(app.calls.map((call) => call.functionKey)).toEqual(["key-of-a-test", "key-of-a-test"]);
    expect(elsewhere.calls).toEqual([]);
  });

  it("says which file is missing or no JSON", async () => {
    const app = await fakeApp(story(good));
    const missing = await portcullis(["provision", "/nowhere/ticket.json", "--target", app.url]);
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toContain("/nowhere/ticket.json cannot be read");
    const broken = await portcullis(["provision", await ticketFile("{"), "--target", app.url]);
    expect(broken.stderr).toContain("is not JSON");
    expect(app.calls).toEqual([]);
  });
});

describe("portcullis status, cancel and retry", () => {
  it("shows every step of a ticket under way at once, and ends with 0", async () => {
    const app = await fakeApp(() => under);
    const run = await portcullis(["status", "RITM0000001", "--target", app.url]);
    expect(run.code).toBe(0);
    for (const step of sampleStatus().steps) expect(run.stdout).toContain(step.title);
    expect(app.calls).toHaveLength(1);
  });

  it("cancels and retries by POST and follows to the end", async () => {
    for (const verb of ["cancel", "retry"]) {
      const app = await fakeApp(story(good));
      expect((await portcullis([verb, "RITM0000001", "--target", app.url])).code).toBe(0);
      expect(app.calls.map((call) => `${call.method} ${call.path}`)).toEqual([
        `POST /api/tickets/RITM0000001/${verb}`,
        "GET /api/tickets/RITM0000001",
      ]);
    }
  });

  it("puts a ticket number into the path as one segment", async () => {
    const app = await fakeApp(() => ({ status: 404, body: { title: "No such ticket" } }));
    const run = await portcullis(["status", "../x?y#z", "--target", `${app.url}/base/`]);
    expect(run).toMatchObject({ code: 2, stderr: "No such ticket\n" });
    expect(app.calls[0]?.path).toBe("/base/api/tickets/..%2Fx%3Fy%23z");
  });

  it("refuses an answer that it does not understand", async () => {
    for (const body of [{ hello: "world" }, "<html>"]) {
      const app = await fakeApp(() => ({ status: 200, body }));
      expect((await portcullis(["status", "RITM0000001", "--target", app.url])).code).toBe(2);
    }
  });
});

describe("parseCommandLine", () => {
  it("answers what it cannot carry out with a sentence and the usage", async () => {
    const wrong = [
      [],
      ["build"],
      ["provision"],
      ["status"],
      ["status", ""],
      ["status", "a", "b"],
      ["status", "a", "--target", "ftp://x"],
      ["--x"],
    ];
    for (const words of wrong) {
      const run = await portcullis(words);
      expect(run.code, words.join(" ")).toBe(2);
      expect(run.stderr).toContain("Usage:");
    }
    expect(await portcullis(["--help"])).toMatchObject({ code: 0, stderr: "" });
  });
});
