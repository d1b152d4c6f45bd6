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

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What alerts are sent to: in clear text only where they do not leave the machine. */
const sinkUrl = z
  .url("must be an https address")
  .refine(isSafeUrl, "must be an https address (http only on loopback), without a user, a password or a #fragment");

function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK_HOSTS.has(url.hostname));
}

/** HMAC-SHA256 is as strong as its key up to this length. Source: RFC 2104, section 3. */
const LEAST_KEY_BYTES = 32;

const signingKey = z
  .base64("must be base64")
  .refine(
    (key) => Buffer.from(key, "base64").length >= LEAST_KEY_BYTES,
    `must be at least ${LEAST_KEY_BYTES} random bytes in base64, e.g. of: openssl rand -base64 ${LEAST_KEY_BYTES}`,
  );

/** A header's value: no line can be ended in it. */
const headerText = z.string().regex(/^[\x20-\x7e]+$/, "must be printable ASCII");

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
  /** Where alerts are posted, signed. */
  ALERT_WEBHOOK_URL: sinkUrl.optional(),
  /** What signs them: base64. */
  ALERT_WEBHOOK_KEY: signingKey.optional(),
  /** Signs as well, while receivers change to the other. */
  ALERT_WEBHOOK_PREVIOUS_KEY: signingKey.optional(),
  /** Endpoint of an Event Grid custom topic with the CloudEvents schema; the app's identity needs EventGrid Data Sender on it. */
  ALERT_TOPIC_ENDPOINT: sinkUrl.optional(),
  /** Incoming webhook of a chat; whoever knows it may post there. */
  ALERT_CARD_URL: sinkUrl.optional(),
  /** Which chat. */
  ALERT_CARD_STYLE: z.enum(["teams", "slack"], 'must be "teams" or "slack"').default("teams"),
  /** ServiceNow's table of incidents. */
  ITSM_INCIDENT_URL: sinkUrl
    .refine(
      (url) => /\/api\/now\/(v\d+\/)?table\/\w+\/?$/.test(URL.parse(url)?.pathname ?? "") && !url.includes("?"),
      "must end in /api/now/table/incident",
    )
    .optional(),
  /** Who writes them: user and password, or a token. */
  ITSM_USER: z
    .string()
    .regex(/^[^:]+$/, "must have no colon: basic authentication ends the name there")
    .optional(),
  ITSM_PASSWORD: z.string().optional(),
  ITSM_TOKEN: headerText.optional(),
  /** What incidents are resolved with: one of the choices of that system. */
  ITSM_CLOSE_CODE: z.string().default("Solution provided"),
});

type Settings = z.infer<typeof settings>;

/** Settings that mean something together only; looked at whatever else is wrong. */
function mistakesTogether(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const missing = settingsThatNeed
    .filter(([name, needs]) => given[name] !== undefined && needs.every((each) => given[each] === undefined))
    .map(([name, needs]) => `${name}: needs ${needs.join(" or ")} as well`);
  const isTwice = given.ITSM_TOKEN !== undefined && given.ITSM_USER !== undefined;
  return [...missing, ...(isTwice ? ["ITSM_TOKEN: goes without ITSM_USER, for only one of them can be used"] : [])];
}

/** Each with the settings of which it needs one. */
const settingsThatNeed: readonly (readonly [keyof Settings, readonly (keyof Settings)[]])[] = [
  ["ALERT_WEBHOOK_URL", ["ALERT_WEBHOOK_KEY"]],
  ["ALERT_WEBHOOK_KEY", ["ALERT_WEBHOOK_URL"]],
  ["ALERT_WEBHOOK_PREVIOUS_KEY", ["ALERT_WEBHOOK_KEY"]],
  ["ITSM_INCIDENT_URL", ["ITSM_USER", "ITSM_TOKEN"]],
  ["ITSM_USER", ["ITSM_INCIDENT_URL"]],
  ["ITSM_USER", ["ITSM_PASSWORD"]],
  ["ITSM_PASSWORD", ["ITSM_USER"]],
  ["ITSM_TOKEN", ["ITSM_INCIDENT_URL"]],
];

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
  readonly alerts: AlertConfig;
}

/** Where alerts go; what is absent is off. */
export interface AlertConfig {
  readonly webhook?: { readonly url: string; readonly keys: readonly string[] };
  readonly topicEndpoint?: string;
  readonly card?: { readonly url: string; readonly style: "teams" | "slack" };
  readonly itsm?: { readonly incidentUrl: string; readonly authorization: string; readonly closeCode: string };
}

/** Reads the settings; one error names every setting that is missing or wrong. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = settings.safeParse(given);
  const together = mistakesTogether(given);
  if (!parsed.success || together.length > 0) {
    const issues = parsed.error?.issues ?? [];
    const mistakes = [...issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`), ...together];
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
    alerts: alertConfig(data),
  };
}

function alertConfig(data: Settings): AlertConfig {
  const { ALERT_WEBHOOK_URL, ALERT_WEBHOOK_KEY, ALERT_WEBHOOK_PREVIOUS_KEY, ALERT_TOPIC_ENDPOINT, ALERT_CARD_URL } =
    data;
  const keys = [ALERT_WEBHOOK_KEY, ALERT_WEBHOOK_PREVIOUS_KEY].filter((key) => key !== undefined);
  const incidentUrl = data.ITSM_INCIDENT_URL?.replace(/\/+$/, "");
  const itsm = { authorization: authorizationOf(data), closeCode: data.ITSM_CLOSE_CODE };
  return {
    ...(ALERT_WEBHOOK_URL === undefined ? {} : { webhook: { url: ALERT_WEBHOOK_URL, keys } }),
    ...(ALERT_TOPIC_ENDPOINT === undefined ? {} : { topicEndpoint: ALERT_TOPIC_ENDPOINT }),
    ...(ALERT_CARD_URL === undefined ? {} : { card: { url: ALERT_CARD_URL, style: data.ALERT_CARD_STYLE } }),
    ...(incidentUrl === undefined ? {} : { itsm: { ...itsm, incidentUrl } }),
  };
}

function authorizationOf({ ITSM_TOKEN, ITSM_USER, ITSM_PASSWORD }: Settings): string {
  if (ITSM_TOKEN !== undefined) return `Bearer ${ITSM_TOKEN}`;
  return `Basic ${Buffer.from(`${ITSM_USER}:${ITSM_PASSWORD}`).toString("base64")}`;
}
