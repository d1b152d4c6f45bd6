import * as z from "zod";
import { type DryRunAnswer, dryRunAnswer } from "../contracts/dryRunAnswer.ts";
import { type TicketStatus, ticketStatus } from "../contracts/ticketStatus.ts";

/** The app said no; `mistakes` lists each with the JSON pointer of its place in the ticket. */
export class TicketRefused extends Error {
  readonly status: number;
  readonly mistakes: readonly { readonly pointer: string; readonly message: string }[];

  constructor(status: number, message: string, mistakes: TicketRefused["mistakes"]) {
    super(message);
    this.name = "TicketRefused";
    this.status = status;
    this.mistakes = mistakes;
  }
}

/** No answer, or the answer of a host that is starting, stopping or overloaded: worth trying again. */
export class AppUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AppUnreachable";
  }
}

const accepted = z.object({ ticket: z.string(), statusUrl: z.string() });

const problem = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  mistakes: z.array(z.object({ pointer: z.string(), message: z.string() })).default([]),
});

/** Longest wait for one answer. The app answers in well under a second; a cold start takes several. */
const ANSWER_TIMEOUT_MS = 30_000;

/** A dry run reads all of an environment in Azure: seconds, and up to a minute when Azure does not answer. */
const DRY_RUN_TIMEOUT_MS = 90_000;

export interface TicketClientOptions {
  readonly target: URL;
  readonly functionKey?: string | undefined;
}

/** Speaks to the app over HTTP. Each method makes one attempt. */
export class TicketClient {
  readonly #target: URL;
  readonly #functionKey: string | undefined;

  constructor(options: TicketClientOptions) {
    this.#target = options.target;
    this.#functionKey = options.functionKey;
  }

  /** Submits a ticket; the same ticket again changes nothing. Returns where its status is. */
  async submit(ticket: unknown): Promise<URL> {
    const answer = await this.#send("POST", this.#url("/api/tickets"), ticket);
    const { statusUrl } = understand(accepted, answer);
    return this.#statusUrl(statusUrl);
  }

  /** What the ticket would do. Changes nothing. */
  async dryRun(ticket: unknown): Promise<DryRunAnswer> {
    return understand(dryRunAnswer, await this.#send("POST", this.#url("/api/dryRuns"), ticket, DRY_RUN_TIMEOUT_MS));
  }

  status(url: URL): Promise<TicketStatus> {
    return this.#send("GET", url).then((answer) => understand(ticketStatus, answer));
  }

  async cancel(number: string): Promise<void> {
    await this.#send("POST", this.#url(`/api/tickets/${encodeURIComponent(number)}/cancel`));
  }

  async retry(number: string): Promise<void> {
    await this.#send("POST", this.#url(`/api/tickets/${encodeURIComponent(number)}/retry`));
  }

  ticketUrl(number: string): URL {
    return this.#url(`/api/tickets/${encodeURIComponent(number)}`);
  }

  #url(path: string): URL {
    return new URL(`${this.#target.pathname.replace(/\/+$/, "")}${path}`, this.#target);
  }

  /** The key goes to the app alone: a status address on another origin is read by its path. */
  #statusUrl(text: string): URL {
    const url = new URL(text, this.#target);
    return url.origin === this.#target.origin ? url : new URL(url.pathname + url.search, this.#target);
  }

  async #send(
    method: "GET" | "POST",
    url: URL,
    body?: unknown,
    timeoutMilliseconds = ANSWER_TIMEOUT_MS,
  ): Promise<unknown> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.#functionKey !== undefined) headers["x-functions-key"] = this.#functionKey;
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const request: RequestInit = { method, headers, redirect: "error", signal };
    if (body !== undefined) request.body = JSON.stringify(body);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, request);
      text = await response.text();
    } catch (error) {
      throw new AppUnreachable(`${url.origin} does not answer (${reasonOf(error)}).`, { cause: error });
    }
    if (response.ok) return parseJson(text, url);
    if (response.status === 429 || response.status >= 500) {
      throw new AppUnreachable(`${url.origin} answers ${response.status} ${response.statusText}.`);
    }
    throw refusal(response.status, text, url);
  }
}

function refusal(status: number, text: string, url: URL): TicketRefused {
  const { data } = problem.safeParse(tryJson(text));
  const said = [data?.title, data?.detail].filter((part) => part !== undefined && part !== "").join(": ");
  const otherwise =
    status === 401 || status === 403 ? `The app wants a function key (${status})` : `${url.pathname} answers ${status}`;
  return new TicketRefused(status, said === "" ? `${otherwise}.` : said, data?.mistakes ?? []);
}

function parseJson(text: string, url: URL): unknown {
  const json = tryJson(text);
  if (json === undefined) throw new Error(`${url.href} did not answer with JSON: is it a Portcullis app?`);
  return json;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function understand<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new Error(`The app's answer is not understood (${places}): use the command line of the app's own version.`);
}

/** Node's fetch says only "fetch failed"; the reason stands in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return cause.message === "" ? code : cause.message;
}
