/** What the pods of the demonstration try, and how an application's owner would have it run: as jobs. */

export interface EgressTry {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Who tries what, in words. */
  readonly what: string;
  /** The environment's rules let it out. */
  readonly isAllowed: boolean;
  /** It is about an image that is pulled from there; else about what curl asks for. */
  readonly isPull: boolean;
}

const common = { isAllowed: false, isPull: false } as const;

/** One that is allowed, and a refused one of each kind that people meet. */
export const egressTries: readonly EgressTry[] = [
  {
    ...common,
    name: "catalog",
    host: "mcr.microsoft.com",
    port: 443,
    what: "asks a name that is allowed",
    isAllowed: true,
  },
  { ...common, name: "image", host: "quay.io", port: 443, what: "has its image there", isPull: true },
  { ...common, name: "partner", host: "api.example.com", port: 443, what: "asks a partner's API" },
  { ...common, name: "metrics", host: "203.0.113.10", port: 8080, what: "sends to an address, port 8080" },
  { ...common, name: "policies", host: "data.policy.core.windows.net", port: 443, what: "is an add-on of AKS" },
];

/** "quay.io:443". */
export function targetOf({ host, port }: Pick<EgressTry, "host" | "port">): string {
  return `${host}:${port}`;
}

export const NAMESPACE = "default";
/** The label by which the pods of one demonstration are found. */
export const RUN_LABEL = "egress-demo";
export const TRY_LABEL = "egress-try";

/** It brings curl, and the firewall lets it in. */
const CURL_IMAGE = "mcr.microsoft.com/azurelinux/base/core:3.0";
const REFUSED_IMAGE = "quay.io/curl/curl:8.10.1";
/** Attempts of an application that is refused; the first one included. */
export const ATTEMPTS = 3;
/** A packet that the firewall drops gives no answer: so long curl waits, in seconds. */
const CURL_SECONDS = 20;

export function jobNameOf({ name }: EgressTry, run: string): string {
  return `try-${name}-${run}`;
}

/** One list with a job for each. */
export function egressJobs(tries: readonly EgressTry[], run: string): object {
  return { apiVersion: "v1", kind: "List", items: tries.map((each) => jobOf(each, run)) };
}

function jobOf(each: EgressTry, run: string): object {
  const labels = { [RUN_LABEL]: run, [TRY_LABEL]: each.name };
  const url = each.isPull ? "https://mcr.microsoft.com/" : urlOf(each);
  const options = ["--silent", "--show-error", "--fail", "--max-time", String(CURL_SECONDS), "--output", "/dev/null"];
  const container = {
    name: each.name,
    image: each.isPull ? REFUSED_IMAGE : CURL_IMAGE,
    command: ["curl"],
    args: [...options, "--write-out", "%{http_code}", url],
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: jobNameOf(each, run), namespace: NAMESPACE, labels },
    spec: {
      backoffLimit: ATTEMPTS - 1,
      template: { metadata: { labels }, spec: { restartPolicy: "Never", containers: [container] } },
    },
  };
}

function urlOf({ host, port }: EgressTry): string {
  return port === 443 ? `https://${host}/` : `http://${host}:${port}/`;
}
