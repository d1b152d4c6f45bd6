import { type Reach, reachFrom } from "./clusterEgress.ts";
import type { ClusterObjects } from "./clusterObjects.ts";
import { textField } from "./jsonFields.ts";

/** A container image's name, as containerd completes it. */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  readonly reference: string;
}

export function parseImage(image: string): ImageName {
  const [, path = image, digest] = /^([^@]+)(?:@(.+))?$/.exec(image) ?? [];
  const [, name = path, tag] = /^(.+?)(?::([\w][\w.-]*))?$/.exec(path) ?? [];
  const first = name.split("/")[0] ?? "";
  const hasRegistry = name.includes("/") && (first.includes(".") || first.includes(":") || first === "localhost");
  const registry = hasRegistry ? first : "docker.io";
  const rest = hasRegistry ? name.slice(first.length + 1) : name;
  const repository = registry === "docker.io" && !rest.includes("/") ? `library/${rest}` : rest;
  return { registry, repository, reference: digest ?? tag ?? "latest" };
}

/** Tries to pull an image to a node; returns containerd's error text, or undefined when it is there. */
export function pullImage(cluster: ClusterObjects, nodeAddress: string, image: string): string | undefined {
  const name = parseImage(image);
  const full = `${name.registry}/${name.repository}:${name.reference}`;
  for (const host of registryHosts(name, textField(cluster.cluster?.body, "location") ?? "")) {
    const reached = reachFrom(cluster, { nodeAddress }, { host, port: 443, protocol: "HTTPS" });
    if (reached.outcome === "connected") continue;
    const request = `Head "https://${host}/v2/${name.repository}/manifests/${name.reference}": ${networkError(host, nodeAddress, reached)}`;
    return `failed to pull and unpack image "${full}": failed to resolve reference "${full}": failed to do request: ${request}`;
  }
  return undefined;
}

/**
 * The hosts that a pull talks to: manifests, tokens and layers.
 * Sources: learn.microsoft.com/azure/aks/outbound-rules-control-egress (MCR and its data endpoint) and
 * learn.microsoft.com/azure/aks/limit-egress-traffic (Docker Hub; its tokens come from auth.docker.io), checked 2026-11.
 */
function registryHosts(name: ImageName, location: string): readonly string[] {
  if (name.registry === "docker.io")
    return ["registry-1.docker.io", "auth.docker.io", "production.cloudflare.docker.com"];
  if (name.registry === "mcr.microsoft.com") return ["mcr.microsoft.com", `${location}.data.mcr.microsoft.com`];
  return [name.registry];
}

/** A connection that failed, as Go programs (containerd, helm) word it. */
export function networkError(
  host: string,
  sourceAddress: string,
  reached: Exclude<Reach, { outcome: "connected" }>,
): string {
  if (reached.outcome === "noSuchHost") return `dial tcp: lookup ${host} on 168.63.129.16:53: no such host`;
  if (reached.outcome === "timedOut") return `dial tcp ${reached.address}:443: i/o timeout`;
  return `read tcp ${sourceAddress}->${reached.address}:443: read: connection reset by peer`;
}
