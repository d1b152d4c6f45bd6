import { readFileSync } from "node:fs";
import * as z from "zod";

const FUNCTION_APP_ID_PATTERN =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+$/i;
const CONTAINER_ID_PATTERN =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+\/blobServices\/default\/containers\/[^/]+$/i;

/** A whole number between two limits, as a text. */
function wholeNumber(smallest: number, largest: number, otherwise: number) {
  const error = `must be a whole number from ${smallest} to ${largest}`;
  return z
    .string()
    .regex(/^\d{1,6}$/, error)
    .transform(Number)
    .refine((number) => number >= smallest && number <= largest, error)
    .default(otherwise);
}

/** The app's settings, one member an environment variable. Everything else about Azure is asked of Azure. */
const settings = z.object({
  AZURE_SUBSCRIPTION_ID: z.guid("must be the id of the subscription to build in"),
  /** Client id of the app's user-assigned identity. */
  AZURE_CLIENT_ID: z.guid("must be the client id of the app's user-assigned identity"),
  /** Azure Resource Manager; another one in a sovereign cloud. */
  ARM_ENDPOINT: z
    .url({ protocol: /^https$/, error: "must be an https address" })
    .default("https://management.azure.com"),
  /** PEM file of a private certificate authority in front of ARM. */
  ARM_CA_FILE: z.string().optional(),
  /** HTTP proxy through which the app looks at its own ingress from outside; none: directly. */
  INGRESS_PROBE_PROXY: z.url({ protocol: /^http$/, error: "must be an http address" }).optional(),
  /** When every environment's gateway routes are looked at, whatever events came: an NCRONTAB expression of six fields, in UTC. */
  ROUTE_SWEEP_SCHEDULE: z
    .string()
    .regex(/^\S+(\s+\S+){5}$/, "must be an NCRONTAB expression of six fields, the first one seconds")
    .default("0 */5 * * * *"),
  /** Resource id of this very function app, for Event Grid to deliver to; only environments with kubenet need it. */
  FUNCTION_APP_ID: z
    .string()
    .regex(FUNCTION_APP_ID_PATTERN, "must be a function app's resource id: /subscriptions/…/Microsoft.Web/sites/NAME")
    .optional(),
  /** Resource id of the blob container for events that could not be delivered; goes with the one before. */
  DEAD_LETTER_CONTAINER_ID: z
    .string()
    .regex(
      CONTAINER_ID_PATTERN,
      "must be a container's resource id: /subscriptions/…/blobServices/default/containers/NAME",
    )
    .optional(),
  /** The query API of Log Analytics, with its version; another one in a sovereign cloud. */
  LOGS_ENDPOINT: z
    .url({ protocol: /^https$/, error: "must be an https address" })
    .default("https://api.loganalytics.azure.com/v1"),
  /** When every environment's firewall log is read: an NCRONTAB expression of six fields, in UTC. */
  EGRESS_WATCH_SCHEDULE: z
    .string()
    .regex(/^\S+(\s+\S+){5}$/, "must be an NCRONTAB expression of six fields, the first one seconds")
    .default("0 */5 * * * *"),
  /** A case of denied egress is closed when nothing has come of it for so long. */
  EGRESS_QUIET_HOURS: wholeNumber(1, 24 * 30, 24),
  /** A log without any row for so long is a finding; Azure itself takes up to 20 minutes to show a row. */
  EGRESS_SILENCE_MINUTES: wholeNumber(20, 24 * 60, 60),
  /** So many refused connections open a case; what AKS needs opens one at once. */
  EGRESS_OPEN_AFTER_HITS: wholeNumber(1, 100_000, 1),
});

export interface Config {
  readonly subscriptionId: string;
  readonly clientId: string;
  /** Without a trailing slash. */
  readonly armEndpoint: string;
  readonly armCaPem: string | undefined;
  readonly ingressProbeProxy: string | undefined;
  readonly routeSweepSchedule: string;
  readonly functionAppId: string | undefined;
  readonly deadLetterContainerId: string | undefined;
  /** Without a trailing slash. */
  readonly logsEndpoint: string;
  readonly egressWatchSchedule: string;
  readonly egressQuietHours: number;
  readonly egressSilenceMinutes: number;
  readonly egressOpenAfterHits: number;
}

/** Reads the settings; one error names every setting that is missing or wrong. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`Settings are missing or wrong; see local.settings.sample.json.\n  ${mistakes.join("\n  ")}`);
  }
  const { data } = parsed;
  return {
    subscriptionId: data.AZURE_SUBSCRIPTION_ID,
    clientId: data.AZURE_CLIENT_ID,
    armEndpoint: data.ARM_ENDPOINT.replace(/\/+$/, ""),
    armCaPem: data.ARM_CA_FILE === undefined ? undefined : readFileSync(data.ARM_CA_FILE, "utf8"),
    ingressProbeProxy: data.INGRESS_PROBE_PROXY,
    routeSweepSchedule: data.ROUTE_SWEEP_SCHEDULE,
    functionAppId: data.FUNCTION_APP_ID,
    deadLetterContainerId: data.DEAD_LETTER_CONTAINER_ID,
    logsEndpoint: data.LOGS_ENDPOINT.replace(/\/+$/, ""),
    egressWatchSchedule: data.EGRESS_WATCH_SCHEDULE,
    egressQuietHours: data.EGRESS_QUIET_HOURS,
    egressSilenceMinutes: data.EGRESS_SILENCE_MINUTES,
    egressOpenAfterHits: data.EGRESS_OPEN_AFTER_HITS,
  };
}
