import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { answerOfInternet } from "../../local/azure/internet/internetAnswer.ts";
import { ClusterObjects } from "../../local/azure/kubernetes/clusterObjects.ts";
import { listField, objectField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { type AksLab, type CommandEnd, type Identity, poolBody, startAksLab, UPGRADE } from "./aksLab.ts";
import { contextOf, deployment } from "./kubernetesSample.ts";
import { defaultRoute } from "./networkSeed.ts";

/** The seed of the local Azure in these labs, for the titles of tests. */
export const LAB_SEED = 7;

/** What of the chart's values a test decides; everything else is as an environment has it. */
export interface ControllerOptions {
  readonly shared?: boolean;
  readonly prefix?: string;
  /** "default" unless said otherwise; "" for all. */
  readonly watchNamespace?: string;
  readonly prohibited?: readonly {
    readonly name: string;
    readonly hostname?: string;
    readonly paths?: readonly string[];
  }[];
  readonly reconcilePeriodSeconds?: number;
}

/** One of the two clusters behind the gateway, in its own subnet, its ingress controller under its own identity. */
export interface SharedCluster {
  readonly name: string;
  readonly id: string;
  readonly agicIdentity: Identity;
  /** Rights and federated credential of the ingress controller. */
  trust(): void;
  /** Submits a command without waiting for it; returns how to ask for its end. */
  submit(command: string, files?: Readonly<Record<string, JsonObject>>): Promise<() => Promise<CommandEnd>>;
  run(command: string, files?: Readonly<Record<string, JsonObject>>): Promise<CommandEnd>;
  json(command: string): Promise<JsonObject>;
  /** Installs or changes the ingress controller and lets it become ready. */
  install(options: ControllerOptions): Promise<CommandEnd>;
  values(options: ControllerOptions): JsonObject;
  /** Makes pods that answer, behind the service `sample`; waits until they are ready. */
  deploy(): Promise<void>;
  /** Puts an ingress for a host in front of them and waits until the gateway has it. */
  expose(name: string, host: string): Promise<void>;
  /** What the controller's pod has written. */
  log(): string;
}

export interface SharedLab {
  readonly aks: AksLab;
  readonly blue: SharedCluster;
  readonly green: SharedCluster;
  /** `blue.20.31.0.7.nip.io` */
  host(name: string): string;
  /** The status that a client of the internet gets now. */
  ask(host: string): number;
  /** Which cluster's pod answers for a host: "blue", "green", or the status. */
  whoAnswers(host: string): string;
  /** The gateway's own words on where a request goes. */
  route(host: string, path: string): string;
  /** Asks for the hosts every WATCH_SECONDS from now on. */
  watch(...hosts: string[]): void;
  /** Asks in every second, where the second matters. */
  watchClosely(...hosts: string[]): void;
  stopWatching(): void;
  /** What the watched host has answered, one status a look. */
  seen(host: string): readonly number[];
  advance(seconds: number): Promise<void>;
  gateway(): JsonObject;
  /** Names of the gateway's parts. */
  names(collection: string): string[];
  stop(): Promise<void>;
}

/** Both clusters with a gateway in front, nothing installed in them yet. */
export async function startSharedLab(): Promise<SharedLab> {
  const aks = await startAksLab({ gateway: true });
  await makeSecondSubnet(aks);
  const observer = new Observer(aks);
  const advance = (seconds: number) => observer.advance(seconds);
  const blue = await makeCluster(aks, advance, { name: "aks", color: "blue", subnet: "aks-1" });
  const green = await makeCluster(aks, advance, { name: "aks2", color: "green", subnet: "aks-2" });
  await advance(330);
  const lab: SharedLab = {
    aks,
    blue,
    green,
    host: (name) => `${name}.${observer.address}.nip.io`,
    ask: (host) => observer.ask(host).status,
    whoAnswers: (host) => observer.whoAnswers(host),
    route: (host, path) => observer.ask(host, path).reason,
    watch: (...hosts) => observer.watch(hosts, WATCH_SECONDS),
    watchClosely: (...hosts) => observer.watch(hosts, 1),
    stopWatching: () => observer.stopWatching(),
    seen: (host) => observer.seen(host),
    advance,
    gateway: () => aks.get(aks.gatewayId),
    names: (collection) => listField(lab.gateway(), "properties", collection).map((part) => String(part.name)),
    stop: () => aks.stop(),
  };
  return lab;
}

async function makeSecondSubnet({ net, grant, clusterIdentity, advance }: AksLab): Promise<void> {
  await net.make("routeTables/aks2-rt", { properties: { routes: [defaultRoute] } });
  const routeTable = { id: net.id("routeTables/aks2-rt") };
  await net.make("virtualNetworks/spoke/subnets/aks-2", { properties: { addressPrefix: "10.0.6.0/24", routeTable } });
  grant(clusterIdentity, "networkContributor", net.id("virtualNetworks/spoke/subnets/aks-2"));
  await advance(60);
}

/** Shorter than the shortest update of a gateway by far: a state that an update brings or ends is never missed. */
export const WATCH_SECONDS = 3;

/** Looks at the gateway from the internet, on demand and from time to time. */
class Observer {
  readonly #aks: AksLab;
  readonly #watched = new Map<string, number[]>();
  #periodSeconds = WATCH_SECONDS;
  #secondsToLook = WATCH_SECONDS;

  constructor(aks: AksLab) {
    this.#aks = aks;
  }

  get address(): string {
    return textField(this.#aks.net.get("publicIPAddresses/gw-ip"), "properties", "ipAddress") ?? "";
  }

  async advance(seconds: number): Promise<void> {
    if (this.#watched.size === 0) return this.#aks.advance(seconds);
    for (let left = seconds; left > 0; ) {
      const step = Math.min(left, this.#secondsToLook);
      await this.#aks.advance(step);
      left -= step;
      this.#secondsToLook -= step;
      if (this.#secondsToLook > 0) continue;
      for (const [host, statuses] of this.#watched) statuses.push(this.ask(host).status);
      this.#secondsToLook = this.#periodSeconds;
    }
  }

  ask(host: string, path = "/ping"): { readonly status: number; readonly body: string; readonly reason: string } {
    const request = { address: this.address, host, port: 80, path, sourceAddress: "203.0.113.7", headers: {} };
    const answer = answerOfInternet(this.#aks.net.world, request);
    return typeof answer === "string" ? { status: 0, body: answer, reason: answer } : answer;
  }

  whoAnswers(host: string): string {
    const { status, body } = this.ask(host);
    if (status !== 200) return String(status);
    return textField(JSON.parse(body) as JsonObject, "pod")?.split("-")[0] ?? body;
  }

  watch(hosts: readonly string[], periodSeconds: number): void {
    this.#periodSeconds = periodSeconds;
    this.#secondsToLook = periodSeconds;
    for (const host of hosts) this.#watched.set(host, []);
  }

  stopWatching(): void {
    this.#watched.clear();
  }

  seen(host: string): readonly number[] {
    return this.#watched.get(host) ?? [];
  }
}

interface ClusterPlace {
  readonly name: string;
  readonly color: "blue" | "green";
  readonly subnet: string;
}

async function makeCluster(
  aks: AksLab,
  advance: (seconds: number) => Promise<void>,
  { name, color, subnet }: ClusterPlace,
): Promise<SharedCluster> {
  const { net } = aks;
  const id = `${net.group}/providers/Microsoft.ContainerService/managedClusters/${name}`;
  const vnetSubnetID = net.id(`virtualNetworks/spoke/subnets/${subnet}`);
  const body = aks.clusterBody({
    dnsPrefix: name,
    nodeResourceGroup: `lab-nodes-${name}`,
    agentPoolProfiles: [poolBody(aks, { vnetSubnetID })],
  });
  const answer = aks.put(id, body);
  if (answer !== "201") throw new Error(`PUT of ${name}: ${answer}`);
  const agicIdentity = color === "blue" ? aks.agicIdentity : makeIdentity(aks, `${name}-agic-id`);
  const cluster: SharedCluster = {
    name,
    id,
    agicIdentity,
    trust() {
      aks.grant(agicIdentity, "reader", net.group);
      aks.grant(agicIdentity, "contributor", aks.gatewayId);
      aks.grant(agicIdentity, "networkContributor", net.id("virtualNetworks/spoke/subnets/gw"));
      const issuer = textField(aks.get(id), "properties", "oidcIssuerProfile", "issuerURL") ?? "";
      const subject = "system:serviceaccount:kube-system:ingress-azure";
      const properties = { issuer, subject, audiences: ["api://AzureADTokenExchange"] };
      aks.put(`${agicIdentity.id}/federatedIdentityCredentials/agic`, { properties }, "2023-01-31");
    },
    submit: (command, files = {}) => submit(aks, name, command, files),
    async run(command, files = {}) {
      const end = await cluster.submit(command, files);
      await advance(command.startsWith("helm upgrade") ? 20 : 5);
      return end();
    },
    async json(command) {
      const end = await cluster.run(command);
      if (end.exitCode !== 0) throw new Error(`${command}: exit ${end.exitCode} ${end.logs}`);
      return JSON.parse(end.logs ?? "{}") as JsonObject;
    },
    values: (options) => controllerValues(aks, agicIdentity, options),
    async install(options) {
      const end = await cluster.run(UPGRADE, { "values.json": cluster.values(options) });
      if (end.exitCode !== 0) throw new Error(`helm upgrade in ${name}: ${end.logs}`);
      await advance(75);
      return end;
    },
    async deploy() {
      await cluster.run("kubectl apply --filename m.json", { "m.json": workload(color) });
      await advance(45);
    },
    async expose(ingress, host) {
      await cluster.run("kubectl apply --filename m.json", { "m.json": ingressFor(ingress, host) });
      await advance(45);
    },
    log() {
      const objects = new ClusterObjects(net.world, id);
      return objects
        .list("LocalPodLog", "kube-system")
        .filter((note) => note.metadata.name.startsWith("ingress-azure"))
        .map((note) => textField(objectField(note, "data"), "text") ?? "")
        .join("");
    },
  };
  return cluster;
}

function makeIdentity(aks: AksLab, name: string): Identity {
  const id = `${aks.net.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  aks.put(id, { location: "westeurope" });
  const { clientId, principalId } = objectField(aks.get(id), "properties");
  return { id, clientId: String(clientId), principalId: String(principalId) };
}

async function submit(
  aks: AksLab,
  clusterName: string,
  command: string,
  files: Readonly<Record<string, JsonObject>>,
): Promise<() => Promise<CommandEnd>> {
  const poller = aks.client.managedClusters.runCommand("lab", clusterName, { command, context: contextOf(files) });
  await poller.submitted();
  const { state } = JSON.parse(await poller.serialize()) as { state: { config: { operationLocation: string } } };
  const commandId = /commandResults\/([^?]+)/.exec(state.config.operationLocation)?.[1] ?? "";
  return async () => {
    const result = await aks.client.managedClusters.getCommandResult("lab", clusterName, commandId);
    if (result === undefined) throw new Error(`${command} has not ended yet.`);
    return result;
  };
}

function controllerValues(aks: AksLab, identity: Identity, options: ControllerOptions): JsonObject {
  const prohibitedTargets = (options.prohibited ?? []).map(
    ({ name, hostname, paths }): JsonObject => ({
      name,
      ...(hostname === undefined ? {} : { hostname }),
      ...(paths === undefined ? {} : { paths: [...paths] }),
    }),
  );
  const base = aks.values();
  return {
    ...base,
    appgw: {
      ...objectField(base, "appgw"),
      shared: options.shared ?? true,
      ...(options.prefix === undefined ? {} : { subResourceNamePrefix: options.prefix }),
      ...(prohibitedTargets.length === 0 ? {} : { prohibitedTargets }),
    },
    armAuth: { type: "workloadIdentity", identityClientID: identity.clientId },
    ...(options.watchNamespace === undefined ? {} : { kubernetes: { watchNamespace: options.watchNamespace } }),
    ...(options.reconcilePeriodSeconds === undefined ? {} : { reconcilePeriodSeconds: options.reconcilePeriodSeconds }),
  };
}

/** Pods named after their cluster's color, behind a service that has the same name in both clusters. */
function workload(color: string): JsonObject {
  const pods = deployment("mcr.microsoft.com/samples/dummy-logger:latest", 1);
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "sample", namespace: "default" },
    spec: { selector: { app: "sample" }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  };
  const named = { ...pods, metadata: { ...objectField(pods, "metadata"), name: color } };
  return { apiVersion: "v1", kind: "List", items: [named, service] };
}

export function ingressFor(name: string, host: string, path = "/"): JsonObject {
  const backend = { service: { name: "sample", port: { number: 80 } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, namespace: "default" },
    spec: {
      ingressClassName: "azure-application-gateway",
      rules: [{ host, http: { paths: [{ path, pathType: "Prefix", backend }] } }],
    },
  };
}

export function prohibitedTarget(name: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: "appgw.ingress.k8s.io/v1",
    kind: "AzureIngressProhibitedTarget",
    metadata: { name, namespace: "default" },
    spec,
  };
}
