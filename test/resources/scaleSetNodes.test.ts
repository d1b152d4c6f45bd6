import { describe, expect, it } from "vitest";
import { nodesOf } from "../../src/resources/scaleSetNodes.ts";

const set = "/subscriptions/s/resourceGroups/MC/providers/Microsoft.Compute/virtualMachineScaleSets/aks-np-1-vmss";
const machine = (instance: number, properties: object = {}) => ({
  id: `${set}/virtualMachines/${instance}`,
  properties: {
    osProfile: { computerName: `AKS-np-1-vmss00000${instance}` },
    timeCreated: "2026-11-02T08:00:00Z",
    provisioningState: "Succeeded",
    ...properties,
  },
});
const card = (instance: number, addresses: readonly string[], properties: object = {}) => ({
  properties: {
    primary: true,
    // Azure spells the ids of machines differently from one answer to the next.
    virtualMachine: { id: `${set.toUpperCase()}/virtualMachines/${instance}` },
    ipConfigurations: addresses.map((privateIPAddress, index) => ({
      properties: { primary: index === addresses.length - 1, privateIPAddress },
    })),
    ...properties,
  },
});

describe("nodesOf", () => {
  it("joins machines and the primary address of their primary interface", () => {
    const cards = [card(0, ["10.0.5.9", "10.0.5.4"]), card(0, ["10.9.9.9"], { primary: false })];
    expect(nodesOf([machine(0)], cards)).toEqual([
      {
        name: "aks-np-1-vmss000000",
        address: "10.0.5.4",
        createdAt: "2026-11-02T08:00:00Z",
        provisioningState: "Succeeded",
      },
    ]);
  });

  it("takes the only address for the primary one, and an unknown age for unknown", () => {
    const only = card(1, ["10.0.5.5"], { ipConfigurations: [{ properties: { privateIPAddress: "10.0.5.5" } }] });
    expect(nodesOf([machine(1, { timeCreated: undefined })], [only])).toEqual([
      { name: "aks-np-1-vmss000001", address: "10.0.5.5", provisioningState: "Succeeded" },
    ]);
  });

  it("leaves out a machine without a name or an address", () => {
    expect(nodesOf([machine(0), machine(1, { osProfile: {} })], [card(1, ["10.0.5.5"])])).toEqual([]);
  });
});
