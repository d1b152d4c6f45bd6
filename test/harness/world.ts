/**
 * The app as it is deployed, over the local host and the local Azure, in one process and in virtual time: fifteen
 * Azure-minutes take about a second. The local Azure is loaded once a process, the app once for each set of settings; every
 * world starts with an empty Azure, an empty host and its own clock.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FaultScript } from "../../local/azure/core/faultScript.ts";
import type { AzureSnapshot, LocalAzure, RandomFaults, RecordedRequest } from "../../local/azure/localAzure.ts";
import { startLocalAzure } from "../../local/azure/localAzure.ts";
import { VirtualClock } from "../../local/clock.ts";
import { type Host, startHost } from "../../local/host/host.ts";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { type ArmResponse, armRequest } from "./armRequest.ts";

/** A Monday morning; any fixed instant does. */
const START_EPOCH_MS = Date.UTC(2026, 10, 2, 8, 0, 0);
const ONCE_A_YEAR = "0 0 0 1 1 *";
/** Azure seconds between two looks of a waiting test at its ticket. */
const LOOK_SECONDS = 15;
/** Where only the end is of interest it is looked for when it is expected, and then so often: every look costs a request for each lane. */
const END_LOOK_SECONDS = 60;
/** By then any small write has settled. */
const OPERATOR_PATIENCE_SECONDS = 60;
/** Turns of the event loop between two looks at a ticket, while a test waits for requests and not for time. */
const TURNS_BETWEEN_LOOKS = 2000;
/** Further apart than the seeds of any two tests. */
const SEEDS_APART = 1_000_003;
/** No ticket takes a day. */
const DAY_SECONDS = 24 * 3600;

export interface WorldOptions {
  readonly faults?: readonly FaultScript[];
  readonly randomFaults?: RandomFaults;
  readonly seed?: number;
  /** Settings of the app beside those that every world has. The app is loaded once for each set of them. */
  readonly settings?: (azure: LocalAzure) => Readonly<Record<string, string>>;
  /** What the app reaches besides Azure: cut off from a host that is killed, and there again for the next one. */
  readonly outside?: { cut(): void; restore(): void };
}

export interface World {
  readonly azure: LocalAzure;
  readonly clock: VirtualClock;
  /** The local host's address; another one after a crash. */
  url(): string;
  submit(ticket: unknown): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  status(number: string): Promise<TicketStatus>;
  /** Lets time pass until the ticket has ended. */
  ended(number: string): Promise<TicketStatus>;
  /** Lets time pass until the ticket's status fulfils the condition. */
  until(number: string, condition: (status: TicketStatus) => boolean, lookSeconds?: number): Promise<TicketStatus>;
  /** Lets time pass until the app has made so many requests to ARM since the world began, and stops in the middle of whatever runs then; false when the ticket has ended before. */
  untilRequests(count: number, number: string): Promise<boolean>;
  /** What `kill -9` does to the host, and its start on the same state. */
  crashAndRestart(): Promise<void>;
  /** A request to the local Azure by the operator; waits until what it began is done. */
  asOperator(method: string, path: string, body?: unknown): Promise<ArmResponse>;
  /** Requests that changed something in ARM, made by the app. */
  writes(): readonly RecordedRequest[];
  close(): Promise<void>;
}

interface Freezable {
  /** Stops the host and keeps what stands. */
  freeze(): Promise<Moment>;
}

let shared: Promise<LocalAzure> | undefined;

/** A world with an empty Azure and an app that has had no ticket. */
export function openWorld(options: WorldOptions = {}): Promise<World> {
  return openWorldAt(undefined, options);
}

/**
 * A world in which the tickets have been carried out, one after the other, each with success, by an app with the settings
 * that every world has. That is done once a process; every world that begins so is a copy, made in milliseconds, and
 * its app the next one that is deployed. Requests are counted from here on.
 */
export async function openStandingWorld(tickets: readonly Ticket[], options: WorldOptions = {}): Promise<World> {
  return openWorldAt(await momentAfter(tickets), options);
}

type Ticket = { readonly ticket: Readonly<Record<string, unknown>> };

/** Azure and the app's durable state at one instant, while nothing ran. */
interface Moment {
  readonly azure: AzureSnapshot;
  readonly hostState: Uint8Array;
}

const moments = new Map<string, Promise<Moment>>();

function momentAfter(tickets: readonly Ticket[]): Promise<Moment> {
  const key = JSON.stringify(tickets);
  const known = moments.get(key) ?? carryOut(tickets);
  moments.set(key, known);
  return known;
}

async function carryOut(tickets: readonly Ticket[]): Promise<Moment> {
  const last = tickets.at(-1);
  if (last === undefined) throw new Error("A standing world needs a ticket; openWorld() has none.");
  const number = String(last.ticket.number);
  const earlier = tickets.length === 1 ? undefined : await momentAfter(tickets.slice(0, -1));
  const world = await openWorldAt(earlier, {});
  try {
    const accepted = await world.submit(last);
    if (accepted.status !== 202) throw new Error(`${number}: ${accepted.status} ${await accepted.text()}`);
    const end = await world.ended(number);
    if (end.state !== "succeeded") throw new Error(`${number}: ${JSON.stringify(end.failure)}`);
    return await world.freeze();
  } finally {
    await world.close();
  }
}

async function openWorldAt(moment: Moment | undefined, options: WorldOptions): Promise<World & Freezable> {
  const clock = new VirtualClock(moment?.azure.atEpochMs ?? START_EPOCH_MS);
  shared ??= startLocalAzure({ clock });
  const azure = await shared;
  azure.reset({ clock, ...options, ...(moment === undefined ? {} : { snapshot: moment.azure }) });
  const folder = mkdtempSync(join(tmpdir(), "portcullis-"));
  const statePath = join(folder, "host.sqlite");
  if (moment !== undefined) writeFileSync(statePath, moment.hostState);
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, azure.caPem);
  const own = options.settings?.(azure) ?? {};
  const settings = {
    ARM_ENDPOINT: azure.armUrl,
    ARM_CA_FILE: caFile,
    AZURE_SUBSCRIPTION_ID: azure.subscriptionId,
    AZURE_CLIENT_ID: azure.app.appId,
    LOGS_ENDPOINT: azure.logsUrl,
    // Reading logs is not what most tests are about; those that are give a schedule of their own.
    EGRESS_WATCH_SCHEDULE: ONCE_A_YEAR,
    IDENTITY_ENDPOINT: azure.tokenUrl,
    IDENTITY_HEADER: azure.identityHeader,
    INGRESS_PROBE_PROXY: azure.internetProxyUrl,
    FUNCTION_APP_ID: azure.functionAppId,
    DEAD_LETTER_CONTAINER_ID: azure.deadLetterContainerId,
    NO_PROXY: "127.0.0.1,localhost",
    ...own,
  };
  const loadAs = Object.keys(own).length === 0 ? "" : JSON.stringify(own);
  const start = async (): Promise<Host> => {
    const host = await startHost({ appDirectory: process.cwd(), statePath, clock, settings, loadAs });
    azure.setFunctionApp(azure.functionAppId, host.url);
    return host;
  };
  let host = await start();
  let crashCount = 0;

  const post = (path: string, body?: unknown, headers?: Record<string, string>): Promise<Response> => {
    const content = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    return fetch(`${host.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      ...content,
    });
  };
  const status = async (number: string): Promise<TicketStatus> => {
    const response = await fetch(`${host.url}/api/tickets/${number}`);
    if (response.status !== 200) throw new Error(`GET ticket ${number}: ${response.status} ${await response.text()}`);
    return (await response.json()) as TicketStatus;
  };
  const untilAsking = (
    number: string,
    condition: (status: TicketStatus) => boolean,
    pauseSeconds: (seen: TicketStatus) => number,
  ): Promise<TicketStatus> =>
    clock.runUntil(
      (async () => {
        for (const start = clock.now(); clock.now() < start + DAY_SECONDS * 1000; ) {
          const seen = await status(number);
          if (condition(seen)) return seen;
          await new Promise<void>((resolve) => clock.at(clock.now() + pauseSeconds(seen) * 1000, resolve));
        }
        throw new Error(`Ticket ${number} did not get there within a day: ${JSON.stringify(await status(number))}`);
      })(),
    );
  const until: World["until"] = (number, condition, lookSeconds = LOOK_SECONDS) =>
    untilAsking(number, condition, () => lookSeconds);
  return {
    azure,
    clock,
    url: () => host.url,
    post,
    submit: (ticket) => post("/api/tickets", ticket),
    status,
    until,
    ended: (number) =>
      untilAsking(number, hasEnded, ({ expectedEndAt }) =>
        Math.max(END_LOOK_SECONDS, (Date.parse(expectedEndAt ?? "") - clock.now()) / 1000 || 0),
      ),
    async asOperator(method, path, body) {
      const answer = await armRequest(azure, method, path, body);
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
      await clock.advance(OPERATOR_PATIENCE_SECONDS * 1000);
      return answer;
    },
    untilRequests: (count, number) =>
      clock.runUntil(
        (async () => {
          for (let turn = 0; azure.requests.length < count; turn++) {
            await new Promise(setImmediate);
            if (turn % TURNS_BETWEEN_LOOKS === 0 && hasEnded(await status(number))) return false;
          }
          return true;
        })(),
      ),
    async crashAndRestart() {
      // The code of a killed process ends with it; here it lives on, so nothing that it still says may reach Azure.
      azure.setFaults([
        { match: { principal: "app" }, when: "begin", answer: "reset", times: Number.MAX_SAFE_INTEGER },
      ]);
      options.outside?.cut();
      await host.crash();
      await host.idle();
      options.outside?.restore();
      crashCount += 1;
      azure.setFaults(options.faults ?? [], faultsAfter(crashCount, options.randomFaults));
      host = await start();
    },
    writes: () =>
      azure.requests.filter(
        (each) => ["PUT", "PATCH", "DELETE"].includes(each.method) && each.principal === azure.app.objectId,
      ),
    async freeze() {
      await host.stop();
      return { azure: azure.snapshot(), hostState: readFileSync(statePath) };
    },
    async close() {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same faults for the same seed, and others after each crash: repeated, they would hit the same request for ever. */
function faultsAfter(crashCount: number, faults: RandomFaults | undefined): RandomFaults | undefined {
  if (faults?.seed === undefined) return faults;
  return { ...faults, seed: faults.seed + crashCount * SEEDS_APART };
}

function hasEnded({ state }: TicketStatus): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}
