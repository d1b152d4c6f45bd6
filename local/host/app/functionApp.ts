import { randomUUID } from "node:crypto";
import type { HookCallback, Registrar } from "./functionsCore.ts";
import type {
  Binding,
  CoreInvocationContext,
  FunctionCallback,
  FunctionMetadata,
  InvocationResponse,
  ProgrammingModel,
} from "./programmingModel.ts";
import type { TypedData } from "./typedData.ts";

export interface RegisteredFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly trigger: Binding & { readonly name: string };
  readonly callback: FunctionCallback;
  readonly model: ProgrammingModel;
}

export interface Invocation {
  readonly invocationId?: string;
  readonly inputs: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly traceParent?: string;
  readonly log: (level: string, message: string) => void;
}

export interface InvocationOutcome {
  /** What the function returned, as the worker sends it to the host. Made when it is asked for: it can be long. */
  returnValue(): Promise<TypedData | null | undefined>;
  /** The same before it was made into JSON: shows which actions are the same object. */
  readonly result: unknown;
}

const hookNames = ["appStart", "appTerminate", "preInvocation", "postInvocation"] as const;
type HookName = (typeof hookNames)[number];

/** A loaded app: its functions and hooks, and how one of them is invoked. It outlives the hosts that run it. */
export class FunctionApp implements Registrar {
  readonly directory: string;
  readonly #functions = new Map<string, RegisteredFunction>();
  readonly #hooks = new Map<HookName, HookCallback[]>(hookNames.map((name) => [name, []]));
  readonly #appHookData = {};
  /** Where the library's own messages go: the log of the host that started last. */
  logLine: (line: string) => void = () => {};

  constructor(directory: string) {
    this.directory = directory;
  }

  get functions(): readonly RegisteredFunction[] {
    return [...this.#functions.values()];
  }

  /** Function names are compared without regard to case, as the host does. */
  find(name: string): RegisteredFunction | undefined {
    return this.#functions.get(name.toLowerCase());
  }

  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback, model: ProgrammingModel): () => void {
    const key = metadata.name.toLowerCase();
    if (this.#functions.has(key)) {
      throw new Error(`A function with id "${metadata.name}" has already been registered.`);
    }
    const trigger = Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type));
    if (trigger === undefined) throw new Error(`Function "${metadata.name}" has no trigger; give it exactly one.`);
    this.#functions.set(key, {
      name: metadata.name,
      metadata: { ...metadata, functionId: metadata.name },
      trigger: { ...trigger[1], name: trigger[0] },
      callback,
      model,
    });
    return () => void this.#functions.delete(key);
  }

  registerHook(name: string, callback: HookCallback): () => void {
    const hooks = this.#hooks.get(name as HookName);
    if (hooks === undefined) {
      const message = `The local host runs the hooks ${hookNames.join(", ")}; it has no "${name}". Remove the hook, or add it to local/host/app/functionApp.ts.`;
      throw Object.assign(new RangeError(message), { isAzureFunctionsSystemError: true });
    }
    hooks.push(callback);
    return () => void hooks.splice(hooks.indexOf(callback), 1);
  }

  log(level: string, message: string): void {
    this.logLine(`[${level}] ${message}`);
  }

  async runAppHooks(name: "appStart" | "appTerminate"): Promise<void> {
    const data = { hookData: this.#appHookData, appHookData: this.#appHookData };
    await this.#runHooks(name, { ...data, functionAppDirectory: this.directory });
  }

  /** Invokes a function as the worker's invocation handler does; throws what the function threw. */
  async invoke(registered: RegisteredFunction, invocation: Invocation): Promise<InvocationOutcome> {
    const context = invocationContext(registered, invocation);
    const model = registered.model.getInvocationModel(context);
    const { context: userContext, inputs } = await model.getArguments();
    const shared = { hookData: {}, appHookData: this.#appHookData, invocationContext: userContext };
    const before = { ...shared, functionCallback: registered.callback, inputs };
    context.state = "preInvocationHooks";
    await this.#runHooks("preInvocation", before);
    const after: { result: unknown; error: unknown; inputs: unknown[] } & typeof shared = {
      ...shared,
      inputs: before.inputs,
      result: null,
      error: null,
    };
    context.state = "invocation";
    try {
      after.result = await model.invokeFunction(userContext, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error ?? new Error("The function threw nothing (undefined or null).");
    }
    context.state = "postInvocationHooks";
    await this.#runHooks("postInvocation", after);
    context.state = undefined;
    if (after.error !== null && after.error !== undefined) throw after.error;
    const { result } = after;
    const respond = (): Promise<InvocationResponse> => model.getResponse(userContext, result);
    return { result, returnValue: async () => (await respond()).returnValue };
  }

  async #runHooks(name: HookName, context: object): Promise<void> {
    for (const hook of this.#hooks.get(name) ?? []) await hook(context);
  }
}

function invocationContext(registered: RegisteredFunction, invocation: Invocation): CoreInvocationContext {
  const invocationId = invocation.invocationId ?? randomUUID();
  return {
    invocationId,
    request: {
      invocationId,
      functionId: registered.name,
      inputData: invocation.inputs,
      triggerMetadata: invocation.triggerMetadata ?? {},
      traceContext: { traceParent: invocation.traceParent ?? "", traceState: "", attributes: {} },
    },
    metadata: registered.metadata,
    state: undefined,
    log: (level, _category, message) => invocation.log(level, message),
  };
}
