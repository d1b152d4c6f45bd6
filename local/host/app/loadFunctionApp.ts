import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FunctionApp } from "./functionApp.ts";
import { whileLoading } from "./functionsCore.ts";
import { assertSupported } from "./supportedBindings.ts";

interface LoadedApps {
  readonly byKey: Map<string, Promise<FunctionApp>>;
  last: Promise<unknown>;
}

const APPS_KEY = Symbol.for("portcullis.local-host.apps");

/** What the worker tells the programming model that it can do. Source: azure-functions-nodejs-worker 3.9.1, WorkerInitHandler. */
const workerCapabilities = {
  RawHttpBodyBytes: "true",
  RpcHttpBodyOnly: "true",
  UseNullableValueDictionaryForHttp: "true",
  TypedDataCollection: "true",
};

/**
 * Loads the built app of a directory (package.json#main) as the Functions worker does. An app is loaded once in a
 * process under each name, because modules are: a second call gives the same app, and a rebuilt bundle needs a new process.
 */
export function loadFunctionApp(directory: string, loadAs = ""): Promise<FunctionApp> {
  const holder = globalThis as { [APPS_KEY]?: LoadedApps };
  holder[APPS_KEY] ??= { byKey: new Map(), last: Promise.resolve() };
  const apps = holder[APPS_KEY];
  const root = resolve(directory);
  const key = JSON.stringify([root, loadAs]);
  const loaded = apps.byKey.get(key) ?? apps.last.then(() => load(root, loadAs));
  apps.byKey.set(key, loaded);
  apps.last = loaded.catch(() => {});
  return loaded;
}

async function load(directory: string, loadAs: string): Promise<FunctionApp> {
  const app = new FunctionApp(directory);
  const { importNatively } = createRequire(import.meta.url)("./nativeImport.ts") as typeof import("./nativeImport.ts");
  await whileLoading(app, async () => {
    for (const file of entryPoints(directory)) await importNatively(moduleUrl(file, loadAs));
    await app.runAppHooks("appStart");
  });
  if (app.functions.length === 0) {
    throw new Error(`The app in ${directory} registered no function; its package.json#main must import them all.`);
  }
  for (const model of new Set(app.functions.map((registered) => registered.model))) {
    const capabilities = await model.getCapabilities({ ...workerCapabilities });
    if (capabilities.HttpUri !== undefined) {
      throw new Error(
        "The app asks for HTTP streaming (app.setup({ enableHttpStream: true })), which the local host does not implement; remove it.",
      );
    }
  }
  for (const registered of app.functions) assertSupported(registered);
  return app;
}

/** A module is the same as long as its URL is; the query makes another one of the same file. */
function moduleUrl(file: string, loadAs: string): string {
  const url = pathToFileURL(file);
  url.search = loadAs === "" ? "" : createHash("sha256").update(loadAs).digest("hex");
  return url.href;
}

function entryPoints(directory: string): string[] {
  const path = join(directory, "package.json");
  const { main } = JSON.parse(readFileSync(path, "utf8")) as { readonly main?: unknown };
  if (typeof main !== "string" || main === "") {
    throw new Error(`${path} has no "main"; it must name the built entry point of the app.`);
  }
  const files = globSync(main, { cwd: directory }).sort();
  if (files.length === 0) {
    throw new Error(`Found no file matching "${main}" in ${directory}; build the app first (npm run build).`);
  }
  return files.map((file) => join(directory, file));
}
