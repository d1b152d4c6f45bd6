import { describe, expect, it } from "vitest";
import { parseTicket } from "../../src/contracts/ticket.ts";

const subscription = "/subscriptions/00000000-0000-4000-8000-000000000002";
const firewall = `${subscription}/resourceGroups/rg-hub/providers/Microsoft.Network/azureFirewalls/afw-hub`;
const gateway = `${subscription}/resourceGroups/rg-edge/providers/Microsoft.Network/applicationGateways/agw-edge`;
const network = `${subscription}/resourceGroups/rg-edge/providers/Microsoft.Network/virtualNetworks/vnet-edge`;
const clusterSubnets = [`${network}/subnets/snet-aks-1`, `${network}/subnets/snet-aks-2`];

function mistakesOf(environment: unknown): Readonly<Record<string, string>> {
  const ticket = { number: "RITM0010001", system: "servicenow", requestedBy: "platform-team" };
  const parsed = parseTicket({ ticket, action: "provision", environment });
  return parsed.ok ? {} : Object.fromEntries(parsed.mistakes.map(({ pointer, message }) => [pointer, message]));
}

describe("a ticket that adopts", () => {
  it("needs nothing but ids, in whatever case Azure's tools write them", () => {
    expect(mistakesOf({ adopt: { firewall } })).toEqual({});
    expect(mistakesOf({ adopt: { gateway, clusterSubnets } })).toEqual({});
    const shouted = firewall.replace("resourceGroups", "RESOURCEGROUPS").replace("azureFirewalls", "AzureFirewalls");
    expect(mistakesOf({ adopt: { firewall: shouted, gateway, clusterSubnets } })).toEqual({});
  });

  it("is told what is no id, and what is the id of something else", () => {
    const mistakes = mistakesOf({
      adopt: {
        firewall: network,
        gateway: "agw-edge",
        clusterSubnets: [`${network}/subnets/../../secret`, clusterSubnets[0], clusterSubnets[0]],
      },
    });
    expect(Object.keys(mistakes).sort()).toEqual([
      "/environment/adopt/clusterSubnets/0",
      "/environment/adopt/clusterSubnets/2",
      "/environment/adopt/firewall",
      "/environment/adopt/gateway",
    ]);
    expect(mistakes["/environment/adopt/firewall"]).toContain("not an Azure Firewall");
    expect(mistakes["/environment/adopt/firewall"]).toContain("its network follows");
    expect(mistakes["/environment/adopt/gateway"]).toContain("is no id of a resource");
    expect(mistakes["/environment/adopt/clusterSubnets/2"]).toContain("named twice");
  });

  it("may not say what Azure is asked for, each with its place", () => {
    const mistakes = mistakesOf({
      adopt: { firewall, gateway, clusterSubnets },
      hub: { name: "vnet-hub", addressPrefixes: ["10.0.0.0/22"], peeringName: "to-us" },
      firewall: { policyName: "afwp", workspaceName: "log-firewall" },
      spoke: { serviceEndpoints: true },
      gateway: { subnet: "gw", identityName: "id-ingress" },
    });
    expect(Object.keys(mistakes).sort()).toEqual([
      "/environment/firewall/policyName",
      "/environment/gateway/subnet",
      "/environment/hub/addressPrefixes",
      "/environment/hub/name",
      "/environment/spoke/serviceEndpoints",
    ]);
    expect(mistakes["/environment/hub/name"]).toBe("hub.name follows from the adopted firewall; leave it out.");
  });

  it("names a gateway's subnets, all in one network, and the cluster's among them", () => {
    const elsewhere = clusterSubnets[1]?.replace("vnet-edge", "vnet-other");
    expect(mistakesOf({ adopt: {} })).toHaveProperty("/environment/adopt");
    expect(mistakesOf({ adopt: { gateway } })).toHaveProperty("/environment/adopt/clusterSubnets");
    expect(mistakesOf({ adopt: { firewall, clusterSubnets } })).toHaveProperty("/environment/adopt/clusterSubnets");
    expect(
      Object.keys(
        mistakesOf({
          adopt: { gateway, clusterSubnets: [clusterSubnets[0], elsewhere] },
          cluster: { subnet: "aks-1-subnet" },
        }),
      ).sort(),
    ).toEqual(["/environment/adopt/clusterSubnets/1", "/environment/cluster/subnet"]);
  });

  it("keeps the environment's groups apart from the operator's, and its rules to its own nodes", () => {
    const mistakes = mistakesOf({
      adopt: { firewall },
      groups: { network: "RG-HUB" },
      firewall: { rules: { sourcePrefixes: ["*"], networkPriority: 99, applicationPriority: 99 } },
    });
    expect(Object.keys(mistakes).sort()).toEqual([
      "/environment/firewall/rules/applicationPriority",
      "/environment/firewall/rules/networkPriority",
      "/environment/firewall/rules/sourcePrefixes",
      "/environment/groups/network",
    ]);
  });

  it("says hosts of others, and none that is its own", () => {
    const application = { host: "app.example.com" };
    const keptHosts = ["shop.example.com", "*.shop.example.com", "app.example.com", "no host"];
    expect(Object.keys(mistakesOf({ adopt: { gateway, clusterSubnets, keptHosts }, application }))).toEqual([
      "/environment/adopt/keptHosts/2",
      "/environment/adopt/keptHosts/3",
    ]);
    expect(mistakesOf({ adopt: { firewall, keptHosts } })).toHaveProperty("/environment/adopt/keptHosts");
  });

  it("is refused kubenet, whose routes belong on the gateway's subnet", () => {
    const mistakes = mistakesOf({ adopt: { gateway, clusterSubnets }, cluster: { networkPlugin: "kubenet" } });
    expect(Object.keys(mistakes)).toEqual(["/environment/cluster/networkPlugin"]);
  });
});
