import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, type OutputFile, type Plugin } from "esbuild";

/**
 * Bundles the app (dist/app.mjs) and the command line (dist/cli/portcullis.mjs). Everything behind an `await import()`
 * becomes a chunk of its own, so that indexing, HTTP and replays never pay for the Azure SDKs.
 */

export const repositoryDirectory = path.resolve(fileURLToPath(import.meta.url), "../..");

const outputDirectory = path.join(repositoryDirectory, "dist");

/** What a build is made of: it is out of date as soon as one of these is newer. */
const inputs = ["src", "package-lock.json", "scripts/build.ts"];

/**
 * Half of the Azure SDKs `require` their core packages and half import them, which would bundle the core twice: twice
 * the size, two socket pools, and errors of one copy that are no `instanceof` of the other.
 */
const oneCopyOfAzureCore: Plugin = {
  name: "oneCopyOfAzureCore",
  setup(build) {
    const asked = Symbol("asked");
    build.onResolve({ filter: /^(@azure(-rest)?\/(core-|abort|logger)|@typespec\/ts-http-runtime)/ }, (request) =>
      request.pluginData === asked || request.kind !== "require-call"
        ? undefined
        : build.resolve(request.path, {
            kind: "import-statement",
            resolveDir: request.resolveDir,
            pluginData: asked,
          }),
    );
  },
};

export interface BuildOptions {
  /** Also removes what earlier builds left behind. Not while something runs from dist: it may still load an old chunk. */
  readonly clean?: boolean;
}

/** Builds from scratch, in about a second. */
export async function buildApp(options: BuildOptions = {}): Promise<void> {
  const { outputFiles } = await bundle({ app: "src/app.ts", "cli/portcullis": "src/cli/main.ts" });
  await writeInPlace(outputFiles);
  if (options.clean === true) await removeAllBut(new Set(outputFiles.map((file) => file.path)));
}

export interface Bundle {
  /** With absolute paths below dist; nothing is written. */
  readonly outputFiles: readonly OutputFile[];
  /** What is imported and not bundled. */
  readonly externals: readonly string[];
}

/** Bundles entry points, given by their names in dist. */
export async function bundle(entryPoints: Readonly<Record<string, string>>): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: repositoryDirectory,
    entryPoints: { ...entryPoints },
    outdir: outputDirectory,
    outExtension: { ".js": ".mjs" },
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node22",
    format: "esm",
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    mainFields: ["module", "main"],
    // The Functions host provides this one; it is not on npm.
    external: ["@azure/functions-core"],
    plugins: [oneCopyOfAzureCore],
    // Two of the bundled packages are CommonJS and call `require` for Node's own modules.
    banner: {
      js: "import{createRequire as createRequireForBundle}from'node:module';const require=createRequireForBundle(import.meta.url);",
    },
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const externals = new Set(imports.flatMap(({ path: name, external }) => (external === true ? [name] : [])));
  return { outputFiles, externals: [...externals].sort() };
}

/** Builds only when a source is newer than the last build. */
export async function buildAppIfNeeded(): Promise<void> {
  const builtAt = await newestChange(path.join(outputDirectory, "app.mjs"));
  const changes = await Promise.all(inputs.map((input) => newestChange(path.join(repositoryDirectory, input))));
  if (builtAt === 0 || Math.max(...changes) >= builtAt) await buildApp();
}

/** Chunks first, the entry that names them last and by renaming: whoever starts meanwhile gets the old or the new app, whole. */
async function writeInPlace(files: readonly OutputFile[]): Promise<void> {
  const entriesLast = [...files].sort((left, right) => Number(isEntry(left.path)) - Number(isEntry(right.path)));
  for (const file of entriesLast) {
    const unfinished = `${file.path}.${process.pid}`;
    await mkdir(path.dirname(file.path), { recursive: true });
    await writeFile(unfinished, file.contents);
    await rename(unfinished, file.path);
  }
}

function isEntry(file: string): boolean {
  return path.basename(path.dirname(file)) !== "chunks" && file.endsWith(".mjs");
}

async function removeAllBut(kept: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(outputDirectory, { recursive: true, withFileTypes: true });
  const stale = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !kept.has(file));
  await Promise.all(stale.map((file) => rm(file, { force: true })));
}

/** Epoch milliseconds of the newest change at or below a path; 0 when there is nothing. */
async function newestChange(location: string): Promise<number> {
  const own = await stat(location).catch(() => undefined);
  if (own === undefined) return 0;
  if (!own.isDirectory()) return own.mtimeMs;
  const names = await readdir(location, { recursive: true });
  const changes = await Promise.all(names.map(async (name) => (await stat(path.join(location, name))).mtimeMs));
  return Math.max(own.mtimeMs, ...changes);
}

if (import.meta.main) await buildApp({ clean: true });
