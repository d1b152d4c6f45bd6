import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { environmentSchema } from "../../src/contracts/environmentSchema.ts";
import { parseTicket, type Ticket, type TicketMistake, ticketFingerprint } from "../../src/contracts/ticket.ts";

const ticket = (environment?: unknown) => ({
  ticket: { number: "RITM0010001", system: "servicenow", requestedBy: "platform-team" },
  action: "provision",
  ...(environment === undefined ? {} : { environment }),
});

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../samples/${name}`, import.meta.url), "utf8"));

function mistakesIn(json: unknown): readonly TicketMistake[] {
  const parsed = parseTicket(json);
  return parsed.ok ? [] : parsed.mistakes;
}

function ticketOf(json: unknown): Extract<Ticket, { readonly action: "provision" }> {
  const parsed = parseTicket(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  if (parsed.ticket.action !== "provision") throw new Error(`a ticket to ${parsed.ticket.action}`);
  return parsed.ticket;
}

describe("parseTicket", () => {
  it("takes a ticket that says nothing of the environment for the seed's", () => {
    const { environment } = ticketOf(ticket());
    expect(environment.hub.subnets.map(({ name }) => name)).toEqual(["AzureFirewallSubnet", "bastionsubnet"]);
    expect(environment.cluster.nodeGroupName).toBe("securek8s_secureaks1_nodes_westeurope");
    expect(ticketOf(ticket({})).environment).toEqual(environment);
  });

  it("derives names from the names that are given, unless they are given too", () => {
    const { firewall, cluster } = ticketOf(
      ticket({ location: "West US 3", firewall: { name: "afw", policyName: "pol" }, cluster: { name: "aks1" } }),
    ).environment;
    expect(firewall).toMatchObject({ publicIpName: "afw-ip", policyName: "pol", workspaceName: "afw-lagw" });
    expect(cluster).toMatchObject({ routeTableName: "aks1-rt", nodeGroupName: "securek8s_aks1_nodes_westus3" });
  });

  it.each(readdirSync(new URL("../../samples", import.meta.url)))("takes the sample %s", (name) => {
    expect(mistakesIn(sample(name))).toEqual([]);
  });

  it("finds every field of the schema in the full sample, but for those that contradict others of it", () => {
    const missingIn = (name: string) =>
      missingFields(environmentSchema, (sample(name) as { environment: object }).environment);
    expect(missingIn("full.json")).toEqual(["/adopt", "/cluster/podCidr"]);
    expect(missingIn("kubenet.json")).not.toContain("/cluster/podCidr");
    expect(missingIn("adopt.json").filter((place) => place.startsWith("/adopt"))).toEqual([]);
  });

  it("gives pods a range of their own where they do not live in the node subnet", () => {
    const clusterOf = (cluster: object) => ticketOf(ticket({ cluster })).environment.cluster;
    expect(clusterOf({})).not.toHaveProperty("podCidr");
    expect(clusterOf({ networkPlugin: "kubenet" })).toMatchObject({ podCidr: "10.244.0.0/16", maxPods: 110 });
    expect(clusterOf({ networkPlugin: "overlay", maxPods: 50 })).toMatchObject({
      podCidr: "10.244.0.0/16",
      maxPods: 50,
    });
  });
});

describe("parseTicket on a wrong shape", () => {
  it("names everything at once, each with its pointer", () => {
    const mistakes = mistakesIn({
      ticket: { number: "no/slash", system: 5, priority: 1 },
      action: "destroy",
      environment: {
        locaton: "westeurope",
        cluster: { networkPlugin: "calico", privateCluster: true, nodeCount: 2.5 },
        hub: { subnets: [{ name: "AzureFirewallSubnet" }] },
        gateway: { minCapacity: 11 },
      },
    });
    expect(mistakes.map(({ pointer }) => pointer).sort()).toEqual([
      "/action",
      "/environment/cluster/networkPlugin",
      "/environment/cluster/nodeCount",
      "/environment/cluster/privateCluster",
      "/environment/gateway/minCapacity",
      "/environment/hub/subnets/0/addressPrefix",
      "/environment/locaton",
      "/ticket/number",
      "/ticket/priority",
      "/ticket/requestedBy",
      "/ticket/system",
    ]);
  });

  it.each([
    [null, "", "The body is null; it must be an object."],
    [[], "", "The body is a list; it must be an object."],
    ["x", "", 'The body is "x"; it must be an object.'],
    [{ action: "provision" }, "/ticket", "ticket is missing."],
    [ticket(5), "/environment", "environment is 5; it must be an object."],
    [ticket({ hub: null }), "/environment/hub", "environment.hub is null; it must be an object."],
    [
      ticket({ monitoring: "yes" }),
      "/environment/monitoring",
      'environment.monitoring is "yes"; it must be true or false.',
    ],
    [ticket({ name: "" }), "/environment/name", "environment.name must not be empty."],
    [
      ticket({ cluster: { subnt: "a" } }),
      "/environment/cluster/subnt",
      'There is no field "subnt" in environment.cluster; perhaps "subnet" is meant.',
    ],
    [ticket({ "a/b~c": 1 }), "/environment/a~1b~0c", 'There is no field "a/b~c" in environment'],
    [
      ticket({ firewall: { skuTier: "Basic" } }),
      "/environment/firewall/skuTier",
      'is "Basic"; it must be "Standard" or "Premium".',
    ],
    [
      ticket({ cluster: { networkPlugin: "calico" } }),
      "/environment/cluster/networkPlugin",
      'is "calico"; it must be "azure" or "kubenet" or "overlay".',
    ],
    [
      ticket({ cluster: { networkPlugin: "kubenet", identityType: "SystemAssigned" } }),
      "/environment/cluster/identityType",
      "without which there is no kubenet",
    ],
    [
      ticket({ cluster: { networkPlugin: "kubenet", osType: "Windows" } }),
      "/environment/cluster/osType",
      "kubenet cannot have",
    ],
    [
      ticket({ cluster: { networkPlugin: "kubenet", networkPolicy: "azure" } }),
      "/environment/cluster/networkPolicy",
      "Azure's own is impossible with kubenet",
    ],
    [
      ticket({ cluster: { privateCluster: true } }),
      "/environment/cluster/privateCluster",
      "asks for a private cluster",
    ],
    [ticket({ cluster: { vmSize: "D4 v5" } }), "/environment/cluster/vmSize", "is no size of a virtual machine"],
    [
      ticket({ cluster: { kubernetesVersion: "latest" } }),
      "/environment/cluster/kubernetesVersion",
      "is no Kubernetes version",
    ],
    [ticket({ zones: ["1", "1"] }), "/environment/zones", "must name no zone twice"],
  ])("says of %j at %s: %s", (json, pointer, words) => {
    const mistake = mistakesIn(json).find((candidate) => candidate.pointer === pointer);
    expect(mistake?.message).toContain(words);
    expect(mistake?.message).toMatch(/^[A-Za-z"].*\.$/s);
  });

  it.each(["a b", "-a", "../x", "a@b", "ä", "a".repeat(41), "@entity"])(
    "refuses the ticket number %j, which is no safe id",
    (number) => {
      const json = { ...ticket(), ticket: { ...ticket().ticket, number } };
      expect(mistakesIn(json).map(({ pointer }) => pointer)).toEqual(["/ticket/number"]);
    },
  );

  it("makes no statement on pods of a plug-in that is none", () => {
    const mistakes = mistakesIn(ticket({ cluster: { networkPlugin: "calico", podCidr: "10.0.5.0/24" } }));
    expect(mistakes.map(({ pointer }) => pointer)).toEqual(["/environment/cluster/networkPlugin"]);
  });

  it("makes no statement on what rests on a field of the wrong shape", () => {
    const mistakes = mistakesIn(ticket({ hub: { addressPrefixes: [7] }, spoke: { addressPrefixes: ["10.0.0.0/21"] } }));
    expect(mistakes.map(({ pointer }) => pointer)).toEqual(["/environment/hub/addressPrefixes/0"]);
  });

  it.each([
    ["a tag that is no text", { tags: { owner: "team", n: 5 } }, "/environment/tags/n"],
    [
      "an unknown field in a list's element",
      { spoke: { subnets: [{ name: "gw-1-subnet", addressPrefix: "10.0.4.0/24", prefix: "" }] } },
      "/environment/spoke/subnets/0/prefix",
    ],
  ])("goes on to the mistakes of content behind %s", (_, environment, pointer) => {
    const pointers = mistakesIn(ticket({ ...environment, location: "westeurop", firewall: { name: "a b" } })).map(
      (mistake) => mistake.pointer,
    );
    expect(pointers).toContain(pointer);
    expect(pointers).toContain("/environment/location");
    expect(pointers).toContain("/environment/firewall/name");
  });

  it("says of a choice that was not made that it is missing", () => {
    const { action: _, ...silent } = ticket();
    expect(mistakesIn(silent)).toEqual([{ pointer: "/action", message: "action is missing.", example: "provision" }]);
  });

  it("survives keys that mean something to JavaScript", () => {
    const json: unknown = JSON.parse(
      '{"ticket":{"number":"R1","system":"s","requestedBy":"p"},"action":"provision","environment":{"__proto__":{"x":1},"constructor":2,"tags":{"__proto__":"x"}}}',
    );
    expect(parseTicket(json).ok).toBe(false);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe("ticketFingerprint", () => {
  it("is one for one content, and another for every other", () => {
    const one = ticketFingerprint(ticketOf(ticket({ name: "a", groups: { network: "n", cluster: "c" } })));
    expect(ticketFingerprint(ticketOf(ticket({ groups: { cluster: "c", network: "n" }, name: "a" })))).toBe(one);
    expect(ticketFingerprint(ticketOf(ticket({ groups: { cluster: "c", network: "n" }, name: "b" })))).not.toBe(one);
  });

  it("does not mind the order of tags", () => {
    const tagged = (tags: object) => ticketFingerprint(ticketOf(ticket({ tags })));
    expect(tagged({ b: "2", a: "1" })).toBe(tagged({ a: "1", b: "2" }));
    expect(tagged({ b: "1", a: "2" })).not.toBe(tagged({ a: "1", b: "2" }));
  });

  it("does not tell a default from the same value said outright", () => {
    expect(ticketFingerprint(ticketOf(ticket({ location: "West Europe" })))).toBe(
      ticketFingerprint(ticketOf(ticket())),
    );
  });
});

interface Walkable {
  readonly shape?: Readonly<Record<string, Walkable>>;
  readonly def?: { readonly innerType?: Walkable };
}

/** Fields of a schema that a value does not have. */
function missingFields(schema: unknown, value: unknown, path = ""): readonly string[] {
  const { shape, def } = schema as Walkable;
  if (shape === undefined) return def?.innerType === undefined ? [] : missingFields(def.innerType, value, path);
  return Object.entries(shape).flatMap(([key, member]) => {
    const given = (value as Record<string, unknown>)[key];
    return given === undefined ? [`${path}/${key}`] : missingFields(member, given, `${path}/${key}`);
  });
}
