import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { listField, objectField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import type { RecordedRequest } from "../../local/azure/localAzure.ts";
import { type AksLab, networkProfile, poolBody, startAksLab, UPGRADE } from "./aksLab.ts";
import { sampleManifests } from "./kubernetesSample.ts";

/** The seed of the local Azure in these labs, for the titles of tests. */
export const LAB_SEED = 7;

export interface NodeView {
  readonly name: string;
  readonly podCidr: string;
  readonly address: string;
  /** "False RouteCreated", "True NoRouteCreated"; undefined: the node says nothing of its network. */
  readonly network: string | undefined;
}

/** A lab with a cluster whose pods have a range of their own, and eyes on nodes and routes. */
export interface PodNetworkLab extends AksLab {
  nodes(): Promise<NodeView[]>;
  /** Routes of a table as "name prefix nextHop", without the default route. */
  routes(table?: string): string[];
  /** What the routes should be, going by the nodes. */
  wantedRoutes(): Promise<string[]>;
  /** PUTs of the cluster's table by its identity so far. */
  tablePuts(): readonly RecordedRequest[];
  scale(count: number, pool?: string): string;
  /** Copies the pod routes of the cluster's table to the gateway's, as the app will. */
  copyRoutes(): Promise<void>;
  installIngress(host: string): Promise<void>;
  /** Asks for the sample through the gateway, from the internet; "200 pod-name" or "502". */
  ask(host: string): Promise<string>;
}

export async function startPodNetworkLab(
  profile: JsonObject,
  options: { readonly gateway?: boolean; readonly pool?: JsonObject } = {},
): Promise<PodNetworkLab> {
  const lab = await startAksLab({ gateway: options.gateway ?? false });
  const own = podNetworkLab(lab);
  lab.grant(lab.clusterIdentity, "networkContributor", lab.net.id("routeTables/aks-rt"));
  await lab.advance(60);
  const body = lab.clusterBody({
    networkProfile: networkProfile(profile),
    agentPoolProfiles: [poolBody(lab, options.pool)],
  });
  const answer = lab.put(lab.clusterId, body);
  if (answer !== "201") throw new Error(`PUT of the cluster: ${answer}`);
  await lab.advance(330);
  return own;
}

/** The eyes and hands on a lab that is already there. */
export function podNetworkLab(lab: AksLab): PodNetworkLab {
  const routesOf = (table: string): JsonObject[] =>
    listField(lab.net.get(`routeTables/${table}`), "properties", "routes").filter(
      (route) => textField(route, "properties", "addressPrefix") !== "0.0.0.0/0",
    );
  const own: PodNetworkLab = {
    ...lab,
    async nodes() {
      const list = await lab.json("kubectl get nodes --output json");
      return listField(list, "items").map(viewOf);
    },
    routes: (table = "aks-rt") =>
      routesOf(table)
        .map(
          (route) =>
            `${route.name} ${textField(route, "properties", "addressPrefix")} ${textField(route, "properties", "nextHopIpAddress")}`,
        )
        .sort(),
    async wantedRoutes() {
      return (await own.nodes()).map((node) => `${node.name} ${node.podCidr} ${node.address}`).sort();
    },
    tablePuts: () =>
      lab.net.azure.internalRequests.filter(
        (request) =>
          request.method === "PUT" &&
          request.path.endsWith("routeTables/aks-rt") &&
          request.principal === lab.clusterIdentity.principalId,
      ),
    scale: (count, pool = "nodepool1") =>
      lab.put(`${lab.clusterId}/agentPools/${pool}`, { properties: { ...poolBody(lab), count } }),
    async copyRoutes() {
      await lab.net.make("routeTables/gw-rt", { properties: { routes: routesOf("aks-rt").map(withoutId) } });
    },
    async installIngress(host) {
      lab.trustAgic();
      lab.grant(lab.agicIdentity, "reader", lab.net.group);
      lab.grant(lab.agicIdentity, "contributor", lab.gatewayId);
      lab.grant(lab.agicIdentity, "networkContributor", lab.net.id("virtualNetworks/spoke/subnets/gw"));
      await lab.advance(60);
      await lab.run(UPGRADE, { "values.json": lab.values() });
      await lab.run("kubectl apply --filename m.json", { "m.json": sampleManifests(host) });
      await lab.advance(180);
    },
    async ask(host) {
      const url = new URL("/ping", lab.net.azure.internetProxyUrl);
      const answer = await requestOf(url, host);
      if (answer.status !== 200) return String(answer.status);
      return `200 ${(JSON.parse(answer.body) as { pod: string }).pod}`;
    },
  };
  return own;
}

function viewOf(node: JsonObject): NodeView {
  const network = listField(node, "status", "conditions").find(({ type }) => type === "NetworkUnavailable");
  const address = listField(node, "status", "addresses").find(({ type }) => type === "InternalIP");
  return {
    name: textField(node, "metadata", "name") ?? "",
    podCidr: textField(node, "spec", "podCIDR") ?? "",
    address: textField(address, "address") ?? "",
    network: network === undefined ? undefined : `${network.status} ${network.reason}`,
  };
}

function withoutId(route: JsonObject): JsonObject {
  const { addressPrefix, nextHopType, nextHopIpAddress } = objectField(route, "properties");
  return { name: route.name, properties: { addressPrefix, nextHopType, nextHopIpAddress } };
}

async function requestOf(proxy: URL, host: string): Promise<{ readonly status: number; readonly body: string }> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const call = request(
      { hostname: proxy.hostname, port: proxy.port, path: `http://${host}/ping`, headers: { host } },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    call.on("error", reject).end();
  });
}
