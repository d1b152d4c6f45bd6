import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../clock.ts";
import { listen } from "../../listen.ts";
import { HttpRefusal, RequestContext } from "./requestContext.ts";

export type RequestHandler = (context: RequestContext) => Promise<void>;

/** The listening socket of a host, on loopback. Holds the clock while a request is served. */
export class HostServer {
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  readonly #server: Server;
  #handler: RequestHandler = async (context) =>
    context.answer(503, { "retry-after": "1" }, Buffer.from("The host is starting."));

  constructor(clock: Clock, log: (line: string) => void) {
    this.#clock = clock;
    this.#log = log;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens, and returns the address; requests get 503 until `serveWith`. */
  async listen(port: number): Promise<string> {
    await listen(this.#server, port);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  serveWith(handler: RequestHandler): void {
    this.#handler = handler;
  }

  /** Breaks all connections, also those that wait for an answer. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const release = this.#clock.hold();
    response.once("close", release);
    try {
      await this.#handler(new RequestContext(request, response));
    } catch (error) {
      this.#refuse(response, error);
    } finally {
      release();
    }
  }

  #refuse(response: ServerResponse, error: unknown): void {
    const refusal = error instanceof HttpRefusal ? error : undefined;
    if (refusal === undefined && !response.destroyed) {
      this.#log(`[error] ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(refusal?.status ?? 500, { "content-type": "text/plain; charset=utf-8", connection: "close" });
    response.end(refusal?.message ?? "");
  }
}
