/**
 * HTTP functions. Keys are off (`authLevel` is ignored), as with Core Tools on a developer's machine: the host listens
 * on loopback only.
 */
import type { RegisteredFunction } from "../app/functionApp.ts";
import type { Invoker } from "../app/invoker.ts";
import { isTriggeredBy } from "../app/supportedBindings.ts";
import type { HttpCookie, HttpData } from "../app/typedData.ts";
import type { RequestContext } from "./requestContext.ts";
import { parseRouteTemplate, type RouteTemplate } from "./routeTemplate.ts";

interface HttpRoute {
  readonly template: RouteTemplate;
  /** Upper case; empty for any. */
  readonly methods: readonly string[];
  readonly registered: RegisteredFunction;
}

export class HttpTriggers {
  readonly #invoker: Invoker;
  readonly #log: (line: string) => void;
  readonly #routes: readonly HttpRoute[];

  constructor(invoker: Invoker, routePrefix: string, log: (line: string) => void) {
    this.#invoker = invoker;
    this.#log = log;
    this.#routes = invoker.app.functions
      .filter((registered) => isTriggeredBy(registered, "httpTrigger"))
      .map((registered) => routeOf(registered, routePrefix))
      .sort((left, right) => left.template.precedence.localeCompare(right.template.precedence));
  }

  /** Answers with the function whose route fits; 404 when there is none, also when only the method is another. */
  async handle(context: RequestContext): Promise<void> {
    for (const route of this.#routes) {
      if (route.methods.length > 0 && !route.methods.includes(context.method)) continue;
      const parameters = route.template.match(context.path);
      if (parameters !== undefined) return this.#invoke(context, route.registered, parameters);
    }
    context.answer(404);
  }

  async #invoke(
    context: RequestContext,
    registered: RegisteredFunction,
    parameters: Readonly<Record<string, string>>,
  ): Promise<void> {
    const http = await httpData(context, parameters);
    const traceParent = context.header("traceparent") ?? "";
    let answer: HttpData | null | undefined;
    try {
      const outcome = await this.#invoker.invoke(registered, { http }, { traceParent });
      answer = (await outcome.returnValue())?.http;
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log(`[error] ${registered.name}: ${text}`);
      context.answer(500);
      return;
    }
    if (answer === null || answer === undefined) context.answer(204);
    else answerWith(context, answer);
  }
}

function routeOf(registered: RegisteredFunction, routePrefix: string): HttpRoute {
  const { route, methods } = registered.trigger;
  const template = [routePrefix, route ?? registered.name].filter((part) => part !== "").join("/");
  return {
    template: parseRouteTemplate(template),
    methods: (methods ?? []).map((method) => method.toUpperCase()),
    registered,
  };
}

async function httpData(context: RequestContext, parameters: Readonly<Record<string, string>>): Promise<HttpData> {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(context.request.headers)) headers[name] = context.header(name) ?? "";
  const query: Record<string, string> = {};
  for (const name of new Set(context.url.searchParams.keys())) {
    query[name] = context.url.searchParams.getAll(name).join(",");
  }
  const bytes = await context.body();
  return {
    url: context.url.href,
    method: context.method,
    nullableHeaders: nullable(headers),
    nullableQuery: nullable(query),
    nullableParams: nullable(parameters),
    body: bytes.length === 0 ? undefined : { bytes },
  };
}

function nullable(values: Readonly<Record<string, string>>): Record<string, { readonly value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function answerWith(context: RequestContext, answer: HttpData): void {
  const headers: Record<string, string | readonly string[]> = { ...answer.headers };
  if (answer.cookies !== undefined && answer.cookies.length > 0) {
    headers["set-cookie"] = answer.cookies.map(cookieText);
  }
  const body = answer.body?.bytes ?? Buffer.from(answer.body?.string ?? "");
  context.answer(Number(answer.statusCode ?? 200), headers, body);
}

function cookieText(cookie: HttpCookie): string {
  const sameSite = { none: undefined, lax: "Lax", strict: "Strict", explicitNone: "None" }[cookie.sameSite ?? "none"];
  const expires = cookie.expires && new Date(cookie.expires.value.seconds * 1000).toUTCString();
  const parts = [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    cookie.expires && `Expires=${expires}`,
    cookie.maxAge && `Max-Age=${cookie.maxAge.value}`,
    cookie.domain && `Domain=${cookie.domain.value}`,
    cookie.path && `Path=${cookie.path.value}`,
    cookie.secure?.value === true && "Secure",
    cookie.httpOnly?.value === true && "HttpOnly",
    sameSite && `SameSite=${sameSite}`,
  ];
  return parts.filter(Boolean).join("; ");
}
