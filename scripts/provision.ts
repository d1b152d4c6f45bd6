import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildAppIfNeeded, repositoryDirectory } from "./build.ts";
import { DEFAULT_SPEED, type LocalStack, startLocalStack } from "./localStack.ts";
import { parseSpeed } from "./parseSpeed.ts";
import { FAILED, runPortcullis } from "./portcullis.ts";

/** `npm run provision`: a ticket becomes an environment, on this machine unless --target names an app. */

const USAGE = `npm run provision [-- FILE] [--json] [--number N] [--speed N] [--target URL] [--dry-run]
  FILE      the ticket; default samples/seed.json
  --dry-run say what the ticket would do to what stands, and do nothing
  --json    print one JSON object and nothing else (npm run --silent provision -- --json)
  --number  submit under this ticket number
  --speed   Azure-seconds in a real second; default ${DEFAULT_SPEED}
  --target  an app that runs already, e.g. the one of npm run start
`;

const options = {
  json: { type: "boolean", default: false },
  number: { type: "string" },
  speed: { type: "string" },
  target: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Ends the command line, and with it everything else. */
const over = new AbortController();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const speed = parseSpeed(values.speed);
  await buildAppIfNeeded();
  const file = path.resolve(
    process.env.INIT_CWD ?? ".",
    positionals[0] ?? path.join(repositoryDirectory, "samples/seed.json"),
  );
  const words = [
    ...["provision", file, ...positionals.slice(1)],
    ...(values.json ? ["--json"] : []),
    ...(values["dry-run"] ? ["--dry-run"] : []),
    ...(values.number === undefined ? [] : ["--number", values.number]),
  ];
  if (values.target !== undefined) return runPortcullis([...words, "--target", values.target], over);
  const directory = await mkdtemp(path.join(tmpdir(), "portcullis-"));
  let stack: LocalStack | undefined;
  let code: number = FAILED;
  try {
    stack = await startLocalStack({
      speed,
      directory,
      hostPort: 0,
      onRestart: (message) => console.error(message),
      onFailure: (error) => {
        console.error(error.message);
        over.abort();
      },
    });
    if (!values.json)
      console.log(`\n  A local Azure, ${speed} times as fast as the real one, and a local host are up.\n`);
    code = await runPortcullis([...words, "--target", stack.url], over);
    return code;
  } finally {
    await stack?.stop();
    // A refused ticket and Ctrl-C need no explanation by a log.
    if (code !== FAILED || values.json) await rm(directory, { recursive: true, force: true });
    else console.error(`\nThe logs of the local Azure and the local host are in ${directory}.`);
  }
}

// Ctrl-C reaches the command line as well; this process stays to end the rest.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => over.abort());
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
