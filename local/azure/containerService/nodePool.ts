/** Makes and removes the machines of an agent pool: scale set, machines with their addresses; each brings its Node object. */
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { listField, numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { nodeName, nodeResourceGroupId, scaleSetName, securityGroupName } from "./clusterNames.ts";
import { joinNode, leaveNode } from "./clusterNode.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { podNetworkOfCluster } from "./podNetwork.ts";
import { takeAddresses, takenAddresses } from "./subnetAddresses.ts";

/** The nodes of a pool, by instance number. */
export function poolMachines(world: AzureWorld, pool: StoredResource): StoredResource[] {
  return world.store
    .children(scaleSetId(world, pool), containerServiceType.scaleSetMachine)
    .toSorted((left, right) => instanceOf(left) - instanceOf(right));
}

/** Brings the pool to its count (or the one given): new nodes get the next instance numbers, and those with the highest go first. */
export function resizePool(world: AzureWorld, pool: StoredResource, count?: number): void {
  const wanted = count ?? numberField(pool.body, "properties", "count") ?? 0;
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

/** Addresses that each node of a pool takes out of its subnet: its own, and one for each pod that has none of another range. */
export function addressesPerNode(cluster: StoredResource | undefined, maxPods: number): number {
  return podNetworkOfCluster(cluster?.body) === "nodeSubnet" ? 1 + maxPods : 1;
}

/** Takes the machine's Node out of the cluster; the machine stays. */
export function leaveMachine(world: AzureWorld, pool: StoredResource, machine: StoredResource): void {
  leaveNode(new ClusterObjects(world, clusterIdOf(pool)), computerNameOf(machine));
}

/** Lets the machine's Node join the cluster, as the pool is now. */
export function joinMachine(world: AzureWorld, pool: StoredResource, machine: StoredResource): void {
  const address = machineAddresses(machine)[0] ?? "";
  const node = { name: computerNameOf(machine), machineId: machine.id, address };
  joinNode(new ClusterObjects(world, clusterIdOf(pool)), pool, node);
}

/** Gives the machine other addresses of its subnet, as a machine that was taken from its host may get. */
export function moveMachine(world: AzureWorld, pool: StoredResource, machine: StoredResource): void {
  const subnetId = textField(pool.body, "properties", "vnetSubnetID") ?? "";
  const configurations = ipConfigurations(addressesForNode(world, pool, subnetId), subnetId);
  const properties = objectField(machine.body, "properties");
  const [card = {}] = listField(properties, "networkProfile", "networkInterfaces");
  const moved = { ...card, properties: { ...objectField(card, "properties"), ipConfigurations: configurations } };
  world.store.put({
    ...machine,
    body: { ...machine.body, properties: { ...properties, networkProfile: { networkInterfaces: [moved] } } },
  });
}

/** The name of the machine's Node. */
export function computerNameOf(machine: StoredResource): string {
  return textField(machine.body, "properties", "osProfile", "computerName") ?? "";
}

function machineAddresses(machine: StoredResource): string[] {
  return listField(machine.body, "properties", "networkProfile", "networkInterfaces").flatMap((card) =>
    listField(card, "properties", "ipConfigurations").flatMap(
      (configuration) => textField(configuration, "properties", "privateIPAddress") ?? [],
    ),
  );
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
  const machineId = `${setId}/virtualMachines/${instance}`;
  const cardId = `${machineId}/networkInterfaces/${setName}`;
  const properties: JsonObject = {
    provisioningState: "Succeeded",
    latestModelApplied: true,
    vmId: world.newGuid(),
    // Source: learn.microsoft.com/rest/api/compute/virtual-machine-scale-set-vms/list (since api-version 2021-11-01).
    timeCreated: new Date(world.clock.now()).toISOString(),
    hardwareProfile: { vmSize: textField(pool.body, "properties", "vmSize") ?? "" },
    osProfile: { computerName: nodeName(setName, instance) },
    networkProfile: {
      networkInterfaces: [
        { id: cardId, properties: { primary: true, ipConfigurations: ipConfigurations(addresses, subnetId) } },
      ],
    },
  };
  const location = world.store.get(setId)?.body.location ?? "";
  const machine = world.store.put({
    id: machineId,
    name: `${setName}_${instance}`,
    type: containerServiceType.scaleSetMachine,
    body: { location, instanceId: String(instance), properties },
  });
  joinMachine(world, pool, machine);
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

function removeMachine(world: AzureWorld, pool: StoredResource, machine: StoredResource): void {
  leaveMachine(world, pool, machine);
  world.store.remove(machine.id);
}

function instanceOf(machine: StoredResource): number {
  return Number(textField(machine.body, "instanceId") ?? 0);
}
