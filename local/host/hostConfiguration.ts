import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** What the local host reads of host.json; the rest is for Azure. */
const hostJson = z.object({
  version: z.literal("2.0"),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().optional() }).optional(),
      durableTask: z
        .object({
          hubName: z.string().optional(),
          maxConcurrentActivityFunctions: z.int().positive().optional(),
        })
        .optional(),
    })
    .optional(),
});

const localSettingsJson = z.object({ Values: z.record(z.string(), z.string()).optional() });

export interface HostConfiguration {
  readonly routePrefix: string;
  readonly taskHub: string;
  readonly maximumConcurrentActivities: number;
  /** local.settings.json#Values. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Activities side by side where host.json does not say. Source: learn.microsoft.com/azure/azure-functions/durable/durable-functions-perf-and-scale, Consumption. */
const DEFAULT_CONCURRENT_ACTIVITY_COUNT = 10;

export function readHostConfiguration(appDirectory: string): HostConfiguration {
  const host = readJson(join(appDirectory, "host.json"), hostJson);
  if (host === undefined) throw new Error(`${appDirectory} has no host.json; it must be the root of a Functions app.`);
  const durable = host.extensions?.durableTask;
  return {
    routePrefix: host.extensions?.http?.routePrefix ?? "api",
    taskHub: durable?.hubName ?? "TestHubName",
    maximumConcurrentActivities: durable?.maxConcurrentActivityFunctions ?? DEFAULT_CONCURRENT_ACTIVITY_COUNT,
    settings: readJson(join(appDirectory, "local.settings.json"), localSettingsJson)?.Values ?? {},
  };
}

function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
