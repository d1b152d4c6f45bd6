import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildAppIfNeeded, repositoryDirectory } from "../scripts/build.ts";
import { DEFAULT_SPEED, type LocalStack, startLocalStack } from "../scripts/localStack.ts";
import { parseSpeed } from "../scripts/parseSpeed.ts";
import { ENDED_BY_HAND, FAILED, runPortcullis } from "../scripts/portcullis.ts";
import { operatorOf } from "./operator.ts";
import { runScaling } from "./runScaling.ts";
import { readEnvironment } from "./scalingLook.ts";
import { type Stack, scalingPlace, startedStack } from "./scalingPlace.ts";
import { liveScalingScreen, noScalingScreen, plainScalingScreen } from "./scalingScreen.ts";
import { scalingReport, scalingSummary } from "./scalingSummary.ts";

/** `npm run demo:scale`: a node pool scales 2 → 5 → 3, and the gateway's routes follow with nobody's hand on them. */

const USAGE = `npm run demo:scale [-- --json] [--speed N] [--target URL]
  --json    print one JSON object and nothing else (npm run --silent demo:scale -- --json)
  --speed   Azure-seconds in a real second; default ${DEFAULT_SPEED}
  --target  the app that npm run start has started
Ends with 0 when the new nodes answered 502 before the app's write and 200 after it, and all tables are equal at the end.
`;

const ENVIRONMENT = "kubenet";
const SAMPLE = path.join(repositoryDirectory, "samples/kubenet.json");
/** Once a year: what heals in the demonstration is to be the event. */
const RARE_SWEEP = "0 0 0 1 1 *";

const over = new AbortController();

/** Ctrl-C and its like: nothing has gone wrong. */
const endedByHand = new Error("Ended before its end.");

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      speed: { type: "string" },
      target: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const speed = parseSpeed(values.speed);
  await buildAppIfNeeded();
  if (values.target !== undefined) return demonstrate(await startedStack(values.target), { ...values, sweeps: true });
  const directory = await mkdtemp(path.join(tmpdir(), "portcullis-"));
  let stack: LocalStack | undefined;
  let code = FAILED;
  try {
    stack = await startLocalStack({
      speed,
      directory,
      hostPort: 0,
      settings: { ROUTE_SWEEP_SCHEDULE: RARE_SWEEP },
      onRestart: (message) => console.error(message),
      onFailure: (error) => {
        console.error(error.message);
        over.abort();
      },
    });
    code = await demonstrate({ appUrl: stack.url, azure: stack.azure }, { ...values, sweeps: false });
    return code;
  } finally {
    await stack?.stop();
    if (code === 0 || values.json || over.signal.reason === endedByHand)
      await rm(directory, { recursive: true, force: true });
    else console.error(`\nThe logs of the local Azure and the local host are in ${directory}.`);
  }
}

async function demonstrate(
  { appUrl, azure }: Stack,
  { json, sweeps }: { readonly json: boolean; readonly sweeps: boolean },
): Promise<number> {
  const operator = operatorOf(azure);
  if (!(await isStanding(appUrl))) {
    if (!json) console.log("\n  First the environment of samples/kubenet.json.\n");
    const code = await runPortcullis(["provision", SAMPLE, "--target", appUrl], { signal: over.signal, isQuiet: json });
    if (code !== 0) return code;
  }
  const place = await scalingPlace(operator, appUrl, ENVIRONMENT);
  const screen = json
    ? noScalingScreen
    : process.stdout.isTTY
      ? liveScalingScreen(process.stdout)
      : plainScalingScreen(process.stdout);
  const end = await runScaling({ operator, place, screen, sweeps, signal: over.signal });
  console.log(json ? JSON.stringify(scalingReport(end), null, 2) : `\n${scalingSummary(end).join("\n")}\n`);
  return end.shortcomings.length === 0 ? 0 : FAILED;
}

async function isStanding(appUrl: string): Promise<boolean> {
  const answer = await fetch(`${appUrl}/api/environments/${ENVIRONMENT}`);
  if (answer.status === 404) return false;
  const { clusters } = await readEnvironment({ appUrl, environment: ENVIRONMENT });
  return clusters.some(({ state }) => state === "standing");
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => over.abort(endedByHand));
try {
  process.exitCode = await main();
} catch (error) {
  if (error !== endedByHand) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
if (over.signal.reason === endedByHand) process.exitCode = ENDED_BY_HAND;
