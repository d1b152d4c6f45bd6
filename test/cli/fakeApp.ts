import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly functionKey: string | undefined;
}

export type Answer =
  | { readonly status: number; readonly body: unknown; readonly contentType?: string }
  /** The connection breaks, as when a host is killed. */
  | "reset";

/** An app that says what it is told to say: the far end of the wire that the command line speaks. */
export interface FakeApp {
  readonly url: string;
  readonly calls: readonly RecordedCall[];
  stop(): Promise<void>;
}

/** Starts it on a free port, or on the given one to come back where it was. `answer` is asked for each call in turn. */
export async function startFakeApp(answer: (call: RecordedCall, index: number) => Answer, port = 0): Promise<FakeApp> {
  const calls: RecordedCall[] = [];
  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      calls.push(call);
      send(answer(call, calls.length - 1), request, response);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: boundPort } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${boundPort}`, calls, stop: () => close(server) };
}

async function readCall(request: IncomingMessage): Promise<RecordedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const key = request.headers["x-functions-key"];
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    body: text === "" ? undefined : JSON.parse(text),
    functionKey: typeof key === "string" ? key : undefined,
  };
}

function send(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  if (answer === "reset") {
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.status, { "content-type": answer.contentType ?? "application/json" });
  response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
