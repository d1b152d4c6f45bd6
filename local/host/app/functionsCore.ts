/**
 * The `@azure/functions-core` seam. There is no such package: `@azure/functions` requires it lazily, once per copy of
 * the library, and the language worker answers. We answer the same way, with `registerHooks` of node:module, which
 * covers `require` and `import`.
 *
 * Each copy of the library gets its own core object, because each has its own programming model. Which app a
 * registration belongs to is decided by which app is being loaded: two app directories may share one copy.
 *
 * The state stands on `globalThis`: a library keeps its core for the life of the process, even where a test runner
 * evaluates this file again.
 */
import { registerHooks } from "node:module";
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from "./programmingModel.ts";

/** What an app registers while it is loaded. */
export interface Registrar {
  readonly directory: string;
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback, model: ProgrammingModel): () => void;
  registerHook(name: string, callback: HookCallback): () => void;
  log(level: string, message: string): void;
}

export type HookCallback = (context: object) => unknown;

interface SeamState {
  loading: Registrar | undefined;
  lastLoaded: Registrar | undefined;
  readonly cores: Map<string, object>;
}

const STATE_KEY = Symbol.for("portcullis.local-host.functions-core");
const URL_SCHEME = "portcullis-functions-core:";

function seamState(): SeamState {
  const holder = globalThis as { [STATE_KEY]?: SeamState & { readonly coreFor: (url: string) => object } };
  let state = holder[STATE_KEY];
  if (state === undefined) {
    state = { loading: undefined, lastLoaded: undefined, cores: new Map(), coreFor };
    holder[STATE_KEY] = state;
    installHooks();
  }
  return state;
}

/** Runs `load` with all registrations of the libraries going to the registrar. Loads must not overlap. */
export async function whileLoading<T>(registrar: Registrar, load: () => Promise<T>): Promise<T> {
  const state = seamState();
  if (state.loading !== undefined) {
    throw new Error(`The app in ${state.loading.directory} is still being loaded; load apps one after another.`);
  }
  state.loading = registrar;
  state.lastLoaded = registrar;
  try {
    return await load();
  } finally {
    state.loading = undefined;
  }
}

function installHooks(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== "@azure/functions-core") return nextResolve(specifier, context);
      const url = `${URL_SCHEME}${encodeURIComponent(context.parentURL ?? "")}`;
      return { url, format: "commonjs", shortCircuit: true };
    },
    load(url, context, nextLoad) {
      if (!url.startsWith(URL_SCHEME)) return nextLoad(url, context);
      const source = `module.exports = globalThis[Symbol.for("portcullis.local-host.functions-core")].coreFor(${JSON.stringify(url)});`;
      return { format: "commonjs", shortCircuit: true, source };
    },
  });
}

function coreFor(url: string): object {
  const state = seamState();
  const existing = state.cores.get(url);
  if (existing !== undefined) return existing;
  const core = createCore(state);
  state.cores.set(url, core);
  return core;
}

/** All that the library uses of the core. Versions are those of the worker and host whose manners are copied. */
function createCore(state: SeamState): object {
  let model: ProgrammingModel | undefined;
  const loading = (what: string): Registrar => {
    if (state.loading === undefined) throw new Error(`A ${what} can only be registered during app startup.`);
    return state.loading;
  };
  return {
    version: "3.9.1",
    hostVersion: "4.1037.0",
    Disposable,
    setProgrammingModel: (next: ProgrammingModel) => {
      model = next;
    },
    getProgrammingModel: () => model,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) => {
      if (model === undefined) throw new Error("A function was registered before the programming model was set.");
      return new Disposable(loading("function").registerFunction(metadata, callback, model));
    },
    registerHook: (name: string, callback: HookCallback) =>
      new Disposable(loading("hook").registerHook(name, callback)),
    log: (level: string, _category: string, message: string) =>
      (state.loading ?? state.lastLoaded)?.log(level, message),
  };
}

class Disposable {
  #dispose: (() => unknown) | undefined;

  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }

  static from(...disposables: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): unknown {
    const dispose = this.#dispose;
    this.#dispose = undefined;
    return dispose?.();
  }
}
