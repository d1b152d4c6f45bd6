import type { IncomingMessage, ServerResponse } from "node:http";

/** Source: learn.microsoft.com/azure/azure-functions/functions-app-settings, FUNCTIONS_REQUEST_BODY_SIZE_LIMIT. */
const BODY_LIMIT_BYTES = 104_857_600;

/** A refusal on the way: the status and a sentence for the caller. */
export class HttpRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "HttpRefusal";
    this.status = status;
  }
}

/** One HTTP request with its parsed address, and how it is answered. */
export class RequestContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Decoded, e.g. "/api/tickets/RITM 1". */
  readonly path: string;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    const address = `http://${request.headers.host ?? "127.0.0.1"}${request.url ?? "/"}`;
    if (!URL.canParse(address)) throw new HttpRefusal(400, `The address ${address} cannot be read.`);
    this.url = new URL(address);
    this.path = decodedPath(this.url.pathname);
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(",") : value;
  }

  query(name: string): string | undefined {
    return this.url.searchParams.get(name) ?? undefined;
  }

  async body(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let lengthBytes = 0;
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      lengthBytes += chunk.length;
      if (lengthBytes > BODY_LIMIT_BYTES) {
        throw new HttpRefusal(
          413,
          `The body is larger than ${BODY_LIMIT_BYTES} bytes, the limit of the Functions host.`,
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** The body as JSON; undefined when it is empty. */
  async json(): Promise<unknown> {
    const text = (await this.body()).toString("utf8");
    if (text.trim() === "") return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw new HttpRefusal(400, `The body is not JSON: ${(error as Error).message}`);
    }
  }

  answer(status: number, headers: Readonly<Record<string, string | readonly string[]>> = {}, body?: Uint8Array): void {
    this.response.writeHead(status, headers as Record<string, string | string[]>);
    this.response.end(this.method === "HEAD" ? undefined : body);
  }

  answerJson(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
    const contentType = { "content-type": "application/json; charset=utf-8" };
    this.answer(status, { ...contentType, ...headers }, Buffer.from(JSON.stringify(value)));
  }

  answerText(status: number, text: string): void {
    this.answer(status, { "content-type": "text/plain; charset=utf-8" }, Buffer.from(text));
  }
}

function decodedPath(pathname: string): string {
  try {
    return decodeURI(pathname);
  } catch {
    throw new HttpRefusal(400, `The path ${pathname} is not well encoded.`);
  }
}
