/** What every demonstration has around it: its words, a stack of its own or the one that is up, an environment, Ctrl-C, an exit code. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildAppIfNeeded, repositoryDirectory } from "../scripts/build.ts";
import { type LocalStack, startLocalStack } from "../scripts/localStack.ts";
import { parseSpeed } from "../scripts/parseSpeed.ts";
import { ENDED_BY_HAND, FAILED, runPortcullis } from "../scripts/portcullis.ts";
import { readEnvironment } from "./readEnvironment.ts";
import { type Stack, startedStack } from "./stack.ts";

export interface Demonstration {
  readonly usage: string;
  /** Azure-seconds in a real second when nobody says another number. */
  readonly speed: number;
  /** What it needs, and the ticket that makes it; below samples/. */
  readonly environment: string;
  readonly sample: string;
  /** Whether alerts go out; settings of the app in a stack of its own. */
  readonly alerts: boolean;
  readonly settings: Readonly<Record<string, string>>;
  /** True when all was seen that should have been. */
  show(stage: Stage): Promise<boolean>;
}

export interface Stage {
  readonly stack: Stack;
  /** The stack was started for this demonstration, with its settings. */
  readonly isOwn: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Ctrl-C and its like: nothing has gone wrong. */
const endedByHand = new Error("Ended before its end.");

/** Carries it out and sets the process's exit code: 0, 1 when not all was seen, 2 when it could not be shown. */
export async function runDemonstration(demonstration: Demonstration): Promise<void> {
  const over = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => over.abort(endedByHand));
  try {
    process.exitCode = await carriedOut(demonstration, over);
  } catch (error) {
    if (error !== endedByHand) console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
  if (over.signal.reason === endedByHand) process.exitCode = ENDED_BY_HAND;
}

async function carriedOut(demonstration: Demonstration, over: AbortController): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      speed: { type: "string" },
      target: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(demonstration.usage);
    return 0;
  }
  const speed = values.speed === undefined ? demonstration.speed : parseSpeed(values.speed);
  const { json } = values;
  await buildAppIfNeeded();
  if (values.target !== undefined) {
    const stack = await startedStack(values.target);
    return shown(demonstration, { stack, isOwn: false, json, signal: over.signal });
  }
  const directory = await mkdtemp(path.join(tmpdir(), "portcullis-"));
  let stack: LocalStack | undefined;
  let code = FAILED;
  try {
    stack = await startLocalStack({
      speed,
      directory,
      hostPort: 0,
      alerts: demonstration.alerts,
      settings: demonstration.settings,
      onRestart: (message) => console.error(message),
      onFailure: (error) => {
        console.error(error.message);
        over.abort();
      },
    });
    code = await shown(demonstration, { stack: asStack(stack), isOwn: true, json, signal: over.signal });
    return code;
  } finally {
    await stack?.stop();
    if (code === 0 || json || over.signal.reason === endedByHand) await rm(directory, { recursive: true, force: true });
    else console.error(`\nThe logs of the local Azure and the local host are in ${directory}.`);
  }
}

function asStack({ url, azure, ticketSystemUrl }: LocalStack): Stack {
  return { appUrl: url, azure, ...(ticketSystemUrl === undefined ? {} : { ticketSystemUrl }) };
}

async function shown({ environment, sample, show }: Demonstration, stage: Stage): Promise<number> {
  const { stack, json, signal } = stage;
  if (!(await isStanding(stack.appUrl, environment))) {
    if (!json) console.log(`\n  First the environment of samples/${sample}.\n`);
    const file = path.join(repositoryDirectory, "samples", sample);
    const code = await runPortcullis(["provision", file, "--target", stack.appUrl], { signal, isQuiet: json });
    if (code !== 0) return code;
  }
  return (await show(stage)) ? 0 : FAILED;
}

async function isStanding(appUrl: string, environment: string): Promise<boolean> {
  const answer = await fetch(`${appUrl}/api/environments/${environment}`);
  if (answer.status === 404) return false;
  const { clusters } = await readEnvironment({ appUrl, environment });
  return clusters.some(({ state }) => state === "standing");
}
