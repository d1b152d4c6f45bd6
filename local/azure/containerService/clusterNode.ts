import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { type ClusterObjects, timestamp } from "../kubernetes/clusterObjects.ts";
import { objectField, textField } from "../kubernetes/jsonFields.ts";
import { networkCondition, networkStates, networkTaints } from "../kubernetes/nodeNetwork.ts";
import { ACN_API_VERSION, ACN_NAMESPACE, OVERLAY_LABEL } from "../kubernetes/overlayNodes.ts";
import { nextPodCidr } from "./podCidrAllocation.ts";
import { podNetworkOfCluster } from "./podNetwork.ts";

export interface JoiningNode {
  readonly name: string;
  readonly machineId: string;
  readonly address: string;
}

/** Puts a machine's Node into the cluster; with a pod range of its own where the network plugin gives one. */
export function joinNode(cluster: ClusterObjects, pool: StoredResource, node: JoiningNode): void {
  const podNetwork = podNetworkOfCluster(cluster.cluster?.body);
  const podCidr = nextPodCidr(cluster);
  // Only kubenet's nodes wait for a route of their own.
  const network = podNetwork === "kubenet" ? networkStates.awaitingRoute : undefined;
  const now = timestamp(cluster.world.clock.now());
  const taints = network === undefined ? [] : networkTaints(network);
  cluster.put({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: node.name, labels: labelsOf(cluster, pool, node.name) },
    spec: {
      providerID: `azure://${node.machineId}`,
      ...(podCidr === undefined ? {} : { podCIDR: podCidr, podCIDRs: [podCidr] }),
      ...(taints.length === 0 ? {} : { taints }),
    },
    status: statusOf(cluster.world, pool, node, network === undefined ? [] : [networkCondition(network, now)]),
  });
  if (podNetwork === "overlay") putNetworkConfig(cluster, node, podCidr ?? "");
}

/** Takes a Node out of the cluster; its pods go with the next turn of the controllers. */
export function leaveNode(cluster: ClusterObjects, name: string): void {
  for (const object of [cluster.get("Node", "", name), cluster.get("NodeNetworkConfig", ACN_NAMESPACE, name)]) {
    if (object !== undefined) cluster.remove(object);
  }
}

function labelsOf(cluster: ClusterObjects, pool: StoredResource, name: string): JsonObject {
  const properties = objectField(pool.body, "properties");
  return {
    agentpool: pool.name,
    "kubernetes.azure.com/agentpool": pool.name,
    "kubernetes.azure.com/mode": String(properties.mode ?? "User").toLowerCase(),
    "kubernetes.azure.com/cluster": textField(cluster.cluster?.body, "properties", "nodeResourceGroup") ?? "",
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": name,
    "node.kubernetes.io/instance-type": String(properties.vmSize ?? ""),
    "topology.kubernetes.io/region": textField(cluster.cluster?.body, "location") ?? "",
    ...objectField(properties, "nodeLabels"),
  };
}

function statusOf(
  world: AzureWorld,
  pool: StoredResource,
  node: JoiningNode,
  conditions: readonly JsonObject[],
): JsonObject {
  const properties = objectField(pool.body, "properties");
  const pods = String(properties.maxPods ?? 0);
  const now = timestamp(world.clock.now());
  return {
    addresses: [
      { type: "InternalIP", address: node.address },
      { type: "Hostname", address: node.name },
    ],
    capacity: { cpu: "4", memory: "16375056Ki", pods },
    allocatable: { cpu: "3860m", memory: "12880144Ki", pods },
    conditions: [
      ...conditions,
      {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "kubelet is posting ready status",
        lastTransitionTime: now,
        lastHeartbeatTime: now,
      },
    ],
    nodeInfo: {
      kubeletVersion: `v${properties.currentOrchestratorVersion ?? ""}`,
      operatingSystem: "linux",
      osImage: "Ubuntu 22.04.5 LTS",
      containerRuntimeVersion: "containerd://1.7.28-1",
    },
  };
}

/** What Azure's container networking keeps of a node in an overlay; by its label an ingress controller knows the overlay. */
function putNetworkConfig(cluster: ClusterObjects, node: JoiningNode, podCidr: string): void {
  defineKinds(cluster);
  cluster.put({
    apiVersion: ACN_API_VERSION,
    kind: "NodeNetworkConfig",
    metadata: { name: node.name, namespace: ACN_NAMESPACE, labels: { ...OVERLAY_LABEL } },
    spec: {},
    status: { networkContainers: [{ nodeIP: node.address, primaryIP: podCidr }] },
  });
}

/** The kinds come with the overlay: a cluster without one does not know them. */
function defineKinds(cluster: ClusterObjects): void {
  for (const kind of ["NodeNetworkConfig", "OverlayExtensionConfig"]) {
    const plural = `${kind.toLowerCase()}s`;
    const [group = "", version = ""] = ACN_API_VERSION.split("/");
    const name = `${plural}.${group}`;
    if (cluster.get("CustomResourceDefinition", "", name) !== undefined) continue;
    cluster.put({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name },
      spec: {
        group,
        names: { kind, plural },
        scope: "Namespaced",
        versions: [{ name: version, served: true, storage: true }],
      },
    });
  }
}
