/**
 * Our stand-in for the Azure Functions host with the Durable extension: runs a built app unchanged on one machine. It
 * has the manners of the real one, the bad ones too, implements what the app uses and refuses the rest with a sentence.
 *
 * Unlike Azure: one process, so a handler that blocks, blocks all; no time limit of functions; keys, `authLevel` and
 * custom headers of Event Grid are not looked at (Core Tools do the same); schedules are in UTC; starting an instance
 * that runs already answers 409 (the library treats every refusal alike).
 *
 * With a virtual clock: time stands still while anything runs, also while an activity waits for the network. What waits
 * for virtual time inside an invocation would wait for ever; wait on a durable timer instead.
 */
import type { Clock } from "../clock.ts";
import { Invoker } from "./app/invoker.ts";
import { loadFunctionApp } from "./app/loadFunctionApp.ts";
import { applyPlatformSettings, applySettings } from "./appSettings.ts";
import { durableClientPayload } from "./durable/durableClientPayload.ts";
import { DurableEngine } from "./durable/durableEngine.ts";
import { readHostConfiguration } from "./hostConfiguration.ts";
import { AdminEndpoint } from "./http/adminEndpoint.ts";
import { DurableEndpoint, isDurablePath } from "./http/durableEndpoint.ts";
import { EVENT_GRID_PATH, EventGridEndpoint } from "./http/eventGridEndpoint.ts";
import { HostServer, type RequestHandler } from "./http/hostServer.ts";
import { HttpTriggers } from "./http/httpTriggers.ts";
import { followClock } from "./processDate.ts";
import { Store } from "./store/store.ts";
import { TimerTriggers } from "./timers/timerTriggers.ts";

export interface HostOptions {
  /** Has package.json (with `main`) and host.json. */
  readonly appDirectory: string;
  /** A file, or ":memory:". */
  readonly statePath: string;
  readonly clock: Clock;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Become environment variables before the app loads; the environment's own win, then these, then local.settings.json. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * An app that reads its settings while it is loaded keeps those of the host that loaded it, as long as the process
   * lasts. Under another name a bundle is loaded again, with this host's; what it imports from other files is shared.
   */
  readonly loadAs?: string;
  readonly log?: (line: string) => void;
}

export interface Host {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  /** Stops as on SIGTERM; what is in flight is run again by the next host of the same state. */
  stop(): Promise<void>;
  /** What kill -9 does: nothing in flight is recorded, nothing is finished. */
  crash(): Promise<void>;
  /**
   * Settles when no code of the app runs any more. A process that is killed takes its running code with it; in one that
   * goes on, the code of a crashed host does too: whoever plays a kill must cut it off from the world until then.
   */
  idle(): Promise<void>;
}

/** Starts a host and goes on with what an earlier host of the same state left unfinished. */
export async function startHost(options: HostOptions): Promise<Host> {
  const undo: (() => unknown)[] = [];
  try {
    return await start(options, undo);
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

async function start(options: HostOptions, undo: (() => unknown)[]): Promise<Host> {
  const { clock } = options;
  const log = options.log ?? (() => {});
  const configuration = readHostConfiguration(options.appDirectory);
  const release = clock.hold();
  undo.push(release);
  const store = new Store(options.statePath);
  undo.push(() => store.close());
  undo.push(followClock(clock));
  const server = new HostServer(clock, log);
  const url = await server.listen(options.port ?? 0);
  undo.push(() => server.close());
  applySettings({ ...configuration.settings, ...options.settings });
  applyPlatformSettings(url);
  const app = await loadFunctionApp(options.appDirectory, options.loadAs);
  app.logLine = log;

  const { taskHub, maximumConcurrentActivities, routePrefix } = configuration;
  const invoker = new Invoker(app, durableClientPayload(url, taskHub), log);
  const engine = new DurableEngine({ store, clock, invoker, maximumConcurrentActivities, log });
  const timers = new TimerTriggers({ invoker, schedules: store.schedules, clock, log });
  undo.push(() => {
    engine.halt();
    timers.halt();
  });
  server.serveWith(
    routeRequests({
      admin: new AdminEndpoint({ invoker, timers, inBackground: inBackground(clock, log) }),
      durable: new DurableEndpoint({ store, operations: engine.operations, hostUrl: url, taskHub }),
      eventGrid: new EventGridEndpoint(invoker, log),
      functions: new HttpTriggers(invoker, routePrefix, log),
    }),
  );
  engine.start();
  timers.start();
  release();
  log(`[information] The host listens on ${url} with ${app.functions.length} functions.`);
  const crash = once(async () => {
    for (const step of undo.reverse()) await step();
  });
  const stop = once(async () => {
    await app.runAppHooks("appTerminate");
    await crash();
  });
  return { url, stop, crash, idle: () => invoker.idle() };
}

function routeRequests(handlers: {
  readonly admin: AdminEndpoint;
  readonly durable: DurableEndpoint;
  readonly eventGrid: EventGridEndpoint;
  readonly functions: HttpTriggers;
}): RequestHandler {
  return (context) => {
    const path = context.path.toLowerCase();
    if (isDurablePath(path)) return handlers.durable.handle(context);
    if (path === EVENT_GRID_PATH) return handlers.eventGrid.handle(context);
    if (path.startsWith("/admin/")) return handlers.admin.handle(context);
    return handlers.functions.handle(context);
  };
}

function inBackground(clock: Clock, log: (line: string) => void): (name: string, work: () => Promise<unknown>) => void {
  return (name, work) => {
    const release = clock.hold();
    work()
      .catch((error: unknown) => log(`[error] ${name}: ${error instanceof Error ? error.stack : String(error)}`))
      .finally(release);
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
