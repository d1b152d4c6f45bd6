/**
 * Where Event Grid delivers: POST /runtime/webhooks/eventgrid?functionName=NAME, in the Event Grid schema and as
 * CloudEvents 1.0 (structured). Custom headers and keys are not looked at, as with Core Tools.
 */
import type { RegisteredFunction } from "../app/functionApp.ts";
import type { Invoker } from "../app/invoker.ts";
import { isTriggeredBy } from "../app/supportedBindings.ts";
import { HttpRefusal, type RequestContext } from "./requestContext.ts";

export const EVENT_GRID_PATH = "/runtime/webhooks/eventgrid";

export class EventGridEndpoint {
  readonly #invoker: Invoker;
  readonly #log: (line: string) => void;

  constructor(invoker: Invoker, log: (line: string) => void) {
    this.#invoker = invoker;
    this.#log = log;
  }

  async handle(context: RequestContext): Promise<void> {
    const name = context.query("functionName") ?? "";
    const registered = this.#invoker.app.find(name);
    if (registered === undefined || !isTriggeredBy(registered, "eventGridTrigger")) {
      throw new HttpRefusal(404, `cannot find function: '${name}'`);
    }
    if (context.method === "OPTIONS") return acceptCloudEvents(context);
    if (context.method !== "POST") throw new HttpRefusal(405, "Event Grid delivers by POST.");
    switch (context.header("aeg-event-type")?.toLowerCase()) {
      case "subscriptionvalidation":
        return context.answerJson(200, { validationResponse: validationCodeOf(await context.json()) });
      case "unsubscribe":
        return context.answer(202);
      case "notification":
        return this.#deliver(context, registered);
      default:
        throw new HttpRefusal(
          400,
          "The header aeg-event-type must be SubscriptionValidation, Notification or Unsubscribe.",
        );
    }
  }

  /** One invocation an event, or one for all with cardinality "many". 500 makes Event Grid deliver again. */
  async #deliver(context: RequestContext, registered: RegisteredFunction): Promise<void> {
    const body = await context.json();
    if (typeof body !== "object" || body === null) throw new HttpRefusal(400, "The body holds no events.");
    const events: readonly { readonly data?: unknown }[] = Array.isArray(body) ? body : [body];
    const batches = registered.trigger.cardinality === "many" ? [events] : events;
    const results = await Promise.allSettled(
      batches.map((batch) => this.#invoker.invoke(registered, { string: JSON.stringify(batch) })),
    );
    const failures = results.filter((result) => result.status === "rejected");
    for (const { reason } of failures) {
      this.#log(`[error] ${registered.name}: ${reason instanceof Error ? (reason.stack ?? reason.message) : reason}`);
    }
    context.answer(failures.length > 0 ? 500 : 202);
  }
}

/** The handshake of CloudEvents web hooks. */
function acceptCloudEvents(context: RequestContext): void {
  const origin = context.header("webhook-request-origin");
  if (origin === undefined) throw new HttpRefusal(400, "The header WebHook-Request-Origin is missing.");
  context.answer(200, { "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*" });
}

function validationCodeOf(body: unknown): string {
  const code = (body as readonly { readonly data?: { readonly validationCode?: unknown } }[] | undefined)?.[0]?.data
    ?.validationCode;
  if (typeof code !== "string") throw new HttpRefusal(400, "The body must be [{ data: { validationCode } }].");
  return code;
}
