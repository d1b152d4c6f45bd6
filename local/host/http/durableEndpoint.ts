/**
 * The management API of the Durable extension, as durable-functions 3.5.0 and people with curl use it, under
 * /runtime/webhooks/durabletask and (for the library) /durabletask. Keys are off, as with Core Tools.
 */
import { durableClientPayload, RPC_PATH, WEBHOOK_PATH } from "../durable/durableClientPayload.ts";
import type { DurableOperations } from "../durable/durableOperations.ts";
import type { HistoryEvent } from "../durable/historyEvent.ts";
import { instanceView, isRunning } from "../durable/instanceView.ts";
import { RefusedOperation } from "../durable/refusedOperation.ts";
import type { Store } from "../store/store.ts";
import { listInstances, purgeInstances } from "./instanceQueries.ts";
import { HttpRefusal, type RequestContext } from "./requestContext.ts";

export interface DurableEndpointOptions {
  readonly store: Store;
  readonly operations: DurableOperations;
  readonly hostUrl: string;
  readonly taskHub: string;
}

export function isDurablePath(path: string): boolean {
  return basePathOf(path) !== undefined;
}

export class DurableEndpoint {
  readonly #options: DurableEndpointOptions;

  constructor(options: DurableEndpointOptions) {
    this.#options = options;
  }

  async handle(context: RequestContext): Promise<void> {
    const hub = context.query("taskHub");
    if (hub !== undefined && hub.toLowerCase() !== this.#options.taskHub.toLowerCase()) {
      throw new HttpRefusal(400, `This host has the task hub '${this.#options.taskHub}', not '${hub}'.`);
    }
    // Split before decoding: a name may hold an encoded slash.
    const base = basePathOf(context.url.pathname) ?? "";
    const [collection, ...rest] = context.url.pathname
      .slice(base.length + 1)
      .split("/")
      .map(decoded);
    try {
      await this.#dispatch(context, collection ?? "", rest);
    } catch (error) {
      if (!(error instanceof RefusedOperation)) throw error;
      if (error.status === 400) context.answerJson(400, argumentError(error.message));
      else context.answerText(error.status, error.message);
    }
  }

  #dispatch(context: RequestContext, collection: string, rest: readonly string[]): Promise<void> | void {
    const [first = "", second = "", third = ""] = rest;
    switch (`${context.method} ${collection}`) {
      case "POST orchestrators":
        return this.#start(context, first, second);
      case "GET instances":
        return first === "" ? listInstances(context, this.#options.store) : this.#show(context, first);
      case "DELETE instances":
        return first === "" ? purgeInstances(context, this.#options) : this.#purge(context, first);
      case "POST instances":
        return this.#control(context, first, second.toLowerCase(), third);
      case "GET entities":
        return this.#readEntity(context, first, second);
      case "POST entities":
        return this.#signalEntity(context, first, second);
      default:
        throw notThere(context);
    }
  }

  async #start(context: RequestContext, name: string, id: string): Promise<void> {
    if (context.query("timeout") !== undefined)
      throw notImplemented("Starting and waiting", "start, then ask for status");
    const input = await jsonText(context);
    const version = context.query("version");
    const started = this.#options.operations.startNew({ name, id, version, input });
    const links = this.#managementLinks(context, started);
    const location = { location: links.statusQueryGetUri ?? "", "retry-after": "10" };
    context.answerJson(202, links, location);
  }

  #show(context: RequestContext, id: string): void {
    const instance = this.#options.operations.instance(id);
    const events = (): HistoryEvent[] =>
      this.#options.store.history.list(id).map((text) => JSON.parse(text) as HistoryEvent);
    const view = instanceView(instance, {
      showInput: flag(context, "showInput", true),
      showHistoryOutput: flag(context, "showHistoryOutput", false),
      ...(flag(context, "showHistory", false) ? { history: events() } : {}),
    });
    if (isRunning(instance)) context.answerJson(202, view, { location: context.url.href, "retry-after": "5" });
    else {
      const isError = instance.status === "Failed" && flag(context, "returnInternalServerErrorOnFailure", false);
      context.answerJson(isError ? 500 : 200, view);
    }
  }

  #purge(context: RequestContext, id: string): void {
    this.#options.operations.purge(id);
    context.answerJson(200, { instancesDeleted: 1 });
  }

  async #control(context: RequestContext, id: string, operation: string, eventName: string): Promise<void> {
    const { operations } = this.#options;
    const reason = context.query("reason") ?? null;
    switch (operation) {
      case "raiseevent":
        operations.instance(id);
        if (eventName === "") throw notThere(context);
        operations.raiseEvent(id, eventName, (await this.#eventInput(context)) ?? "null");
        break;
      case "terminate":
        operations.terminate(id, reason);
        break;
      case "suspend":
        operations.suspend(id, reason);
        break;
      case "resume":
        operations.resume(id, reason);
        break;
      case "rewind":
        throw notImplemented("Rewinding", "make the orchestrator resume from its own state");
      case "restart":
        throw notImplemented("Restarting", "start a new instance with the same input");
      default:
        throw notThere(context);
    }
    context.answer(202);
  }

  #eventInput(context: RequestContext): Promise<string | null> {
    if (!/^application\/json/i.test(context.header("content-type") ?? "")) {
      throw new HttpRefusal(400, "Only application/json request content is supported");
    }
    return jsonText(context);
  }

  #readEntity(context: RequestContext, name: string, key: string): void {
    if (name === "" || key === "") throw notImplemented("Listing entities", "read one entity by its name and key");
    const entity = this.#options.store.entities.get(`@${name.toLowerCase()}@${key}`);
    if (!entity.exists) context.answer(404);
    else context.answer(200, { "content-type": "application/json" }, Buffer.from(entity.state ?? "null"));
  }

  async #signalEntity(context: RequestContext, name: string, key: string): Promise<void> {
    if (name === "" || key === "") throw notThere(context);
    const input = (await jsonText(context)) ?? undefined;
    this.#options.operations.signalEntity(name, key, context.query("op") ?? "", input);
    context.answer(202);
  }

  #managementLinks(context: RequestContext, id: string): Record<string, string> {
    const { hostUrl, taskHub } = this.#options;
    const { managementUrls } = JSON.parse(durableClientPayload(hostUrl, taskHub)) as {
      readonly managementUrls: Readonly<Record<string, string>>;
    };
    const ofInstance = ([name, url]: readonly [string, string]): [string, string] => [
      name,
      url.replace(hostUrl, context.url.origin).replace("INSTANCEID", encodeURIComponent(id)),
    ];
    return { ...Object.fromEntries(Object.entries(managementUrls).map(ofInstance)), id };
  }
}

function basePathOf(path: string): string | undefined {
  return [WEBHOOK_PATH, RPC_PATH].find((base) => path.toLowerCase().startsWith(`${base}/`));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpRefusal(400, `'${segment}' is not well encoded.`);
  }
}

/** The body, checked to be JSON; null when it is empty. */
async function jsonText(context: RequestContext): Promise<string | null> {
  const text = (await context.body()).toString("utf8");
  if (text === "") return null;
  try {
    JSON.parse(text);
  } catch {
    throw new HttpRefusal(400, "Invalid JSON content");
  }
  return text;
}

function flag(context: RequestContext, name: string, otherwise: boolean): boolean {
  const value = context.query(name);
  return value === undefined ? otherwise : value.toLowerCase() === "true";
}

function argumentError(message: string): object {
  return { Message: "One or more of the arguments submitted is incorrect", ExceptionMessage: message };
}

function notThere(context: RequestContext): HttpRefusal {
  return new HttpRefusal(404, `The management API has no ${context.method} ${context.url.pathname}.`);
}

function notImplemented(what: string, instead: string): HttpRefusal {
  return new HttpRefusal(501, `${what} is not implemented by the local host; ${instead}.`);
}
