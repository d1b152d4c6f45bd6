import { mkdir, readFile, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import path from "node:path";
import { strToU8, type Zippable, zipSync } from "fflate";
import * as z from "zod";
import { bundle, repositoryDirectory } from "./build.ts";

/**
 * `npm run package`: dist/portcullis.zip, the app as Flex Consumption takes it: host.json and package.json at the root, the
 * bundle below, and no node_modules. The same sources make the same bytes.
 * Source: learn.microsoft.com/azure/azure-functions/deployment-zip-push (requirements of the package), checked 2026-11.
 */

/** Files have no time in it but this one, the earliest that a ZIP can say. */
const MODIFIED_AT = new Date(1980, 0, 1);

/** What the Functions worker brings along. */
const PROVIDED = ["@azure/functions-core"];

/** What packages try to load and do without: coloured traces of `debug`, and Kerberos at a proxy in front of Azure. */
const OPTIONAL = ["kerberos", "supports-color"];

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  type: z.literal("module"),
  main: z.string(),
  engines: z.object({ node: z.string() }),
});

export async function packageApp(): Promise<Uint8Array> {
  const { outputFiles, externals } = await bundle({ app: "src/app.ts" });
  const known = new Set([...PROVIDED, ...OPTIONAL]);
  const missing = externals.filter((name) => !isBuiltin(name) && !known.has(name));
  if (missing.length > 0) throw new Error(`The app imports what the package would not hold: ${missing.join(", ")}.`);
  const bundled = outputFiles.map((file) => [path.relative(repositoryDirectory, file.path), file.contents] as const);
  const files: Zippable = {
    "host.json": await readFile(path.join(repositoryDirectory, "host.json")),
    "package.json": strToU8(`${JSON.stringify(await appManifest(), null, 2)}\n`),
    ...Object.fromEntries(bundled.map(([name, contents]) => [name.split(path.sep).join("/"), contents])),
  };
  const sorted = Object.fromEntries(Object.entries(files).sort(([left], [right]) => (left < right ? -1 : 1)));
  return zipSync(sorted, { level: 6, mtime: MODIFIED_AT });
}

/** Without scripts and dependencies: a build in Azure would install them, and there is nothing to install. */
async function appManifest(): Promise<z.infer<typeof manifest>> {
  return manifest.parse(JSON.parse(await readFile(path.join(repositoryDirectory, "package.json"), "utf8")));
}

if (import.meta.main) {
  const file = path.join(repositoryDirectory, "dist", "portcullis.zip");
  const contents = await packageApp();
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, contents);
  console.log(`${path.relative(process.cwd(), file)}  ${(contents.length / 1_000_000).toFixed(1)} MB`);
}
