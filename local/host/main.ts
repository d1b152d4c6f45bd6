/**
 * node local/host/main.ts [--app DIR] [--port P] [--state FILE] [--speed N]
 *
 * Runs an app until SIGINT or SIGTERM. Prints one JSON line, {"url":"http://127.0.0.1:PORT"}, when it is ready; all
 * else goes to stderr. The clock starts now at the given speed, or where the variable PORTCULLIS_CLOCK says (a
 * ClockOrigin as JSON), so that the host and the local Azure tell the same time.
 */
import { Console } from "node:console";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { type ClockOrigin, RunningClock } from "../clock.ts";
import { startHost } from "./host.ts";

const DEFAULT_PORT = 7071;

const clockOrigin = z.object({ realEpochMs: z.number(), azureEpochMs: z.number(), speed: z.number().positive() });

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      app: { type: "string", default: "." },
      port: { type: "string", default: String(DEFAULT_PORT) },
      state: { type: "string" },
      speed: { type: "string" },
    },
  });
  // What the app writes with console.log must not mix with the one line on stdout.
  globalThis.console = new Console(process.stderr, process.stderr);
  const appDirectory = resolve(values.app);
  const clock = new RunningClock(originOf(values.speed));
  const host = await startHost({
    appDirectory,
    statePath: resolve(values.state ?? join(appDirectory, ".portcullis", "host.sqlite")),
    clock,
    port: numberOf("port", values.port),
    log: (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
  });
  process.stdout.write(`${JSON.stringify({ url: host.url })}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void host.stop().then(() => process.exit(0)));
  }
}

function originOf(speedText: string | undefined): Partial<ClockOrigin> {
  const speed = speedText === undefined ? undefined : numberOf("speed", speedText);
  if (speed === 0) throw new Error("--speed must be above 0.");
  const shared = process.env.PORTCULLIS_CLOCK;
  if (shared === undefined) return speed === undefined ? {} : { speed };
  const origin = clockOrigin.safeParse(parseJson(shared));
  if (!origin.success) {
    throw new Error(
      `PORTCULLIS_CLOCK must be {"realEpochMs","azureEpochMs","speed"} as JSON: ${z.prettifyError(origin.error)}`,
    );
  }
  if (speed !== undefined && speed !== origin.data.speed) {
    throw new Error(`--speed ${speed} differs from the speed ${origin.data.speed} of PORTCULLIS_CLOCK; leave one out.`);
  }
  return origin.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || number < 0) {
    throw new Error(`--${name} must be a number, not "${text}".`);
  }
  return number;
}
