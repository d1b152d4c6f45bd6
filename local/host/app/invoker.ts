import { randomUUID } from "node:crypto";
import type { FunctionApp, InvocationOutcome, RegisteredFunction } from "./functionApp.ts";
import { isDurableClient } from "./supportedBindings.ts";
import type { TypedData } from "./typedData.ts";

export interface InvokeOptions {
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly traceParent?: string;
}

/** Invokes functions of an app for one host: adds the durable client where a function asks for it, and logs under its name. */
export class Invoker {
  readonly app: FunctionApp;
  readonly #log: (line: string) => void;
  readonly #durableClientPayload: string;
  readonly #running = new Set<Promise<InvocationOutcome>>();

  constructor(app: FunctionApp, durableClientPayload: string, log: (line: string) => void) {
    this.app = app;
    this.#durableClientPayload = durableClientPayload;
    this.#log = log;
  }

  invoke(
    registered: RegisteredFunction,
    triggerData: TypedData,
    options: InvokeOptions = {},
  ): Promise<InvocationOutcome> {
    const inputs: { name: string; data: TypedData }[] = [{ name: registered.trigger.name, data: triggerData }];
    for (const [name, binding] of Object.entries(registered.metadata.bindings)) {
      if (binding.direction === "in" && isDurableClient(binding.type)) {
        inputs.push({ name, data: { string: this.#durableClientPayload } });
      }
    }
    const invocation = this.app.invoke(registered, {
      ...options,
      invocationId: randomUUID(),
      inputs,
      log: (level, message) => this.#log(`[${level}] ${registered.name}: ${message}`),
    });
    this.#running.add(invocation);
    const forget = (): void => void this.#running.delete(invocation);
    invocation.then(forget, forget);
    return invocation;
  }

  /** Settles when no code of the app runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
