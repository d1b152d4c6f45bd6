/** What is read from Azure's and the sample's answers about the way in, and about the one way out. */
import { containsAddress } from "../domain/addressPrefix.ts";
import { nameOfId } from "../domain/armId.ts";
import { findMember } from "../domain/arrayElements.ts";
import { gatewayPartPrefix } from "../domain/gatewayShare.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { ids } from "../domain/resourceNames.ts";
import type { HttpAnswer, Look, VerificationInput } from "./commandDefinition.ts";

/** V-1: the table on the node subnet sends everything to the firewall. */
export function defaultRouteLook(table: JsonObject | undefined, { spec, outputs }: VerificationInput): Look {
  const about = (ok: boolean, detail: string): Look => ({
    finding: { id: "verifyDefaultRoute", ok, detail },
    final: ok,
  });
  const name = spec.cluster.routeTableName;
  if (table === undefined) return about(false, `The route table ${name} is gone.`);
  const route = objectsAt(table, "properties.routes").find(
    (item) => textAt(item, "properties.addressPrefix") === "0.0.0.0/0",
  );
  if (route === undefined) return about(false, `${name} has no route for 0.0.0.0/0.`);
  const hop = `${textAt(route, "properties.nextHopType")} ${textAt(route, "properties.nextHopIpAddress") ?? ""}`.trim();
  if (hop !== `VirtualAppliance ${outputs.firewallPrivateIpAddress}`) {
    return about(
      false,
      `0.0.0.0/0 in ${name} leads to ${hop}, not to the firewall at ${outputs.firewallPrivateIpAddress}.`,
    );
  }
  const subnet = ids.clusterSubnet(spec).toLowerCase();
  const attached = objectsAt(table, "properties.subnets").some((item) => textAt(item, "id")?.toLowerCase() === subnet);
  if (!attached) return about(false, `${name} is not attached to the subnet ${spec.cluster.subnet}.`);
  return about(
    true,
    `0.0.0.0/0 in ${name} leads to the firewall at ${outputs.firewallPrivateIpAddress}, and the table is on ${spec.cluster.subnet}.`,
  );
}

/** V-3 and V-4: the sample answers through the gateway, from one of its instances, and is told who asked. */
export function pingLook(answer: HttpAnswer, host: string, { spec, outputs }: VerificationInput): Look {
  const url = `http://${host}/ping`;
  // A name of the owner's must be in public DNS, which is nobody's job but theirs.
  const hint =
    spec.application.host === undefined || spec.application.host !== host
      ? ""
      : ` ${spec.application.host} must lead to the gateway at ${outputs.gatewayPublicIpAddress} in public DNS.`;
  const about = (ok: boolean, final: boolean, detail: string): Look => ({
    finding: { id: "verifyIngress", ok, detail: ok ? detail : `${detail}${hint}` },
    final,
  });
  if ("error" in answer) return about(false, false, `${url} gave no answer: ${answer.error}`);
  if (answer.status !== 200) return about(false, false, `${url} answered HTTP ${answer.status}.`);
  const { source, forwarded } = callOf(parsed(answer.body));
  if (source === undefined || forwarded === undefined) {
    return about(
      false,
      true,
      `${url} answered HTTP 200, but not with the sample's "source" and "forwarded": ${answer.body.slice(0, 200)}`,
    );
  }
  if (forwarded === "") return about(false, true, `${url} answered, but the gateway sent no X-Forwarded-For.`);
  const gateway = spec.spoke.subnets.find((subnet) => subnet.name === spec.gateway.subnet)?.addressPrefix ?? "";
  if (!containsAddress(gateway, source)) {
    return about(false, true, `The sample was called by ${source}, which is no instance of the gateway in ${gateway}.`);
  }
  return about(
    true,
    true,
    `${url} answered HTTP 200; the sample was called by the gateway's instance ${source} for ${forwarded} (X-Forwarded-For).`,
  );
}

/** Who called, and for whom: the seed's image says "source" and "forwarded", others that echo requests "sourceAddress" and "headers". */
function callOf(said: Json | undefined): {
  readonly source: string | undefined;
  readonly forwarded: string | undefined;
} {
  const headers = jsonAt(said, "headers");
  const forwardedHeader = isJsonObject(headers) ? findMember(headers, "x-forwarded-for")?.value : undefined;
  const source = textAt(said, "source") ?? textAt(said, "sourceAddress");
  const forwarded = textAt(said, "forwarded") ?? forwardedHeader;
  return {
    // Servers that listen on IPv6 write IPv4 callers in their own way.
    source: source?.replace(/^::ffff:/, ""),
    forwarded: typeof forwarded === "string" ? forwarded.trim() : isJsonObject(headers) ? "" : undefined,
  };
}

/** Every server behind the gateway is healthy, and there is one. */
export function backendHealthLook(answer: JsonObject, { spec }: VerificationInput): Look {
  const about = (ok: boolean, detail: string): Look => ({
    finding: { id: "verifyBackendHealth", ok, detail },
    final: ok,
  });
  const pools = objectsAt(answer, "backendAddressPools").filter(
    (pool) => spec.adopt?.gateway === undefined || isPoolOf(spec.cluster.name, pool),
  );
  const servers = serversOf(pools);
  if (servers.length === 0)
    return about(false, "The gateway has no backend server; the ingress controller has not written it yet.");
  const unwell = servers.filter(isUnwell);
  if (unwell.length > 0)
    return about(
      false,
      `${unwell.length} of ${servers.length} backend servers are not healthy: ${unwell.map(serverState).join("; ")}`,
    );
  return about(
    true,
    `All ${servers.length} backend servers are healthy: ${servers.map((server) => textAt(server, "address")).join(", ")}.`,
  );
}

/** On an adopted gateway the health of the operator's servers is no proof of ours. */
function isPoolOf(cluster: string, pool: JsonObject): boolean {
  return nameOfId(textAt(pool, "backendAddressPool.id") ?? "").startsWith(gatewayPartPrefix(cluster));
}

/** What the gateway says of its servers: how many there are, and in words those that are not healthy. */
export function unwellServers(answer: JsonObject): {
  readonly serverCount: number;
  readonly unwell: readonly string[];
} {
  const servers = serversOf(objectsAt(answer, "backendAddressPools"));
  return { serverCount: servers.length, unwell: servers.filter(isUnwell).map(serverState) };
}

function serversOf(pools: readonly JsonObject[]): readonly JsonObject[] {
  return pools
    .flatMap((pool) => objectsAt(pool, "backendHttpSettingsCollection"))
    .flatMap((settings) => objectsAt(settings, "servers"));
}

function isUnwell(server: JsonObject): boolean {
  return textAt(server, "health")?.toLowerCase() !== "healthy";
}

function serverState(server: JsonObject): string {
  const log = textAt(server, "healthProbeLog");
  return `${textAt(server, "address")} ${textAt(server, "health")}${log === undefined ? "" : ` (${log})`}`;
}

function objectsAt(value: Json | undefined, path: string): readonly JsonObject[] {
  const found = jsonAt(value, path);
  return isJsonArray(found) ? found.filter(isJsonObject) : [];
}

function parsed(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}
