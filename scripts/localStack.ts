import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { repositoryDirectory } from "./build.ts";
import { tellFunctionApp } from "./tellFunctionApp.ts";

/**
 * The local Azure and the local host as child processes that tell the same time. Both end with this process: by
 * `stop()`, and when it dies without a word by their closed standard input.
 */

/** Azure-seconds in a real second. The seed's run takes about 900 of them; at this speed it can be watched. */
export const DEFAULT_SPEED = 40;

/** Where `npm run start` says which app and which local Azure are up, beside their logs. */
export const STACK_FILE = "stack.json";

/** The local Azure, as its first line describes it. */
export const azureReady = z.object({
  arm: z.string(),
  token: z.string(),
  logs: z.string(),
  ca: z.string(),
  internet: z.string(),
  subscriptionId: z.string(),
  tenantId: z.string(),
  appClientId: z.string(),
  operatorClientId: z.string(),
  identityHeader: z.string(),
  functionAppId: z.string(),
  deadLetterContainerId: z.string(),
  alertTopicEndpoint: z.string(),
});

/** The stand-in of what alerts are sent to, as its first line describes it. */
const ticketSystemReady = z.object({
  url: z.string(),
  incidentUrl: z.string(),
  user: z.string(),
  password: z.string(),
  webhookUrl: z.string(),
  webhookKey: z.string(),
  cardUrl: z.string(),
});

const hostReady = z.object({ url: z.string() });

export interface LocalStackOptions {
  readonly speed: number;
  /** Holds the host's state and both logs. */
  readonly directory: string;
  /** 0: any free port. */
  readonly hostPort: number;
  /** Whether alerts go out: to a stand-in of the ticket system, of a webhook and of a chat, and to the local Azure's topic. */
  readonly alerts?: boolean;
  /** Settings of the app that differ from the usual. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told when the host was killed and is being started again. */
  readonly onRestart: (message: string) => void;
  /** Told when a child ended that cannot be started again. */
  readonly onFailure: (error: Error) => void;
}

export interface LocalStack {
  /** Where the app answers. */
  readonly url: string;
  readonly azure: z.infer<typeof azureReady>;
  /** Where the stand-in of the ticket system answers, when alerts go out. */
  readonly ticketSystemUrl?: string;
  /** Of the host that runs now; another one after a restart. */
  hostProcessId(): number | undefined;
  stop(): Promise<void>;
}

/** Starts all; returns when all answer. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  await mkdir(options.directory, { recursive: true });
  const now = performance.timeOrigin + performance.now();
  const clock = JSON.stringify({ realEpochMs: now, azureEpochMs: now, speed: options.speed });
  const azureProcess = startChild({
    name: "azure",
    directory: options.directory,
    args: ["local/azure/main.ts", "--port", "0", "--token-port", "0", "--speed", String(options.speed)],
    env: { PORTCULLIS_CLOCK: clock },
  });
  const deskProcess = options.alerts === true ? startDesk(options, clock) : undefined;
  let host: Host | undefined;
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    const children = [azureProcess.child, deskProcess?.child, host?.child];
    await Promise.all(children.map((child) => (child === undefined ? undefined : endChild(child))));
  };
  try {
    const azure = azureReady.parse(await azureProcess.ready);
    const desk = deskProcess === undefined ? undefined : ticketSystemReady.parse(await deskProcess.ready);
    const sinks = desk === undefined ? {} : sinkSettings(azure, desk);
    const env = { PORTCULLIS_CLOCK: clock, ...hostSettings(azure), ...sinks, ...options.settings };
    host = await startHost(options, options.hostPort, env);
    const { url } = host;
    await tellFunctionApp(azure, url);
    const watch = (watched: Host): void => {
      watched.child.once("exit", (code, signal) => {
        if (isStopping) return;
        // What ends by itself would end again; what was killed goes on where it was.
        if (signal === null) {
          options.onFailure(new Error(`The local host ended with code ${code}; see ${options.directory}/host.log.`));
          return;
        }
        options.onRestart(`The local host was ended by ${signal}; it is started again and goes on where it was.`);
        startHost(options, Number(new URL(url).port), env).then((next) => {
          host = next;
          watch(next);
        }, options.onFailure);
      });
    };
    watch(host);
    const failAtEnd = (child: ChildProcess | undefined, what: string, log: string): void => {
      child?.once("exit", (code, signal) => {
        if (isStopping) return;
        options.onFailure(new Error(`${what} ended (${signal ?? `code ${code}`}); see ${options.directory}/${log}.`));
      });
    };
    failAtEnd(azureProcess.child, "The local Azure", "azure.log");
    failAtEnd(deskProcess?.child, "The stand-in of the ticket system", "itsm.log");
    const ticketSystem = desk === undefined ? {} : { ticketSystemUrl: desk.url };
    return { url, azure, ...ticketSystem, hostProcessId: () => host?.child.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startDesk({ directory }: LocalStackOptions, clock: string) {
  return startChild({ name: "itsm", directory, args: ["local/itsm/main.ts"], env: { PORTCULLIS_CLOCK: clock } });
}

interface Host {
  readonly child: ChildProcess;
  readonly url: string;
}

async function startHost(options: LocalStackOptions, port: number, env: NodeJS.ProcessEnv): Promise<Host> {
  const state = path.join(options.directory, "host.sqlite");
  const { child, ready } = startChild({
    name: "host",
    directory: options.directory,
    args: ["local/host/main.ts", "--app", ".", "--port", String(port), "--state", state],
    env,
  });
  return { child, url: hostReady.parse(await ready).url };
}

/** The app's settings on this machine: only endpoints differ from a deployed app's. */
export function hostSettings(azure: z.infer<typeof azureReady>): Record<string, string> {
  return {
    ARM_ENDPOINT: azure.arm,
    ARM_CA_FILE: azure.ca,
    AZURE_SUBSCRIPTION_ID: azure.subscriptionId,
    AZURE_CLIENT_ID: azure.appClientId,
    LOGS_ENDPOINT: azure.logs,
    IDENTITY_ENDPOINT: azure.token,
    IDENTITY_HEADER: azure.identityHeader,
    INGRESS_PROBE_PROXY: azure.internet,
    FUNCTION_APP_ID: azure.functionAppId,
    DEAD_LETTER_CONTAINER_ID: azure.deadLetterContainerId,
    // A proxy of the machine's own would be asked for loopback, too.
    NO_PROXY: [process.env.NO_PROXY, "localhost,127.0.0.1"].filter((part) => part).join(","),
  };
}

/** Where the app sends its alerts on this machine. */
function sinkSettings(
  { alertTopicEndpoint }: z.infer<typeof azureReady>,
  desk: z.infer<typeof ticketSystemReady>,
): Record<string, string> {
  return {
    ALERT_TOPIC_ENDPOINT: alertTopicEndpoint,
    ALERT_WEBHOOK_URL: desk.webhookUrl,
    ALERT_WEBHOOK_KEY: desk.webhookKey,
    ALERT_CARD_URL: desk.cardUrl,
    ITSM_INCIDENT_URL: desk.incidentUrl,
    ITSM_USER: desk.user,
    ITSM_PASSWORD: desk.password,
  };
}

interface ChildOptions {
  readonly name: string;
  readonly directory: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a child whose first line on stdout is one JSON object that says it is ready. Its stderr goes to a log. */
function startChild({ name, directory, args, env }: ChildOptions): { child: ChildProcess; ready: Promise<unknown> } {
  const logFile = path.join(directory, `${name}.log`);
  const child = spawn(process.execPath, ["--enable-source-maps", "--import", "./scripts/endWithParent.ts", ...args], {
    cwd: repositoryDirectory,
    env: { ...process.env, ...env },
    // A group of its own: Ctrl-C is for us to handle, and to end the children in order.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stderr?.pipe(createWriteStream(logFile, { flags: "a" }));
  const ready = new Promise<unknown>((resolve, reject) => {
    const fail = (reason: string): void => {
      void lastLines(logFile).then((log) => reject(new Error(`The local ${name} did not start: ${reason}.\n${log}`)));
    };
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => fail(signal ?? `code ${code}`));
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).once("line", (line) => {
        child.removeAllListeners("exit");
        try {
          resolve(JSON.parse(line));
        } catch {
          fail(`its first line is no JSON: ${line.slice(0, 200)}`);
        }
      });
    }
  });
  return { child, ready };
}

/** How long a child may take to end when asked; then it is killed. */
const END_PATIENCE_MS = 3_000;

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = new AbortController();
  await Promise.race([ended, sleep(END_PATIENCE_MS, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await ended;
  }
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-15).join("\n");
}
