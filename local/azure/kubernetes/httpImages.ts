/**
 * Images whose web server the local Azure knows. A container of another image runs, but what it would answer is not
 * known, so nothing listens at its ports: the gateway finds its pods unhealthy.
 */
import type { JsonObject } from "../core/resourceType.ts";
import type { WorkloadRequest, WorkloadResponse } from "../network/workloadDirectory.ts";
import type { ClusterObjects, KubernetesObject } from "./clusterObjects.ts";
import { parseImage } from "./imagePull.ts";
import { listField, textField } from "./jsonFields.ts";
import { nginxServers, serveNginx } from "./nginxServer.ts";

/** A running container that a request has come to. */
export interface Served {
  readonly cluster: ClusterObjects;
  readonly pod: KubernetesObject;
  readonly container: JsonObject;
  readonly port: number;
}

type Server = (served: Served, request: WorkloadRequest) => WorkloadResponse | undefined;

const SERVERS: readonly { readonly repository: RegExp; readonly serve: Server }[] = [
  // The seed's sample application (S-78), from docker hub or from any registry that mirrors it.
  { repository: /(^|\/)dummy-logger$/, serve: serveDummyLogger },
  // mcr.microsoft.com/azurelinux/base/nginx and docker hub's own.
  { repository: /(^|\/)nginx$/, serve: serveConfiguredNginx },
  // learn.microsoft.com/azure/aks/ingress-basic: the sample of Microsoft's own walk-throughs.
  { repository: /^azuredocs\/aks-helloworld$/, serve: servePage(80, "Welcome to Azure Kubernetes Service (AKS)") },
  // mcr.microsoft.com/dotnet/samples: the ASP.NET sample listens on 8080 since .NET 8.
  { repository: /^dotnet\/samples$/, serve: servePage(8080, "Welcome to .NET") },
];

/** The answer of a container's web server on a port; undefined when its image serves nothing there. */
export function serveHttp(served: Served, request: WorkloadRequest): WorkloadResponse | undefined {
  const { repository } = parseImage(textField(served.container, "image") ?? "");
  return SERVERS.find((known) => known.repository.test(repository))?.serve(served, request);
}

function serveConfiguredNginx(
  { cluster, pod, container, port }: Served,
  request: WorkloadRequest,
): WorkloadResponse | undefined {
  const servers = nginxServers(cluster, pod, container);
  const serving = { podName: pod.metadata.name, nowEpochMs: cluster.world.clock.now() };
  return typeof servers === "string" ? undefined : serveNginx(servers, port, request, serving);
}

/** The sample tells who called it: that is what its /ping is for. */
function serveDummyLogger({ pod, container, port }: Served, request: WorkloadRequest): WorkloadResponse | undefined {
  if (port !== 80) return undefined;
  const path = request.path.split("?")[0] ?? "/";
  if (path === "/healthz") return { status: 200, headers: { "content-type": "text/plain" }, body: "OK" };
  if (path === "/metrics") return { status: 200, headers: { "content-type": "text/plain; version=0.0.4" }, body: "" };
  if (path !== "/" && path !== "/ping")
    return { status: 404, headers: { "content-type": "text/plain" }, body: `Cannot GET ${path}` };
  const name = listField(container, "env").find((variable) => variable.name === "NAME");
  const body = {
    name: textField(name, "value") ?? "dummy-logger",
    pod: pod.metadata.name,
    host: request.host,
    path: request.path,
    source: request.sourceAddress,
    headers: { ...request.headers },
  };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function servePage(listensAt: number, title: string): Server {
  return ({ port }, request) => {
    if (port !== listensAt) return undefined;
    const isPage = (request.path.split("?")[0] ?? "/") === "/";
    const headers = { "content-type": isPage ? "text/html" : "text/plain" };
    return isPage
      ? { status: 200, headers, body: `<html><head><title>${title}</title></head></html>` }
      : { status: 404, headers, body: "Not Found" };
  };
}
