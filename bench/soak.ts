import { parseArgs } from "node:util";
import { buildAppIfNeeded } from "../scripts/build.ts";
import { egressRace } from "../test/app/egressRace.ts";
import { killedBuild, killsOfSeed } from "../test/app/killedBuild.ts";
import { killedSync } from "../test/app/killedSync.ts";
import { routeRace } from "../test/app/routeRace.ts";

/**
 * `npm run soak`: what the tests do with a few seeds, with many. Goes on after a failure, prints the seeds that failed and
 * the first failure in full, and ends with 1 when there was any.
 */

const USAGE = `npm run soak [-- --seeds N] [--from S] [--only NAME]
  --seeds  how many; default 500
  --from   the first one; default 1
  --only   routeRace:   two kubenet clusters scale at once while others write the table and Azure refuses, loses and shuffles
           killedSync:  the host is killed while the gateway's routes follow a scaling
           egressRace:  refused connections come late, twice, in both schemas, while queries fail and the host is killed
           killedBuild: the host is killed and Azure refuses and loses while an environment is built (every tenth seed)
`;

interface SeedRun {
  /** One that takes ten times as long as the others is made for every tenth seed. */
  readonly every: number;
  run(seed: number): Promise<string>;
}

/** A seed's runs. */
const runs: Readonly<Record<string, SeedRun>> = {
  routeRace: { every: 1, run: routeRace },
  killedSync: { every: 1, run: killedSync },
  egressRace: { every: 1, run: egressRace },
  killedBuild: {
    every: 10,
    async run(seed) {
      const killed = killsOfSeed(seed);
      const { kills, failures } = await killedBuild(killed);
      return `a kill every ${killed.distance} requests: ${kills} kills, ${failures} requests failed`;
    },
  },
};

interface Failed {
  readonly name: string;
  readonly seed: number;
  readonly error: unknown;
}

function wholeNumber(text: string | undefined, option: string, otherwise: number): number {
  const value = Number(text ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`${option} wants a whole number from 1, not "${text}".`);
  return value;
}

/** What was wrong, and why: "fetch failed" alone says nothing. */
function inALine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ""] = error.message.split("\n");
  return error.cause === undefined ? line : `${line} (${inALine(error.cause)})`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      from: { type: "string" },
      only: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const from = wholeNumber(values.from, "--from", 1);
  const count = wholeNumber(values.seeds, "--seeds", 500);
  const { only } = values;
  if (only !== undefined && runs[only] === undefined)
    throw new Error(`--only is one of ${Object.keys(runs).join(", ")}, and not "${only}".`);
  await buildAppIfNeeded();
  const failed: Failed[] = [];
  let ran = 0;
  const startedAt = performance.now();
  for (let seed = from; seed < from + count; seed++) {
    for (const [name, { every, run }] of Object.entries(runs)) {
      const isDue = only === undefined ? seed % every === 0 : name === only;
      if (!isDue) continue;
      ran += 1;
      try {
        console.log(`${name} seed ${seed}: ${await run(seed)}`);
      } catch (error) {
        failed.push({ name, seed, error });
        console.log(`${name} seed ${seed}: FAILED ${inALine(error)}`);
      }
    }
  }
  const minutes = (performance.now() - startedAt) / 60_000;
  console.log(
    `${ran} runs of seeds ${from} to ${from + count - 1} in ${minutes.toFixed(1)} min, ${failed.length} failed`,
  );
  const [first] = failed;
  if (first === undefined) return 0;
  console.error(failed.map(({ name, seed }) => `npm run soak -- --only ${name} --from ${seed} --seeds 1`).join("\n"));
  console.error(first.error);
  return 1;
}

let code = 2;
try {
  code = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
// The local Azure of the harness lives as long as its process.
process.exit(code);
