import { readFileSync } from "node:fs";
import * as z from "zod";

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
});

export interface Config {
  readonly subscriptionId: string;
  readonly clientId: string;
  /** Without a trailing slash. */
  readonly armEndpoint: string;
  readonly armCaPem: string | undefined;
  readonly ingressProbeProxy: string | undefined;
}

/** Reads the settings; one error names every setting that is missing or wrong. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`Settings are missing or wrong; see local.settings.sample.json.\n  ${mistakes.join("\n  ")}`);
  }
  const { AZURE_SUBSCRIPTION_ID, AZURE_CLIENT_ID, ARM_ENDPOINT, ARM_CA_FILE, INGRESS_PROBE_PROXY } = parsed.data;
  return {
    subscriptionId: AZURE_SUBSCRIPTION_ID,
    clientId: AZURE_CLIENT_ID,
    armEndpoint: ARM_ENDPOINT.replace(/\/+$/, ""),
    armCaPem: ARM_CA_FILE === undefined ? undefined : readFileSync(ARM_CA_FILE, "utf8"),
    ingressProbeProxy: INGRESS_PROBE_PROXY,
  };
}
