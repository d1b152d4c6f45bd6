import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { attackIn } from "./attackPatterns.ts";
import { callServer, probeServer } from "./backendServer.ts";
import { partAt } from "./gatewayParts.ts";
import { type GatewayTarget, routeRequest, serversOf } from "./gatewayRouting.ts";
import { flagAt, idAt, numberAt, sameText, textAt } from "./jsonRead.ts";
import { servedGateway } from "./servedConfiguration.ts";

export interface GatewayRequest {
  readonly host: string;
  readonly path: string;
  readonly clientAddress: string;
  /** Port of the frontend; 80 when omitted. */
  readonly port?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** One sentence: which part of the gateway decided, and why. */
  readonly reason: string;
}

/** Sends a request through the gateway as it serves now, which is as it was before an update that still runs: firewall, listener, rule, path, pool, server. */
export function routeThroughGateway(
  world: AzureWorld,
  configured: StoredResource,
  request: GatewayRequest,
): GatewayResponse {
  const gateway = servedGateway(configured);
  const port = request.port ?? 80;
  if (textAt(gateway.body, "properties.operationalState") !== "Running") {
    return page(502, "502 Bad Gateway", `gateway ${gateway.name} is not running`);
  }
  const target = routeRequest(gateway.body, { host: request.host, path: request.path, port });
  const attack = attackIn(request.path);
  const policy = attack === undefined ? undefined : blockingPolicy(world, gateway);
  if (policy !== undefined) {
    return page(403, "403 Forbidden", `${policy} blocks the request as ${attack}`);
  }
  switch (target.kind) {
    case "none":
      return page(404, "404 Not Found", `gateway ${gateway.name}: ${target.reason}`);
    case "redirect":
      return redirected(gateway, target.redirect, request, target.rule);
    case "pool":
      return forward(world, gateway, target, { ...request, port });
  }
}

/** What blocks attacks: the gateway's policy, or the legacy configuration, if enabled and in Prevention mode. */
function blockingPolicy(world: AzureWorld, gateway: StoredResource): string | undefined {
  const policyId = idAt(gateway.body, "properties.firewallPolicy");
  const policy = policyId === undefined ? undefined : world.store.get(policyId);
  if (policy !== undefined) {
    const settings = policy.body.properties?.policySettings;
    const blocks = sameText(textAt(settings, "state"), "Enabled") && sameText(textAt(settings, "mode"), "Prevention");
    return blocks ? `web application firewall policy ${policy.name}` : undefined;
  }
  const legacy = gateway.body.properties?.webApplicationFirewallConfiguration;
  const blocks = flagAt(legacy, "enabled") && sameText(textAt(legacy, "firewallMode"), "Prevention");
  return blocks ? `the web application firewall configuration of ${gateway.name}` : undefined;
}

const redirectStatus: Readonly<Record<string, number>> = { permanent: 301, found: 302, seeother: 303, temporary: 307 };

function redirected(
  gateway: StoredResource,
  redirect: JsonObject,
  request: GatewayRequest,
  rule: string,
): GatewayResponse {
  const type = textAt(redirect, "properties.redirectType") ?? "Permanent";
  const [path = "", query] = request.path.split("?");
  const tail = flagAt(redirect, "properties.includePath") ? path : "";
  const search = query !== undefined && flagAt(redirect, "properties.includeQueryString") ? `?${query}` : "";
  const base = textAt(redirect, "properties.targetUrl") ?? listenerUrl(gateway, redirect, request);
  const answer = page(redirectStatus[type.toLowerCase()] ?? 301, "Redirected", `rule ${rule} redirects`);
  return {
    ...answer,
    headers: { ...answer.headers, location: `${base.replace(/\/$/, tail === "" ? "/" : "")}${tail}${search}` },
  };
}

function listenerUrl(gateway: StoredResource, redirect: JsonObject, request: GatewayRequest): string {
  const listener = partAt(gateway.body, idAt(redirect, "properties.targetListener"));
  const port = numberAt(partAt(gateway.body, idAt(listener, "properties.frontendPort")), "properties.port") ?? 80;
  const scheme = sameText(textAt(listener, "properties.protocol"), "Https") ? "https" : "http";
  const isDefault = port === (scheme === "https" ? 443 : 80);
  return `${scheme}://${textAt(listener, "properties.hostName") ?? request.host}${isDefault ? "" : `:${port}`}`;
}

/** First of the ports that clients' connections come from; X-Forwarded-For carries address and port. */
const ephemeralPorts = { first: 49_152, count: 16_384 } as const;

function forward(
  world: AzureWorld,
  gateway: StoredResource,
  target: Extract<GatewayTarget, { kind: "pool" }>,
  request: GatewayRequest & { readonly port: number },
): GatewayResponse {
  const probes = serversOf(target.pool).map((server) => probeServer(world, gateway, server, target.settings));
  // Health that cannot be retrieved is no verdict on the server: the gateway goes on sending requests.
  const usable = probes.filter((probe) => probe.health !== "Unhealthy");
  const poolName = textAt(target.pool, "name");
  const chosen = usable[Math.floor(world.random() * usable.length)];
  if (chosen === undefined) {
    const why = probes[0] === undefined ? "it is empty" : probes[0].log;
    return page(502, "502 Bad Gateway", `pool ${poolName} of rule ${target.rule} has no healthy server: ${why}`);
  }
  const answer = callServer(world, gateway, chosen.address, target.settings, {
    host: backendHost(target.settings, chosen.address, request.host),
    path: backendPath(target.settings, request.path),
    headers: forwardedHeaders(world, request),
  });
  if (answer.kind === "refused")
    return page(502, "502 Bad Gateway", `server ${chosen.address} of pool ${poolName}: ${answer.log}`);
  return {
    ...answer.response,
    reason: `rule ${target.rule} of gateway ${gateway.name} led to server ${chosen.address} of pool ${poolName}`,
  };
}

/** Source: learn.microsoft.com/azure/application-gateway/how-application-gateway-works ("Modifications to the request"), checked 2026-11. */
function forwardedHeaders(
  world: AzureWorld,
  request: GatewayRequest & { readonly port: number },
): Record<string, string> {
  const sent = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const clientPort = ephemeralPorts.first + Math.floor(world.random() * ephemeralPorts.count);
  const client = `${request.clientAddress}:${clientPort}`;
  const before = sent["x-forwarded-for"];
  return {
    ...sent,
    "x-forwarded-for": before === undefined ? client : `${before}, ${client}`,
    "x-forwarded-proto": request.port === 443 ? "https" : "http",
    "x-forwarded-port": String(request.port),
    "x-original-host": request.host,
    "x-original-url": request.path,
    "x-appgw-trace-id": world.newGuid().replaceAll("-", ""),
  };
}

function backendHost(settings: JsonObject, server: string, host: string): string {
  if (flagAt(settings, "properties.pickHostNameFromBackendAddress")) return server;
  const fixed = textAt(settings, "properties.hostName");
  return fixed === undefined || fixed === "" ? host : fixed;
}

/** The override path of the settings replaces the matched path's beginning; here it stands before the whole path. */
function backendPath(settings: JsonObject, path: string): string {
  const override = textAt(settings, "properties.path");
  return override === undefined || override === "" || override === "/" ? path : `${override.replace(/\/$/, "")}${path}`;
}

function page(status: number, title: string, reason: string): GatewayResponse {
  return {
    status,
    headers: { server: "Microsoft-Azure-Application-Gateway/v2", "content-type": "text/html" },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n`,
    reason,
  };
}
