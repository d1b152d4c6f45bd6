/** The gateway that the watched ingresses make: every collection that the ingress controller owns, whole. */
import type { JsonObject, StoredResource } from "../../core/resourceType.ts";
import { type ClusterObjects, namespaceOf } from "../clusterObjects.ts";
import { listField, objectField, textField } from "../jsonFields.ts";
import { endpointAddresses } from "../serviceEndpoints.ts";
import type { AgicSettings } from "./agicSettings.ts";
import { GatewayNames, type ListenerKey } from "./gatewayNames.ts";
import { defaultProbeProperties, probeProperties } from "./gatewayProbe.ts";
import { annotationOf, type IngressBackend, ingressBackends } from "./ingressBackends.ts";
import { type GatewayTarget, isProhibited, prohibitedTargets } from "./prohibitedTargets.ts";

/** The collections of a gateway that the controller overwrites when it owns the whole gateway (not shared). */
export type OwnedCollections = Readonly<Record<(typeof OWNED_COLLECTIONS)[number], JsonObject[]>>;
export const OWNED_COLLECTIONS = [
  "backendAddressPools",
  "backendHttpSettingsCollection",
  "probes",
  "frontendPorts",
  "httpListeners",
  "urlPathMaps",
  "requestRoutingRules",
] as const;

const HTTP_PORT = 80;
/** First priority and distance of the controller's rules. Source: the controller's release notes 1.7 (rule priority), values as seen on gateways it wrote. */
const FIRST_PRIORITY = 19_005;
const PRIORITY_STEP = 5;

/** Builds the collections; undefined when the gateway has no frontend of the kind that the release asks for. */
export function gatewayConfiguration(
  cluster: ClusterObjects,
  settings: AgicSettings,
  gateway: Pick<StoredResource, "id" | "body">,
): OwnedCollections | undefined {
  const frontendId = frontendIdOf(settings, gateway);
  if (frontendId === undefined) return undefined;
  const builder = new Builder(cluster, settings, gateway.id, frontendId);
  const prohibited = prohibitedTargets(cluster, settings);
  return builder.build(
    ingressBackends(cluster, settings).filter((backend) => !isBackendProhibited(backend, prohibited)),
  );
}

/** Paths compare as the ingress writes them, before they become the gateway's patterns. */
function isBackendProhibited(
  { ingress, host, ruleIndex, pathIndex }: IngressBackend,
  prohibited: readonly GatewayTarget[],
): boolean {
  const path = textField(ingress, "spec", "rules", ruleIndex, "http", "paths", pathIndex, "path") ?? "";
  return isProhibited({ host, path }, prohibited);
}

function frontendIdOf(settings: AgicSettings, gateway: Pick<StoredResource, "id" | "body">): string | undefined {
  const wanted = settings.usePrivateIp ? "subnet" : "publicIPAddress";
  const found = listField(gateway.body, "properties", "frontendIPConfigurations").find(
    (configuration) => Object.keys(objectField(configuration, "properties", wanted)).length > 0,
  );
  return found === undefined ? undefined : `${gateway.id}/frontendIPConfigurations/${found.name}`;
}

class Builder {
  readonly #cluster: ClusterObjects;
  readonly #settings: AgicSettings;
  readonly #gatewayId: string;
  readonly #frontendId: string;
  readonly #names: GatewayNames;

  constructor(cluster: ClusterObjects, settings: AgicSettings, gatewayId: string, frontendId: string) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#gatewayId = gatewayId;
    this.#frontendId = frontendId;
    this.#names = new GatewayNames(settings.namePrefix);
  }

  build(backends: readonly IngressBackend[]): OwnedCollections {
    const hosts = backends.length === 0 ? [""] : [...new Set(backends.map((backend) => backend.host))];
    // Listeners with a host come before the one for every host.
    const keys = hosts.toSorted((left, right) => right.localeCompare(left)).map((host) => this.#listenerKey(host));
    const ofKey = (key: ListenerKey): IngressBackend[] => backends.filter((backend) => backend.host === key.host);
    return {
      backendAddressPools: byName([
        ...backends.map((backend) => this.#pool(backend)),
        item(this.#names.defaultPool, { backendAddresses: [] }),
      ]),
      backendHttpSettingsCollection: byName([
        ...backends.map((backend) => this.#httpSettings(backend)),
        this.#defaultSettings(),
      ]),
      probes: byName([
        ...backends.map((backend) => item(this.#probeName(backend), probeProperties(this.#cluster, backend))),
        item(this.#names.defaultProbe("Http"), defaultProbeProperties("Http")),
        item(this.#names.defaultProbe("Https"), defaultProbeProperties("Https")),
      ]),
      frontendPorts: [item(this.#names.frontendPort(HTTP_PORT), { port: HTTP_PORT })],
      httpListeners: byName(keys.map((key) => this.#listener(key))),
      urlPathMaps: byName(keys.flatMap((key) => this.#pathMap(key, ofKey(key)))),
      requestRoutingRules: byName(
        keys.map((key, index) => this.#rule(key, ofKey(key), FIRST_PRIORITY + index * PRIORITY_STEP)),
      ),
    };
  }

  #listenerKey(host: string): ListenerKey {
    return { port: HTTP_PORT, host, usePrivateIp: this.#settings.usePrivateIp };
  }

  #pool(backend: IngressBackend): JsonObject {
    const addresses = endpointAddresses(this.#cluster, backend.service);
    return item(this.#poolName(backend), { backendAddresses: addresses.map((ipAddress) => ({ ipAddress })) });
  }

  #poolName({ ingress, service, portText, port }: IngressBackend): string {
    return this.#names.pool(namespaceOf(ingress), service.metadata.name, portText, port.targetPort);
  }

  #settingsName({ ingress, service, portText, port }: IngressBackend): string {
    return this.#names.settings(
      namespaceOf(ingress),
      service.metadata.name,
      portText,
      port.targetPort,
      ingress.metadata.name,
    );
  }

  #probeName({ ingress, service, portText }: IngressBackend): string {
    return this.#names.probe(namespaceOf(ingress), service.metadata.name, portText, ingress.metadata.name);
  }

  #httpSettings(backend: IngressBackend): JsonObject {
    const affinity = annotationOf(backend.ingress, "cookie-based-affinity") === "true";
    return item(this.#settingsName(backend), {
      port: backend.port.targetPort,
      protocol: "Http",
      cookieBasedAffinity: affinity ? "Enabled" : "Disabled",
      requestTimeout: Number(annotationOf(backend.ingress, "request-timeout") ?? 30),
      pickHostNameFromBackendAddress: false,
      probe: this.#reference("probes", this.#probeName(backend)),
    });
  }

  #defaultSettings(): JsonObject {
    return item(this.#names.defaultSettings, {
      port: HTTP_PORT,
      protocol: "Http",
      cookieBasedAffinity: "Disabled",
      requestTimeout: 30,
      pickHostNameFromBackendAddress: false,
      probe: this.#reference("probes", this.#names.defaultProbe("Http")),
    });
  }

  #listener(key: ListenerKey): JsonObject {
    return item(this.#names.listener(key), {
      frontendIPConfiguration: { id: this.#frontendId },
      frontendPort: this.#reference("frontendPorts", this.#names.frontendPort(key.port)),
      protocol: "Http",
      ...(key.host === "" ? {} : { hostName: key.host }),
    });
  }

  /** Only listeners with paths beside the default need a path map. */
  #pathMap(key: ListenerKey, backends: readonly IngressBackend[]): JsonObject[] {
    const paths = backends.filter((backend) => backend.path !== "");
    if (paths.length === 0) return [];
    const target = this.#defaultTarget(backends);
    return [
      item(this.#names.pathMap(key), {
        defaultBackendAddressPool: target.pool,
        defaultBackendHttpSettings: target.settings,
        pathRules: paths.map((backend) =>
          item(
            this.#names.pathRule(
              namespaceOf(backend.ingress),
              backend.ingress.metadata.name,
              backend.ruleIndex,
              backend.pathIndex,
            ),
            {
              paths: [backend.path],
              backendAddressPool: this.#reference("backendAddressPools", this.#poolName(backend)),
              backendHttpSettings: this.#reference("backendHttpSettingsCollection", this.#settingsName(backend)),
            },
          ),
        ),
      }),
    ];
  }

  #rule(key: ListenerKey, backends: readonly IngressBackend[], priority: number): JsonObject {
    const listener = { httpListener: this.#reference("httpListeners", this.#names.listener(key)) };
    if (backends.some((backend) => backend.path !== "")) {
      const urlPathMap = this.#reference("urlPathMaps", this.#names.pathMap(key));
      return item(this.#names.rule(key), { ruleType: "PathBasedRouting", priority, ...listener, urlPathMap });
    }
    const target = this.#defaultTarget(backends);
    const to = { backendAddressPool: target.pool, backendHttpSettings: target.settings };
    return item(this.#names.rule(key), { ruleType: "Basic", priority, ...listener, ...to });
  }

  #defaultTarget(backends: readonly IngressBackend[]): { readonly pool: JsonObject; readonly settings: JsonObject } {
    const backend = backends.find((candidate) => candidate.path === "");
    return {
      pool: this.#reference(
        "backendAddressPools",
        backend === undefined ? this.#names.defaultPool : this.#poolName(backend),
      ),
      settings: this.#reference(
        "backendHttpSettingsCollection",
        backend === undefined ? this.#names.defaultSettings : this.#settingsName(backend),
      ),
    };
  }

  #reference(collection: (typeof OWNED_COLLECTIONS)[number], name: string): JsonObject {
    return { id: `${this.#gatewayId}/${collection}/${name}` };
  }
}

function item(name: string, properties: JsonObject): JsonObject {
  return { name, properties };
}

/** Sorted, each name once (two ingresses may share a service). */
function byName(items: readonly JsonObject[]): JsonObject[] {
  const unique = new Map(items.map((entry) => [String(entry.name), entry]));
  return [...unique.values()].toSorted((left, right) => (String(left.name) < String(right.name) ? -1 : 1));
}
