/**
 * `npm run azure -- [--port P] [--token-port P] [--logs-port P] [--speed N] [--state FILE] [--seed N] [--faults FILE] [--function-app RESOURCE_ID=URL]… [--until-stdin-closes]`
 * Prints one JSON line when ready, and nothing else on stdout. docs/local-azure.md says what to do with it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type ClockOrigin, RunningClock } from "../clock.ts";
import { parseFaultScripts } from "./core/faultScript.ts";
import { describeAzure } from "./describeAzure.ts";
import { type LocalAzure, type LocalAzureOptions, startLocalAzure } from "./localAzure.ts";

const OPTIONS = {
  port: { type: "string" },
  "token-port": { type: "string" },
  "logs-port": { type: "string" },
  speed: { type: "string" },
  state: { type: "string" },
  seed: { type: "string" },
  faults: { type: "string" },
  "function-app": { type: "string", multiple: true },
  "until-stdin-closes": { type: "boolean" },
} as const;

/** Where the authority's certificate is written for clients that want a file; the directory is ignored by git. */
const CA_DIRECTORY = ".portcullis";

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const azure = await startLocalAzure({
    clock: new RunningClock(clockOrigin(number(values.speed, "--speed"))),
    port: number(values.port, "--port") ?? 0,
    tokenPort: number(values["token-port"], "--token-port") ?? 0,
    logsPort: number(values["logs-port"], "--logs-port") ?? 0,
    ...optional("statePath", values.state),
    ...optional("seed", number(values.seed, "--seed")),
    ...optional("functionApps", functionApps(values["function-app"])),
    ...(values.faults === undefined
      ? {}
      : { faults: parseFaultScripts(JSON.parse(readFileSync(values.faults, "utf8"))) }),
  });
  const described = describeAzure(azure, writtenCa(azure));
  process.stdout.write(`${JSON.stringify(described)}\n`);
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    rmSync(described.ca, { force: true });
    azure.stop().then(() => process.exit(0));
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  if (values["until-stdin-closes"] === true) process.stdin.on("close", end).resume();
}

/** The clock that another process shares with us, or one that starts now. */
function clockOrigin(speed: number | undefined): Partial<ClockOrigin> {
  const shared = process.env.PORTCULLIS_CLOCK;
  if (shared !== undefined && shared !== "") return JSON.parse(shared) as ClockOrigin;
  return speed === undefined ? {} : { speed };
}

/** The path of a file with the authority's certificate, written just now. */
function writtenCa(azure: LocalAzure): string {
  const port = new URL(azure.armUrl).port;
  const directory = resolve(CA_DIRECTORY);
  mkdirSync(directory, { recursive: true });
  const caPath = resolve(directory, `local-azure-${port}.pem`);
  writeFileSync(caPath, azure.caPem);
  return caPath;
}

/** "RESOURCE_ID=URL", each; an URL may hold further equals signs. */
function functionApps(texts: readonly string[] | undefined): Readonly<Record<string, string>> | undefined {
  return (
    texts && Object.fromEntries(texts.map((text) => [text.split("=")[0] ?? "", text.split("=").slice(1).join("=")]))
  );
}

function number(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${option} wants a number, not "${text}".`);
  return value;
}

function optional<Name extends keyof LocalAzureOptions>(
  name: Name,
  value: LocalAzureOptions[Name],
): Partial<LocalAzureOptions> {
  return value === undefined ? {} : { [name]: value };
}

main().catch((error: unknown) => {
  process.stderr.write(`The local Azure did not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
