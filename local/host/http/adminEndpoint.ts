import type { RegisteredFunction } from "../app/functionApp.ts";
import type { Invoker } from "../app/invoker.ts";
import { isTriggeredBy } from "../app/supportedBindings.ts";
import type { TimerTriggers } from "../timers/timerTriggers.ts";
import { HttpRefusal, type RequestContext } from "./requestContext.ts";

export interface AdminEndpointOptions {
  readonly invoker: Invoker;
  readonly timers: TimerTriggers;
  /** Runs work that outlives the request, with the clock held. */
  readonly inBackground: (name: string, work: () => Promise<unknown>) => void;
}

/** /admin: the host's status, its functions, and firing one by hand (POST /admin/functions/NAME with {"input": "…"}). */
export class AdminEndpoint {
  readonly #options: AdminEndpointOptions;

  constructor(options: AdminEndpointOptions) {
    this.#options = options;
  }

  async handle(context: RequestContext): Promise<void> {
    const [, resource, name] = context.path.slice(1).split("/");
    if (resource === "functions" && name !== undefined && context.method === "POST") {
      return this.#fire(context, decodeURIComponent(name));
    }
    if (context.method !== "GET") throw new HttpRefusal(404, "Known: POST /admin/functions/{name}.");
    switch (`${resource}/${name ?? ""}`) {
      case "host/status":
        return context.answerJson(200, { id: "local", state: "Running", version: "4.1037.0", errors: [] });
      case "host/ping":
        return context.answer(200);
      case "functions/":
        return context.answerJson(200, this.#options.invoker.app.functions.map(describe));
      default:
        throw new HttpRefusal(404, "Known: GET /admin/host/status, /admin/host/ping, /admin/functions.");
    }
  }

  async #fire(context: RequestContext, name: string): Promise<void> {
    const registered = this.#options.invoker.app.find(name);
    if (registered === undefined) throw new HttpRefusal(404, `There is no function '${name}'.`);
    const { input } = ((await context.json()) ?? {}) as { readonly input?: unknown };
    const text = typeof input === "string" ? input : JSON.stringify(input ?? "");
    this.#options.inBackground(registered.name, this.#workOf(registered, text));
    context.answer(202);
  }

  #workOf(registered: RegisteredFunction, input: string): () => Promise<unknown> {
    const { invoker, timers } = this.#options;
    if (isTriggeredBy(registered, "timerTrigger")) return () => timers.fireByHand(registered);
    if (isTriggeredBy(registered, "eventGridTrigger") || isTriggeredBy(registered, "manualTrigger")) {
      return () => invoker.invoke(registered, { string: input });
    }
    const message = `'${registered.name}' has a ${registered.trigger.type} and cannot be fired by hand; call its route, or start it with the durable client.`;
    throw new HttpRefusal(400, message);
  }
}

function describe(registered: RegisteredFunction): object {
  const { name, metadata } = registered;
  const bindings = Object.entries(metadata.bindings).map(([key, binding]) => ({ ...binding, name: key }));
  return { name, trigger: registered.trigger.type, bindings };
}
