import { join } from "node:path";
import { VirtualClock } from "../../local/clock.ts";
import { type Host, startHost } from "../../local/host/host.ts";

export const FIXTURE_APP = join(import.meta.dirname, "fixtureApp");
export const START_EPOCH_MS = Date.parse("2026-01-01T00:00:00Z");
/** Never in a test, unless the test sets a schedule of its own. */
const YEARLY = "0 0 0 1 1 *";

/** An instance as the management API shows it. */
export interface InstanceStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  readonly createdTime: string;
  readonly historyEvents?: readonly {
    readonly EventType: string;
    readonly FunctionName?: string;
    readonly Result?: unknown;
  }[];
}

export interface FixtureOptions {
  readonly clock?: VirtualClock;
  readonly statePath?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A host with the fixture app in virtual time, spoken to over HTTP only. */
export class FixtureHost {
  readonly clock: VirtualClock;
  readonly host: Host;
  /** Lines that the host logged. */
  readonly lines: readonly string[];

  private constructor(host: Host, clock: VirtualClock, lines: readonly string[]) {
    this.host = host;
    this.clock = clock;
    this.lines = lines;
  }

  static async start(options: FixtureOptions = {}): Promise<FixtureHost> {
    const clock = options.clock ?? new VirtualClock(START_EPOCH_MS);
    const lines: string[] = [];
    const host = await startHost({
      appDirectory: FIXTURE_APP,
      statePath: options.statePath ?? ":memory:",
      clock,
      settings: { FIXTURE_SCHEDULE: YEARLY, ...options.settings },
      log: (line) => void lines.push(line),
    });
    return new FixtureHost(host, clock, lines);
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.host.url}${path}`, init);
  }

  management(path: string, init?: RequestInit): Promise<Response> {
    return this.fetch(`/runtime/webhooks/durabletask/${path}`, init);
  }

  async begin(name: string, input?: unknown, id: string = name): Promise<string> {
    const body = input === undefined ? {} : { body: JSON.stringify(input) };
    const response = await this.management(`orchestrators/${name}/${id}`, { method: "POST", ...body });
    if (response.status !== 202) throw new Error(`${name} was not started: ${await response.text()}`);
    return id;
  }

  async status(id: string, query = ""): Promise<InstanceStatus> {
    const response = await this.management(`instances/${id}${query}`);
    const text = await response.text();
    if (response.status >= 400) throw new Error(`${response.url} answers ${response.status}: ${text}`);
    return JSON.parse(text) as InstanceStatus;
  }

  raise(id: string, name: string, data: unknown): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.management(`instances/${id}/raiseEvent/${name}`, {
      method: "POST",
      headers,
      body: JSON.stringify(data),
    });
  }

  /** Lets time run until the instance is in one of the states. */
  until(id: string, states: readonly string[] = ["Completed", "Failed", "Terminated"]): Promise<InstanceStatus> {
    const poll = async (): Promise<InstanceStatus> => {
      for (;;) {
        const status = await this.status(id);
        if (states.includes(status.runtimeStatus)) return status;
      }
    };
    return this.clock.runUntil(poll());
  }

  /** Waits until nothing is under way at the present time. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  async run(name: string, input?: unknown, id: string = name): Promise<InstanceStatus> {
    return this.until(await this.begin(name, input, id));
  }

  /** Calls a method of the real durable client in the app. */
  async client(
    method: string,
    ...parameters: unknown[]
  ): Promise<{ readonly value?: unknown; readonly error?: string }> {
    const init = { method: "POST", body: JSON.stringify(parameters) };
    return (await (await this.fetch(`/api/client/${method}`, init)).json()) as { value?: unknown; error?: string };
  }
}

/** What the activities of the fixture app did in this process, in order. */
export function ledger(): string[] {
  return (globalThis as { fixtureLedger?: string[] }).fixtureLedger ?? [];
}
