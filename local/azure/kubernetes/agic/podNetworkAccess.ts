/**
 * What the ingress controller itself does so that its gateway reaches pods which have no addresses of the virtual network.
 * Kubenet: it associates the cluster's route table with the gateway's subnet, if that has none. Overlay, since 1.8.0: it
 * has the overlay extended to the gateway's subnet. Done once a process; tried again every cycle until it succeeds.
 * Source: pkg/cni and pkg/azure/client.go (ApplyRouteTable) of the controller at 1.9.8.
 */
import { sameId } from "../../core/resourceId.ts";
import type { InternalArmResponse, JsonObject, Principal } from "../../core/resourceType.ts";
import { cloudConfigOf } from "../cloudConfig.ts";
import { type ClusterObjects, labelsOf, matchesLabels } from "../clusterObjects.ts";
import { listField, objectField, textField } from "../jsonFields.ts";
import { ACN_API_VERSION, ACN_NAMESPACE, OVERLAY_LABEL } from "../overlayNodes.ts";
import type { AgicSettings } from "./agicSettings.ts";
import { NETWORK_API_VERSION } from "./gatewaySync.ts";
import { MADE_BY_HELM_RELEASE } from "./overlayCleanup.ts";

const EXTENSION_NAME = "agic-overlay-extension-config";
/** The first version that knows overlays. Source: the controller's changelog of 1.8 (pull request 1650). */
const OVERLAY_SINCE = [1, 8] as const;
/** Properties of a subnet that the controller's api-version does not know: a PUT of what it has read drops them. Source: pkg/azure/client.go, whose SDK is that of 2021-03-01. */
const UNKNOWN_PROPERTIES = ["defaultOutboundAccess", "sharingScope"];

/** What came of it: nothing more to do, or why not yet. `logs` are lines of the controller's log. */
export interface PodNetworkAccess {
  readonly logs: readonly string[];
  readonly failure?: string;
}

/** Opens the way from the gateway's subnet to the pods, as far as the controller can. */
export function openPodNetwork(
  cluster: ClusterObjects,
  settings: AgicSettings,
  principal: Principal,
): PodNetworkAccess {
  if (cloudConfigOf(cluster) === undefined && !isOverlay(cluster)) return { logs: [] };
  const gateway = arm(cluster, principal, "GET", settings.gatewayId);
  const [configuration] = listField(gateway.body, "properties", "gatewayIPConfigurations");
  const subnetId = textField(configuration, "properties", "subnet", "id");
  if (subnetId === undefined) return failed(`Unable to get the subnet of ${settings.gatewayId}`, gateway);
  const kubenet = associateRouteTable(cluster, principal, subnetId);
  const overlay = extendOverlay(cluster, settings, principal, subnetId);
  const failure = kubenet.failure ?? overlay.failure;
  return { logs: [...kubenet.logs, ...overlay.logs], ...(failure === undefined ? {} : { failure }) };
}

function associateRouteTable(cluster: ClusterObjects, principal: Principal, subnetId: string): PodNetworkAccess {
  const tableId = cloudConfigOf(cluster)?.routeTableId;
  if (tableId === undefined) return { logs: [] };
  const table = arm(cluster, principal, "GET", tableId);
  if (table.status === 404) return { logs: [] };
  if (table.status !== 200) return notAssociated(subnetId, tableId, table);
  const subnet = arm(cluster, principal, "GET", subnetId);
  if (subnet.status !== 200 || subnet.body === undefined) return notAssociated(subnetId, tableId, subnet);
  const known = textField(subnet.body, "properties", "routeTable", "id");
  const named = `Application Gateway subnet '${subnetId}'`;
  const ownTable = `route table '${tableId}' used by k8s cluster`;
  // The controller compares with regard to case, as ARM does not.
  if (known === tableId) return { logs: [`I ${named} is associated with ${ownTable}.`] };
  if (known !== undefined)
    return {
      logs: [`I Skipping associating ${named} with ${ownTable} as it is already associated to route table '${known}'.`],
    };
  const logs = [`I Associating ${named} with ${ownTable}.`];
  const put = arm(cluster, principal, "PUT", subnetId, withTable(subnet.body, tableId));
  if (put.status === 200 || put.status === 201) return { logs };
  return { ...notAssociated(subnetId, tableId, put), logs };
}

function withTable(subnet: JsonObject, tableId: string): JsonObject {
  const properties = Object.entries(objectField(subnet, "properties")).filter(
    ([name]) => !UNKNOWN_PROPERTIES.includes(name),
  );
  return { ...subnet, properties: { ...Object.fromEntries(properties), routeTable: { id: tableId } } };
}

function notAssociated(subnetId: string, tableId: string, answer: InternalArmResponse): PodNetworkAccess {
  const what = `Unable to associate Application Gateway subnet '${subnetId}' with route table '${tableId}' due to error (this is relevant for AKS clusters using 'Kubenet' network plugin)`;
  return failed(what, answer);
}

function extendOverlay(
  cluster: ClusterObjects,
  settings: AgicSettings,
  principal: Principal,
  subnetId: string,
): PodNetworkAccess {
  if (!isOverlay(cluster) || !knowsOverlay(cluster, settings)) return { logs: [] };
  const subnet = arm(cluster, principal, "GET", subnetId);
  const prefix =
    textField(subnet.body, "properties", "addressPrefix") ?? textField(subnet.body, "properties", "addressPrefixes", 0);
  if (prefix === undefined) return failed(`Unable to get the address prefix of subnet '${subnetId}'`, subnet);
  const known = cluster.get("OverlayExtensionConfig", ACN_NAMESPACE, EXTENSION_NAME);
  const spec = { extensionIPRange: prefix };
  const status = extensionStatus(cluster, subnetId);
  cluster.put({
    ...known,
    apiVersion: ACN_API_VERSION,
    kind: "OverlayExtensionConfig",
    metadata: {
      ...objectField(known, "metadata"),
      name: EXTENSION_NAME,
      namespace: ACN_NAMESPACE,
      labels: { ...MADE_BY_HELM_RELEASE },
    },
    spec,
    status,
  });
  const logs = [`I Overlay CNI: extension config ${EXTENSION_NAME} has range ${prefix}.`];
  if (status.state === "Succeeded") return { logs };
  return { logs, failure: `Overlay extension config ${EXTENSION_NAME} is in state ${status.state}: ${status.message}` };
}

function isOverlay(cluster: ClusterObjects): boolean {
  return cluster
    .list("NodeNetworkConfig", ACN_NAMESPACE)
    .some((config) => matchesLabels(OVERLAY_LABEL, labelsOf(config)));
}

/** AKS opens the overlay to subnets of the nodes' own network. Not documented: whether to those of peered ones; here it does not. */
function extensionStatus(
  cluster: ClusterObjects,
  subnetId: string,
): { readonly state: string; readonly message: string } {
  const networkOf = (id: string): string => id.slice(0, id.toLowerCase().lastIndexOf("/subnets/"));
  const isOwn = nodeSubnetIds(cluster).some((id) => sameId(networkOf(id), networkOf(subnetId)));
  if (isOwn) return { state: "Succeeded", message: "" };
  return {
    state: "Failed",
    message: `subnet ${subnetId} is in another virtual network than the nodes, which the local Azure does not extend an overlay to`,
  };
}

function nodeSubnetIds(cluster: ClusterObjects): string[] {
  return cluster.world.store
    .children(cluster.clusterId, "Microsoft.ContainerService/managedClusters/agentPools")
    .flatMap((pool) => textField(pool.body, "properties", "vnetSubnetID") ?? []);
}

function knowsOverlay(cluster: ClusterObjects, { namespace, release }: AgicSettings): boolean {
  const data = cluster.note("LocalHelmRelease", namespace, release);
  const version = textField(data, "values", "image", "tag") ?? textField(data, "version") ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OVERLAY_SINCE[0] || (major === OVERLAY_SINCE[0] && minor >= OVERLAY_SINCE[1]);
}

function arm(
  cluster: ClusterObjects,
  principal: Principal,
  method: "GET" | "PUT",
  path: string,
  body?: JsonObject,
): InternalArmResponse {
  const request = { principal, method, path, apiVersion: NETWORK_API_VERSION };
  return cluster.world.armRequest(body === undefined ? request : { ...request, body });
}

function failed(what: string, { status, body }: InternalArmResponse): PodNetworkAccess {
  const code = textField(body, "error", "code") ?? "";
  const message = textField(body, "error", "message") ?? "";
  return { logs: [], failure: `${what}: StatusCode=${status} Code="${code}" Message="${message}"` };
}
