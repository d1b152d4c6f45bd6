/**
 * Images whose web server the local Azure knows. A container of another image runs, but what it would answer is not
 * known, so nothing listens at its ports: the gateway finds its pods unhealthy.
 */

import type { JsonObject } from "../core/resourceType.ts";
import type { WorkloadRequest, WorkloadResponse } from "../network/workloadDirectory.ts";
import { parseImage } from "./imagePull.ts";
import { listField, textField } from "./jsonFields.ts";

type Server = (request: WorkloadRequest, container: JsonObject, podName: string) => WorkloadResponse;

const SERVERS: readonly { readonly repository: RegExp; readonly ports: readonly number[]; readonly serve: Server }[] = [
  // The seed's sample application (S-78), from docker hub or from any registry that mirrors it.
  { repository: /(^|\/)dummy-logger$/, ports: [80], serve: serveDummyLogger },
  // learn.microsoft.com/azure/aks/ingress-basic: the sample of Microsoft's own walk-throughs.
  {
    repository: /^azuredocs\/aks-helloworld$/,
    ports: [80],
    serve: servePage("Welcome to Azure Kubernetes Service (AKS)"),
  },
  // hub.docker.com/r/microsoft/dotnet-samples: the ASP.NET sample listens on 8080 since .NET 8.
  { repository: /^dotnet\/samples$/, ports: [8080], serve: servePage("Welcome to .NET") },
];

/** The answer of a container's web server on a port; undefined when its image serves nothing there. */
export function serveHttp(
  container: JsonObject,
  port: number,
  podName: string,
  request: WorkloadRequest,
): WorkloadResponse | undefined {
  const { repository } = parseImage(textField(container, "image") ?? "");
  const server = SERVERS.find((known) => known.repository.test(repository) && known.ports.includes(port));
  return server?.serve(request, container, podName);
}

/** The sample tells who called it: that is what its /ping is for. */
function serveDummyLogger(request: WorkloadRequest, container: JsonObject, podName: string): WorkloadResponse {
  const path = request.path.split("?")[0] ?? "/";
  if (path === "/healthz") return { status: 200, headers: { "content-type": "text/plain" }, body: "OK" };
  if (path === "/metrics") return { status: 200, headers: { "content-type": "text/plain; version=0.0.4" }, body: "" };
  if (path !== "/" && path !== "/ping")
    return { status: 404, headers: { "content-type": "text/plain" }, body: `Cannot GET ${path}` };
  const name = listField(container, "env").find((variable) => variable["name"] === "NAME");
  const body = {
    name: textField(name, "value") ?? "dummy-logger",
    pod: podName,
    host: request.host,
    path: request.path,
    sourceAddress: request.sourceAddress,
    headers: { ...request.headers },
  };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function servePage(title: string): Server {
  return (request) => {
    const isPage = (request.path.split("?")[0] ?? "/") === "/";
    const headers = { "content-type": isPage ? "text/html" : "text/plain" };
    return isPage
      ? { status: 200, headers, body: `<html><head><title>${title}</title></head></html>` }
      : { status: 404, headers, body: "Not Found" };
  };
}
