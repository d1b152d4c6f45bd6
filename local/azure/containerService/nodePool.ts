/** Makes and removes the nodes of an agent pool: scale set, machines with their addresses, and the cluster's Node objects. */
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { ClusterObjects, timestamp } from "../kubernetes/clusterObjects.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { nodeName, nodeResourceGroupId, scaleSetName, securityGroupName } from "./clusterNames.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { takeAddresses, takenAddresses } from "./subnetAddresses.ts";

/** The nodes of a pool, by instance number. */
export function poolMachines(world: AzureWorld, pool: StoredResource): StoredResource[] {
  return world.store
    .children(scaleSetId(world, pool), containerServiceType.scaleSetMachine)
    .toSorted((left, right) => instanceOf(left) - instanceOf(right));
}

/** Brings the pool to its count: new nodes get the next instance numbers, and those with the highest go first. */
export function resizePool(world: AzureWorld, pool: StoredResource): void {
  const wanted = numberField(pool.body, "properties", "count") ?? 0;
  putScaleSet(world, pool, wanted);
  const machines = poolMachines(world, pool);
  for (const machine of machines.slice(wanted)) removeMachine(world, pool, machine);
  for (let missing = wanted - machines.length; missing > 0; missing--) addMachine(world, pool);
}

/** Removes a pool's machines and scale set. */
export function removePool(world: AzureWorld, pool: StoredResource): void {
  for (const machine of poolMachines(world, pool)) removeMachine(world, pool, machine);
  world.store.remove(scaleSetId(world, pool));
}

/** Addresses that each node of a pool takes out of its subnet: its own, and with Azure CNI one for each pod. */
export function addressesPerNode(cluster: StoredResource | undefined, maxPods: number): number {
  return textField(cluster?.body, "properties", "networkProfile", "networkPlugin") === "azure" ? 1 + maxPods : 1;
}

function clusterIdOf(pool: StoredResource): string {
  return parseResourceId(pool.id)?.parentId ?? "";
}

function scaleSetId(world: AzureWorld, pool: StoredResource): string {
  const cluster = world.store.get(clusterIdOf(pool));
  const group = textField(cluster?.body, "properties", "nodeResourceGroup") ?? "";
  const name = scaleSetName(clusterIdOf(pool), pool.name);
  return `${nodeResourceGroupId(world.subscriptionId, group)}/providers/${containerServiceType.scaleSet}/${name}`;
}

function putScaleSet(world: AzureWorld, pool: StoredResource, capacity: number): void {
  const id = scaleSetId(world, pool);
  const cluster = world.store.get(clusterIdOf(pool));
  const properties = objectField(pool.body, "properties");
  const subnet = { id: properties.vnetSubnetID ?? "" };
  const group = id.slice(0, id.indexOf("/providers/"));
  const networkInterfaceConfigurations = [
    {
      name: scaleSetName(clusterIdOf(pool), pool.name),
      properties: {
        primary: true,
        enableIPForwarding: true,
        networkSecurityGroup: {
          id: `${group}/providers/Microsoft.Network/networkSecurityGroups/${securityGroupName(clusterIdOf(pool))}`,
        },
        ipConfigurations: [{ name: "ipconfig1", properties: { primary: true, subnet } }],
      },
    },
  ];
  world.store.put({
    id,
    name: scaleSetName(clusterIdOf(pool), pool.name),
    type: containerServiceType.scaleSet,
    body: {
      location: cluster?.body.location ?? "",
      tags: {
        "aks-managed-poolName": pool.name,
        "aks-managed-orchestrator": `Kubernetes:${properties.currentOrchestratorVersion ?? ""}`,
      },
      sku: { name: properties.vmSize ?? "", tier: "Standard", capacity },
      properties: {
        provisioningState: "Succeeded",
        orchestrationMode: "Uniform",
        upgradePolicy: { mode: "Manual" },
        virtualMachineProfile: { networkProfile: { networkInterfaceConfigurations } },
      },
    },
  });
}

function addMachine(world: AzureWorld, pool: StoredResource): void {
  const setId = scaleSetId(world, pool);
  const setName = scaleSetName(clusterIdOf(pool), pool.name);
  const instance = nextInstance(world, pool);
  const subnetId = textField(pool.body, "properties", "vnetSubnetID") ?? "";
  const addresses = addressesForNode(world, pool, subnetId);
  const computerName = nodeName(setName, instance);
  const machineId = `${setId}/virtualMachines/${instance}`;
  const cardId = `${machineId}/networkInterfaces/${setName}`;
  const properties: JsonObject = {
    provisioningState: "Succeeded",
    latestModelApplied: true,
    vmId: world.newGuid(),
    hardwareProfile: { vmSize: textField(pool.body, "properties", "vmSize") ?? "" },
    osProfile: { computerName },
    networkProfile: {
      networkInterfaces: [
        { id: cardId, properties: { primary: true, ipConfigurations: ipConfigurations(addresses, subnetId) } },
      ],
    },
  };
  const location = world.store.get(setId)?.body.location ?? "";
  world.store.put({
    id: machineId,
    name: `${setName}_${instance}`,
    type: containerServiceType.scaleSetMachine,
    body: { location, instanceId: String(instance), properties },
  });
  putNode(world, pool, { name: computerName, machineId, address: addresses[0] ?? "" });
}

function addressesForNode(world: AzureWorld, pool: StoredResource, subnetId: string): string[] {
  const subnet = world.store.get(subnetId);
  const count = addressesPerNode(
    world.store.get(clusterIdOf(pool)),
    numberField(pool.body, "properties", "maxPods") ?? 0,
  );
  const addresses = subnet === undefined ? [] : takeAddresses(subnet, takenAddresses(world, subnetId), count);
  if (addresses.length < count)
    throw new Error(`Subnet ${subnetId} has no ${count} addresses left, though the pool was accepted.`);
  return addresses;
}

/** The first address is the node's, the others are for its pods. */
function ipConfigurations(addresses: readonly string[], subnetId: string): JsonObject[] {
  return addresses.map((privateIPAddress, index) => ({
    name: `ipconfig${index + 1}`,
    properties: {
      primary: index === 0,
      privateIPAddress,
      privateIPAllocationMethod: "Dynamic",
      subnet: { id: subnetId },
    },
  }));
}

function nextInstance(world: AzureWorld, pool: StoredResource): number {
  const objects = new ClusterObjects(world, clusterIdOf(pool));
  const next = numberField(objects.note("LocalPool", "", pool.name), "nextInstance") ?? 0;
  objects.putNote("LocalPool", "", pool.name, { nextInstance: next + 1 });
  return next;
}

function putNode(
  world: AzureWorld,
  pool: StoredResource,
  node: { readonly name: string; readonly machineId: string; readonly address: string },
): void {
  const objects = new ClusterObjects(world, clusterIdOf(pool));
  const properties = objectField(pool.body, "properties");
  const now = timestamp(world.clock.now());
  const labels = {
    agentpool: pool.name,
    "kubernetes.azure.com/agentpool": pool.name,
    "kubernetes.azure.com/mode": String(properties.mode ?? "User").toLowerCase(),
    "kubernetes.azure.com/cluster": textField(objects.cluster?.body, "properties", "nodeResourceGroup") ?? "",
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": node.name,
    "node.kubernetes.io/instance-type": String(properties.vmSize ?? ""),
    "topology.kubernetes.io/region": textField(objects.cluster?.body, "location") ?? "",
    ...objectField(properties, "nodeLabels"),
  };
  const pods = String(properties.maxPods ?? 0);
  objects.put({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: node.name, labels },
    spec: { providerID: `azure://${node.machineId}` },
    status: {
      addresses: [
        { type: "InternalIP", address: node.address },
        { type: "Hostname", address: node.name },
      ],
      capacity: { cpu: "4", memory: "16375056Ki", pods },
      allocatable: { cpu: "3860m", memory: "12880144Ki", pods },
      conditions: [
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
    },
  });
}

function removeMachine(world: AzureWorld, pool: StoredResource, machine: StoredResource): void {
  const objects = new ClusterObjects(world, clusterIdOf(pool));
  const node = objects.get("Node", "", textField(machine.body, "properties", "osProfile", "computerName") ?? "");
  if (node !== undefined) objects.remove(node);
  world.store.remove(machine.id);
}

function instanceOf(machine: StoredResource): number {
  return Number(textField(machine.body, "instanceId") ?? 0);
}
