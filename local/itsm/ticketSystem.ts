/**
 * A stand-in of what alerts are sent to, on loopback:
 *   /api/now/table/incident   ServiceNow's Table API, basic authentication
 *   /hooks/alerts             a webhook that believes only what is signed with its key
 *   /hooks/chat               the incoming webhook of a chat
 *   /_local/incidents · /_local/alerts · /_local/messages   GET what has come
 *   /_local/faults            PUT [{answer, method?, path?, times?}] replaces what goes wrong
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../clock.ts";
import { listen } from "../listen.ts";
import { messageMistake } from "./chatMessage.ts";
import { type Fault, Faults, parseFaults } from "./faults.ts";
import { type Incident, IncidentTable } from "./incidentTable.ts";
import { signatureMistake } from "./signedHook.ts";
import { answerTable, failure, TABLE_PATH, type TableAnswer } from "./tableApi.ts";

export interface TicketSystemOptions {
  readonly clock: Clock;
  readonly user: string;
  readonly password: string;
  /** Base64: what alerts at the webhook are signed with. */
  readonly webhookKey: string;
  /** Default 0: any free one. */
  readonly port?: number;
}

/** A delivery that was believed. */
export interface ReceivedAlert {
  readonly at: string;
  readonly idempotencyKey: string;
  readonly keyIds: string;
  readonly alert: Readonly<Record<string, unknown>>;
}

/** A request as it came, whatever it was answered. */
export interface SeenRequest {
  readonly atEpochMs: number;
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly body: string;
  /** 0: it was given no answer. */
  readonly status: number;
}

export interface TicketSystem {
  readonly url: string;
  readonly incidents: readonly Incident[];
  readonly table: IncidentTable;
  /** Oldest first, repetitions included. */
  readonly alerts: readonly ReceivedAlert[];
  /** Messages of the chat as they came, oldest first. */
  readonly messages: readonly object[];
  readonly requests: readonly SeenRequest[];
  setFaults(faults: readonly Fault[]): void;
  /** Forgets all that has come, and every fault. */
  reset(): void;
  stop(): Promise<void>;
}

export async function startTicketSystem(options: TicketSystemOptions): Promise<TicketSystem> {
  const desk = new Desk(options);
  const server = createServer((request, response) => {
    const release = options.clock.hold();
    response.once("close", release);
    desk.serve(request, response, release).catch((error: unknown) => {
      console.error(`${request.method} ${request.url} failed:`, error);
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
  await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get incidents() {
      return desk.table.all;
    },
    get table() {
      return desk.table;
    },
    alerts: desk.alerts,
    messages: desk.messages,
    requests: desk.requests,
    setFaults: (faults) => desk.faults.set(faults),
    reset: () => desk.reset(),
    stop: () => close(server),
  };
}

class Desk {
  table: IncidentTable;
  readonly alerts: ReceivedAlert[] = [];
  readonly messages: object[] = [];
  readonly requests: SeenRequest[] = [];
  readonly faults = new Faults();
  readonly #options: TicketSystemOptions;

  constructor(options: TicketSystemOptions) {
    this.#options = options;
    this.table = new IncidentTable(options.clock, options.user);
  }

  reset(): void {
    this.table = new IncidentTable(this.#options.clock, this.#options.user);
    for (const list of [this.alerts, this.messages, this.requests]) list.length = 0;
    this.faults.set([]);
  }

  async serve(request: IncomingMessage, response: ServerResponse, release: () => void): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "127.0.0.1"}`);
    const { method = "GET" } = request;
    const isOwnDoor = url.pathname.startsWith("/_local/");
    const fault = isOwnDoor ? undefined : this.faults.take(method, url.pathname);
    const carriedOut = fault === undefined || fault === "loseAnswer";
    const answer = carriedOut ? this.#answer({ request, method, url, body }) : undefined;
    const status = answer === undefined || fault === "loseAnswer" ? statusOf(fault) : answer.status;
    if (!isOwnDoor) this.#note({ request, method, url, body }, status);
    if (fault === "hang") return release();
    if (fault === "reset" || fault === "loseAnswer") return void request.socket.destroy();
    if (fault !== undefined) return void response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? "");
    const text = JSON.stringify(answer?.body ?? {});
    response.writeHead(status, { "content-type": "application/json", ...answer?.headers }).end(text);
  }

  #note({ request, method, url, body }: Call, status: number): void {
    const idempotencyKey = request.headers["idempotency-key"]?.toString();
    const path = `${url.pathname}${url.search}`;
    this.requests.push({ atEpochMs: this.#options.clock.now(), method, path, idempotencyKey, body, status });
  }

  #answer(call: Call): TableAnswer {
    const { method, url, body } = call;
    const { pathname } = url;
    if (pathname === TABLE_PATH || pathname.startsWith(`${TABLE_PATH}/`)) {
      return this.#isKnown(call.request)
        ? answerTable(this.table, { method, url, body })
        : failure(401, "User Not Authenticated", "Required to provide Auth information");
    }
    switch (`${method} ${pathname}`) {
      case "POST /hooks/alerts":
        return this.#takeAlert(call);
      case "POST /hooks/chat":
        return this.#takeMessage(body);
      case "GET /_local/incidents":
        return { status: 200, body: { incidents: this.table.all } };
      case "GET /_local/alerts":
        return { status: 200, body: { alerts: this.alerts } };
      case "GET /_local/messages":
        return { status: 200, body: { messages: this.messages } };
      case "PUT /_local/faults":
        return this.#takeFaults(body);
      default:
        return failure(404, "Not Found", `There is no ${method} ${pathname} here`);
    }
  }

  #isKnown({ headers }: IncomingMessage): boolean {
    const { user, password } = this.#options;
    return headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }

  #takeAlert({ request: { headers }, body }: Call): TableAnswer {
    const { webhookKey: key, clock } = this.#options;
    const mistake = signatureMistake(headers, body, { key, nowEpochMs: clock.now() });
    if (mistake !== undefined) return { status: 401, body: { error: mistake } };
    this.alerts.push({
      at: new Date(clock.now()).toISOString(),
      idempotencyKey: String(headers["idempotency-key"] ?? ""),
      keyIds: String(headers["x-portcullis-key-id"] ?? ""),
      alert: JSON.parse(body),
    });
    return { status: 202, body: {} };
  }

  #takeMessage(body: string): TableAnswer {
    const mistake = messageMistake(body);
    if (mistake !== undefined) return { status: 400, body: { error: mistake } };
    this.messages.push(JSON.parse(body));
    return { status: 202, body: {} };
  }

  #takeFaults(body: string): TableAnswer {
    try {
      this.faults.set(parseFaults(JSON.parse(body)));
      return { status: 200, body: {} };
    } catch (error) {
      return failure(400, "Bad faults", String(error));
    }
  }
}

interface Call {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

function statusOf(fault: Fault["answer"] | undefined): number {
  return typeof fault === "object" ? fault.status : 0;
}

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
