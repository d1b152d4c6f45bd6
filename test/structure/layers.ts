import type { Source, SourceImport } from "./sources.ts";

/**
 * Who may import whom (the design's layers). A layer is the first entry whose folder a file is in; it sees its own
 * files, the layers and packages named, and the types of those named behind `types`.
 */

interface Layer {
  readonly folder: string;
  readonly layers: readonly string[];
  readonly types?: readonly string[];
  readonly packages: readonly string[];
}

export const layers: readonly Layer[] = [
  { folder: "src/domain", layers: [], packages: ["ip-address", "uuid"] },
  { folder: "src/contracts", layers: ["src/domain"], packages: ["zod"] },
  { folder: "src/resources", layers: ["src/domain"], packages: ["uuid"] },
  {
    folder: "src/azure",
    layers: ["src/domain"],
    types: ["src/config.ts", "src/resources", "src/contracts"],
    packages: ["@azure/*", "fflate", "node:*", "p-limit", "zod"],
  },
  { folder: "src/alerts", layers: ["src/domain"], packages: ["@azure/eventgrid", "@azure/identity", "node:*"] },
  {
    folder: "src/itsm",
    layers: ["src/domain", "src/contracts", "src/alerts"],
    types: ["src/config.ts"],
    packages: ["node:*", "zod"],
  },
  {
    folder: "src/activities",
    layers: ["src/domain", "src/resources", "src/contracts", "src/azure", "src/alerts", "src/itsm"],
    types: ["src/durableInstances.ts"],
    packages: [],
  },
  {
    folder: "src/orchestrators",
    layers: ["src/domain"],
    types: ["src/activities", "src/entities"],
    packages: ["durable-functions"],
  },
  { folder: "src/entities", layers: ["src/domain"], packages: ["durable-functions"] },
  {
    folder: "src/functions",
    layers: ["src/domain", "src/contracts", "src/durableInstances.ts"],
    types: ["src/orchestrators", "src/entities"],
    packages: ["@azure/functions", "node:crypto"],
  },
  {
    folder: "src/cli",
    layers: ["src/contracts"],
    packages: ["node:*", "log-update", "picocolors", "string-width", "zod"],
  },
  { folder: "src/config.ts", layers: [], packages: ["node:fs", "zod"] },
  { folder: "src/durableInstances.ts", layers: [], packages: ["@azure/functions", "durable-functions"] },
  { folder: "src/app.ts", layers: ["src"], packages: ["@azure/functions", "durable-functions"] },
  { folder: "local/clock.ts", layers: [], packages: [] },
  { folder: "local/listen.ts", layers: [], packages: ["node:*"] },
  { folder: "local/azure", layers: ["local/clock.ts", "local/listen.ts"], packages: ["*"] },
  { folder: "local/host", layers: ["local/clock.ts", "local/listen.ts"], packages: ["*"] },
  { folder: "local/itsm", layers: ["local/clock.ts", "local/listen.ts"], packages: ["*"] },
  { folder: "scripts", layers: [], packages: ["*"] },
  { folder: "demo", layers: ["src/cli", "src/contracts", "scripts"], packages: ["*"] },
  { folder: "bench", layers: ["src", "local", "scripts", "test"], packages: ["*"] },
  { folder: "test", layers: ["src", "local", "scripts", "bench", "demo"], packages: ["*"] },
];

/** The imports of a file that its layer must not have, in sentences. */
export function layerMistakes({ file, imports }: Pick<Source, "file" | "imports">): string[] {
  const layer = layers.find(({ folder }) => isIn(file, folder));
  if (layer === undefined) return [`${file} is in no layer: name its folder in test/structure/layers.ts.`];
  return imports
    .filter((one) => !isAllowed(one, layer))
    .map(({ line, target }) => `${file}:${line} imports ${target}, which ${layer.folder} must not know.`);
}

function isAllowed({ target, isOwn, isTypeOnly }: SourceImport, layer: Layer): boolean {
  if (!isOwn) return layer.packages.some((pattern) => matches(target, pattern));
  const folders = [layer.folder, ...layer.layers, ...(isTypeOnly ? (layer.types ?? []) : [])];
  return folders.some((folder) => isIn(target, folder));
}

function isIn(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
