import type { JsonObject } from "../core/resourceType.ts";
import type { WorkloadRequest, WorkloadResponse } from "../network/workloadDirectory.ts";
import type { ClusterObjects, KubernetesObject } from "./clusterObjects.ts";
import { textsField } from "./jsonFields.ts";
import { mountedFile } from "./mountedFiles.ts";
import { type NginxLocation, type NginxServer, parseNginx } from "./nginxConfiguration.ts";

/** What the image serves when it is started without a configuration of one's own. */
const DEFAULT_SERVERS: readonly NginxServer[] = [
  {
    port: 80,
    locations: [
      {
        exact: true,
        path: "/",
        contentType: "text/html",
        status: 200,
        text: "<html><head><title>Welcome to nginx!</title></head></html>\n",
      },
    ],
  },
];

/** The servers that an nginx container is configured with; a string is why it does not start. */
export function nginxServers(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  container: JsonObject,
): readonly NginxServer[] | string {
  const argv = [...textsField(container, "command"), ...textsField(container, "args")];
  const at = argv.indexOf("-c");
  if (at < 0) return DEFAULT_SERVERS;
  const path = argv[at + 1] ?? "";
  const text = mountedFile(cluster, pod, container, path);
  return text === undefined
    ? `nginx: [emerg] open() "${path}" failed (2: No such file or directory)`
    : parseNginx(text);
}

/** The answer of an nginx server: the exact location, or the longest that the path starts with. */
export function serveNginx(
  servers: readonly NginxServer[],
  port: number,
  request: WorkloadRequest,
  serving: { readonly podName: string; readonly nowEpochMs: number },
): WorkloadResponse | undefined {
  const server = servers.find((candidate) => candidate.port === port);
  if (server === undefined) return undefined;
  const location = locationFor(server, request.path.split("?")[0] ?? "/");
  if (location === undefined)
    return {
      status: 404,
      headers: { "content-type": "text/html" },
      body: "<html><head><title>404 Not Found</title></head></html>\n",
    };
  const body = location.text.replace(/\$(\w+)/g, (_, name: string) => variable(name, request, serving));
  return { status: location.status, headers: { "content-type": location.contentType }, body };
}

function locationFor(server: NginxServer, path: string): NginxLocation | undefined {
  const exact = server.locations.find((location) => location.exact && location.path === path);
  const prefixes = server.locations.filter((location) => !location.exact && path.startsWith(location.path));
  return exact ?? prefixes.toSorted((left, right) => right.path.length - left.path.length)[0];
}

/** nginx's variables; one that is not set is empty. Source: nginx.org/en/docs/varindex.html. */
function variable(
  name: string,
  request: WorkloadRequest,
  serving: { readonly podName: string; readonly nowEpochMs: number },
): string {
  switch (name) {
    case "time_iso8601":
      return new Date(serving.nowEpochMs).toISOString().replace(/\.\d+Z$/, "+00:00");
    case "hostname":
      return serving.podName;
    case "remote_addr":
      return request.sourceAddress;
    case "host":
      return request.host.split(":")[0] ?? "";
    case "request_uri":
      return request.path;
    case "uri":
      return request.path.split("?")[0] ?? "";
    default:
      return name.startsWith("http_") ? headerNamed(request, name.slice("http_".length).replaceAll("_", "-")) : "";
  }
}

function headerNamed(request: WorkloadRequest, name: string): string {
  return Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? "";
}
