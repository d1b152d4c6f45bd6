import { describe, expect, it } from "vitest";
import { azureLocations } from "../../src/domain/azureLocations.ts";
import { type EnvironmentRequest, withDefaults } from "../../src/domain/environmentDefaults.ts";
import { environmentMistakes } from "../../src/domain/environmentMistakes.ts";

const subnets = (firewall: string, ...more: readonly { name: string; addressPrefix: string }[]) => [
  { name: "AzureFirewallSubnet", addressPrefix: firewall },
  ...more,
];
const spokeSubnets = (gateway: string, nodes: string) => [
  { name: "gw-1-subnet", addressPrefix: gateway },
  { name: "aks-1-subnet", addressPrefix: nodes },
];

const kubenet = (podCidr?: string) => ({ networkPlugin: "kubenet", podCidr }) as const;

/** Room for hundreds of nodes. */
const bigSpoke = {
  addressPrefixes: ["10.0.4.0/22", "10.16.0.0/16"],
  subnets: spokeSubnets("10.0.4.0/24", "10.16.0.0/16"),
};

/** Each case has exactly the one mistake that it names. */
const cases: readonly (readonly [name: string, request: EnvironmentRequest, pointer: string, words: string])[] = [
  ["an unknown location", { location: "west europa" }, "/location", 'perhaps "westeurope" is meant'],
  ["a location of no Azure at all", { location: "middleearth" }, "/location", "is no public Azure location."],
  ["zones where there are none", { location: "westus", zones: ["1"] }, "/zones", "westus has no availability zones"],
  ["a tag that Azure keeps", { tags: { "Microsoft-x": "1" } }, "/tags/Microsoft-x", 'begins with "microsoft"'],
  [
    "a tag of ours",
    { tags: { "Portcullis-Environment": "x" } },
    "/tags/Portcullis-Environment",
    "is set by Portcullis",
  ],
  ["another tag of ours", { tags: { "portcullis-created-by": "x" } }, "/tags/portcullis-created-by", "is set by"],
  ["a tag that durable inputs cannot carry", { tags: { Timestamp: "x" } }, "/tags/Timestamp", 'write "timestamp"'],
  ["a tag with a slash", { tags: { "a/b": "x" } }, "/tags/a~1b", "which Azure refuses in names of tags"],
  ["a tag twice", { tags: { a: "1", A: "2" } }, "/tags/A", "stands there twice"],
  ["a long tag value", { tags: { a: "x".repeat(257) } }, "/tags/a", "has 257 characters"],
  [
    "too many tags",
    { tags: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, ""])) },
    "/tags",
    "There are 50 tags",
  ],
  [
    "no room for our tags",
    { tags: Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`t${i}`, ""])) },
    "/tags",
    "2 of them are ours",
  ],

  ["a group ending with a dot", { groups: { network: "net." } }, "/groups/network", "not end with a dot"],
  ["a short virtual network", { hub: { name: "h" } }, "/hub/name", "has 2 to 64 characters"],
  [
    "a firewall beginning with a dash",
    { firewall: { name: "-fw" } },
    "/firewall/name",
    "An Azure Firewall's name must begin with a letter or digit",
  ],
  ["a long firewall", { firewall: { name: "f".repeat(57) } }, "/firewall/name", "has 57"],
  ["a gateway with a blank", { gateway: { name: "my gw" } }, "/gateway/name", '"my gw" does not'],
  [
    "a workspace with an underscore",
    { cluster: { workspaceName: "my_log" } },
    "/cluster/workspaceName",
    "A Log Analytics workspace's name must",
  ],
  ["a short identity", { gateway: { identityName: "id" } }, "/gateway/identityName", "has 3 to 128 characters"],
  ["a node pool in upper case", { cluster: { poolName: "Pool" } }, "/cluster/poolName", "lower-case"],
  ["a long node pool", { cluster: { poolName: "p123456789012" } }, "/cluster/poolName", "has 1 to 12 characters"],
  [
    "a reserved word in a public name",
    { cluster: { name: "my-windows-aks" } },
    "/cluster/name",
    'may not use the word "windows"',
  ],
  [
    "a reserved word at its beginning",
    { cluster: { name: "login1" } },
    "/cluster/name",
    'may not use the word "login"',
  ],
  [
    "a DNS label in upper case",
    { gateway: { domainNameLabel: "Shop" } },
    "/gateway/domainNameLabel",
    "A domain name label's name must",
  ],
  [
    "a long node group",
    { cluster: { nodeGroupName: "n".repeat(81) } },
    "/cluster/nodeGroupName",
    "has 1 to 80 characters",
  ],
  [
    "a node group of our own",
    { cluster: { nodeGroupName: "SecureK8s" } },
    "/cluster/nodeGroupName",
    "is the environment's own cluster group",
  ],
  [
    "one group for two things",
    { groups: { gateway: "g", cluster: "g" }, gateway: { identityName: "same" }, cluster: { identityName: "same" } },
    "/cluster/identityName",
    "the first is at /environment/gateway/identityName",
  ],
  [
    "hub and spoke under one name",
    { hub: { name: "net" }, spoke: { name: "NET" } },
    "/spoke/name",
    "two of the kind virtual network",
  ],
  [
    "an application that is no label",
    { application: { name: "Dummy" } },
    "/application/name",
    "begin with a lower-case letter",
  ],

  [
    "a prefix that is none",
    { hub: { addressPrefixes: ["10.0.0.0/22", "ten"] } },
    "/hub/addressPrefixes/1",
    '"ten" is no IPv4 prefix',
  ],
  [
    "a prefix with host bits",
    { hub: { addressPrefixes: ["10.0.0.1/22"] } },
    "/hub/addressPrefixes/0",
    "has bits set behind the first 22",
  ],
  ["no address space", { hub: { addressPrefixes: [] } }, "/hub/addressPrefixes", "has no address space"],
  [
    "networks that overlap",
    { hub: { addressPrefixes: ["10.0.0.0/21"] } },
    "/spoke/addressPrefixes/0",
    "10.0.4.0/22 of the spoke k8snet overlaps 10.0.0.0/21 of the hub hubnet",
  ],
  [
    "a network in a range of AKS's",
    { hub: { addressPrefixes: ["10.0.0.0/22", "172.31.0.0/24"] } },
    "/hub/addressPrefixes/1",
    "reserved for AKS itself",
  ],

  [
    "a subnet outside its network",
    { hub: { subnets: subnets("10.9.0.0/24") } },
    "/hub/subnets/0/addressPrefix",
    "lies outside the hub hubnet (10.0.0.0/22)",
  ],
  [
    "a subnet with host bits",
    { hub: { subnets: subnets("10.0.0.5/24") } },
    "/hub/subnets/0/addressPrefix",
    "is no network address",
  ],
  [
    "subnets that overlap",
    { hub: { subnets: subnets("10.0.0.0/24", { name: "a", addressPrefix: "10.0.0.128/25" }) } },
    "/hub/subnets/1/addressPrefix",
    "overlaps 10.0.0.0/24 of the subnet AzureFirewallSubnet",
  ],
  [
    "a subnet smaller than Azure's",
    { hub: { subnets: subnets("10.0.0.0/24", { name: "a", addressPrefix: "10.0.1.0/30" }) } },
    "/hub/subnets/1/addressPrefix",
    "no subnet smaller than /29",
  ],
  [
    "two subnets under one name",
    {
      hub: {
        subnets: subnets(
          "10.0.0.0/24",
          { name: "a", addressPrefix: "10.0.1.0/24" },
          { name: "A", addressPrefix: "10.0.2.0/24" },
        ),
      },
    },
    "/hub/subnets/2/name",
    "two of the kind subnet",
  ],
  [
    "a firewall subnet in lower case",
    { hub: { subnets: [{ name: "azurefirewallsubnet", addressPrefix: "10.0.0.0/24" }] } },
    "/hub/subnets/0/name",
    "exactly the name AzureFirewallSubnet",
  ],
  [
    "no firewall subnet",
    { hub: { subnets: [{ name: "other", addressPrefix: "10.0.0.0/24" }] } },
    "/hub/subnets",
    "exactly the name AzureFirewallSubnet",
  ],
  [
    "a small firewall subnet",
    { hub: { subnets: subnets("10.0.0.0/27") } },
    "/hub/subnets/0/addressPrefix",
    "Azure Firewall needs a /26",
  ],
  [
    "a small Bastion subnet",
    { hub: { subnets: subnets("10.0.0.0/24", { name: "AzureBastionSubnet", addressPrefix: "10.0.1.0/27" }) } },
    "/hub/subnets/1/addressPrefix",
    "Azure Bastion needs a /26",
  ],
  [
    "a Bastion subnet in lower case",
    { hub: { subnets: subnets("10.0.0.0/24", { name: "azurebastionsubnet", addressPrefix: "10.0.1.0/24" }) } },
    "/hub/subnets/1/name",
    "exactly the name AzureBastionSubnet",
  ],
  [
    "a gateway in no subnet",
    { gateway: { subnet: "gw1-subnet" } },
    "/gateway/subnet",
    'no subnet "gw1-subnet" for the gateway',
  ],
  [
    "a cluster in no subnet",
    { cluster: { subnet: "nowhere" } },
    "/cluster/subnet",
    'no subnet "nowhere" for the cluster',
  ],
  [
    "a cluster in the gateway's subnet",
    { cluster: { subnet: "gw-1-subnet" } },
    "/cluster/subnet",
    "shares its subnet with nothing else",
  ],
  [
    "a small gateway subnet",
    { spoke: { subnets: spokeSubnets("10.0.4.0/28", "10.0.5.0/24") }, gateway: { maxCapacity: 20 } },
    "/spoke/subnets/0/addressPrefix",
    "need 26 addresses, it has 16",
  ],
  [
    "a small node subnet",
    { spoke: { subnets: spokeSubnets("10.0.4.0/24", "10.0.5.0/26") } },
    "/spoke/subnets/1/addressPrefix",
    "need 98 addresses, it has 64",
  ],
  [
    "more nodes than the subnet holds",
    { cluster: { nodeCount: 8 } },
    "/spoke/subnets/1/addressPrefix",
    "8 nodes and 1 for upgrades with 30 pods each",
  ],
  [
    "nodes in a subnet of Azure's",
    {
      spoke: {
        subnets: [
          ...spokeSubnets("10.0.4.0/24", "10.0.5.0/24"),
          { name: "GatewaySubnet", addressPrefix: "10.0.6.0/24" },
        ],
      },
    },
    "/spoke/subnets/2/name",
    "Azure keeps the name GatewaySubnet",
  ],

  [
    "a scale upside down",
    { gateway: { minCapacity: 5, maxCapacity: 3 } },
    "/gateway/minCapacity",
    "minCapacity of 5 is above its maxCapacity of 3",
  ],
  [
    "a scale that is too large",
    { gateway: { maxCapacity: 126 }, spoke: { subnets: spokeSubnets("10.0.4.0/24", "10.0.5.0/24") } },
    "/gateway/maxCapacity",
    "from 2 to 125",
  ],
  ["one bound of the autoscaler", { cluster: { minCount: 1 } }, "/cluster/maxCount", "needs both bounds"],
  ["the other bound alone", { cluster: { maxCount: 2 } }, "/cluster/minCount", "only maxCount is there"],
  [
    "bounds upside down",
    { cluster: { minCount: 4, maxCount: 3, nodeCount: 2 } },
    "/cluster/minCount",
    "minCount of 4 is above its maxCount of 3",
  ],
  [
    "a count outside the bounds",
    { cluster: { minCount: 3, maxCount: 4, nodeCount: 2 } },
    "/cluster/nodeCount",
    "from 3 to 4, or be left out",
  ],
  ["a bound below one", { cluster: { minCount: 0, maxCount: 2 } }, "/cluster/minCount", "from 1 to 1000"],
  ["a surge beyond all nodes", { cluster: { maxSurge: "101%" } }, "/cluster/maxSurge", "from 1% to 100%"],
  ["a surge beyond AKS's limit", { cluster: { maxSurge: "1001" } }, "/cluster/maxSurge", "from 1 to 1000"],
  ["no nodes", { cluster: { nodeCount: 0 } }, "/cluster/nodeCount", "from 1 to 1000"],
  ["too few pods a node", { cluster: { maxPods: 9 } }, "/cluster/maxPods", "from 10 to 250"],
  ["no replicas", { application: { replicas: 0 } }, "/application/replicas", "from 1 to 50"],

  [
    "a service range inside a network",
    { cluster: { serviceCidr: "10.0.7.0/24", dnsServiceIP: "10.0.7.10" } },
    "/cluster/serviceCidr",
    "overlaps 10.0.4.0/22 of the spoke k8snet",
  ],
  [
    "a service range of AKS's own",
    { cluster: { serviceCidr: "172.30.0.0/16", dnsServiceIP: "172.30.0.10" } },
    "/cluster/serviceCidr",
    "reserved for AKS itself",
  ],
  [
    "a service range that is none",
    { cluster: { serviceCidr: "10.2.0.0" } },
    "/cluster/serviceCidr",
    "is no IPv4 prefix",
  ],
  [
    "a service range that is too large",
    { cluster: { serviceCidr: "100.64.0.0/12", dnsServiceIP: "100.64.0.10" } },
    "/cluster/serviceCidr",
    "is a /12; it must be from /13",
  ],
  [
    "a DNS address outside",
    { cluster: { dnsServiceIP: "10.3.0.10" } },
    "/cluster/dnsServiceIP",
    "lies outside its service range 10.2.0.0/24",
  ],
  [
    "the API server's address for DNS",
    { cluster: { dnsServiceIP: "10.2.0.1" } },
    "/cluster/dnsServiceIP",
    "which is the API server's",
  ],
  [
    "the network's address for DNS",
    { cluster: { dnsServiceIP: "10.2.0.0" } },
    "/cluster/dnsServiceIP",
    "first or last address",
  ],
  [
    "a DNS address that is none",
    { cluster: { dnsServiceIP: "ten" } },
    "/cluster/dnsServiceIP",
    '"ten" is no IPv4 address',
  ],

  [
    "a pod range with pods in the subnet",
    { cluster: { podCidr: "10.244.0.0/16" } },
    "/cluster/podCidr",
    'ask for the networkPlugin "overlay"',
  ],
  [
    "a pod range that is none",
    { cluster: { networkPlugin: "kubenet", podCidr: "10.244.0.0" } },
    "/cluster/podCidr",
    '"10.244.0.0" is no IPv4 prefix',
  ],
  [
    "a pod range with host bits",
    { cluster: { networkPlugin: "overlay", podCidr: "10.244.0.1/16" } },
    "/cluster/podCidr",
    "has bits set behind the first 16",
  ],
  [
    "pods in the hub",
    { cluster: { networkPlugin: "overlay", podCidr: "10.0.0.0/22" } },
    "/cluster/podCidr",
    "overlaps 10.0.0.0/22 of the hub hubnet",
  ],
  [
    "pods around the spoke",
    { hub: { addressPrefixes: ["10.9.0.0/22"], subnets: subnets("10.9.0.0/24") }, cluster: kubenet("10.0.0.0/16") },
    "/cluster/podCidr",
    "overlaps 10.0.4.0/22 of the spoke k8snet",
  ],
  [
    "pods among the services",
    { cluster: kubenet("10.2.0.0/16") },
    "/cluster/podCidr",
    "overlaps 10.2.0.0/24 of the cluster's services",
  ],
  ["pods in a range of AKS's", { cluster: kubenet("172.31.0.0/16") }, "/cluster/podCidr", "reserved for AKS itself"],
  [
    "a pod range without room for the node that upgrades bring",
    { cluster: kubenet("10.244.0.0/23") },
    "/cluster/podCidr",
    "room for 2 nodes of a /24 each; 2 nodes and 1 for upgrades need a /22 or larger",
  ],
  [
    "a pod range without room for one node",
    { cluster: { networkPlugin: "overlay", podCidr: "10.244.0.0/25" } },
    "/cluster/podCidr",
    "room for 0 nodes",
  ],
  [
    "more nodes than a table has routes",
    { spoke: bigSpoke, cluster: { ...kubenet("10.128.0.0/14"), nodeCount: 399 } },
    "/cluster/nodeCount",
    "399 nodes and 40 for upgrades make 440 with the default route",
  ],
  [
    "a small node subnet with kubenet",
    { spoke: { subnets: spokeSubnets("10.0.4.0/24", "10.0.5.0/28") }, cluster: { ...kubenet(), nodeCount: 11 } },
    "/spoke/subnets/1/addressPrefix",
    "11 nodes and 2 for upgrades, and Azure's own 5, need 18 addresses, it has 16",
  ],
  [
    "a small node subnet with overlay",
    {
      spoke: { subnets: spokeSubnets("10.0.4.0/24", "10.0.5.0/28") },
      cluster: { networkPlugin: "overlay", nodeCount: 11 },
    },
    "/spoke/subnets/1/addressPrefix",
    "need 18 addresses",
  ],
  [
    "one table for cluster and gateway",
    { groups: { network: "g", gateway: "g" }, gateway: { routeTableName: "secureaks1-rt" }, cluster: kubenet() },
    "/gateway/routeTableName",
    "two of the kind route table",
  ],

  [
    "sources without the nodes",
    { firewall: { rules: { sourcePrefixes: ["10.0.6.0/24"] } } },
    "/firewall/rules/sourcePrefixes",
    "leaves out the node subnet aks-1-subnet (10.0.5.0/24)",
  ],
  [
    "a source that is none",
    { firewall: { rules: { sourcePrefixes: ["10.0.5.0/24", "x"] } } },
    "/firewall/rules/sourcePrefixes/1",
    '"x" is no IPv4 prefix',
  ],
  [
    "an image from Docker Hub",
    { application: { image: "denniszielke/dummy-logger:latest" } },
    "/application/image",
    "set environment.firewall.rules.dockerHub to true",
  ],
  [
    "an image from elsewhere",
    { application: { image: "ghcr.io/a/b:1" }, firewall: { rules: { dockerHub: true } } },
    "/application/image",
    "comes from ghcr.io, which the firewall would refuse",
  ],
  ["an image that is none", { application: { image: "a b" } }, "/application/image", "is no container image"],
  ["a host that is none", { application: { host: "-x" } }, "/application/host", "is no host name"],
  ["a host with a script", { application: { host: "<script>.example.com" } }, "/application/host", "is no host name"],
  [
    "a URL with a quote",
    { verification: { refusedUrl: "https://www.example.com/'$(id)" } },
    "/verification/refusedUrl",
    "is no plain http or https URL",
  ],
  [
    "a URL with a port that there cannot be",
    { verification: { refusedUrl: "https://www.example.com:99999/" } },
    "/verification/refusedUrl",
    "is no plain http or https URL",
  ],
  [
    "a URL that ends as an address would",
    { verification: { refusedUrl: "https://www.example.1/" } },
    "/verification/refusedUrl",
    "is no plain http or https URL",
  ],
  [
    "a proof at an allowed name",
    { verification: { refusedUrl: "http://security.ubuntu.com/" } },
    "/verification/refusedUrl",
    "the rules allow security.ubuntu.com",
  ],
];

describe("environmentMistakes", () => {
  it("finds nothing in the seed's environment", () => {
    expect(environmentMistakes(withDefaults({}))).toEqual([]);
  });

  it.each(cases)("names %s, and nothing else", (_name, request, pointer, words) => {
    const mistakes = environmentMistakes(withDefaults(request));
    expect(mistakes.map((mistake) => mistake.pointer)).toEqual([`/environment${pointer}`]);
    expect(mistakes[0]?.message).toContain(words);
    expect(mistakes[0]?.message).toMatch(/[^.]\.$/);
  });

  it.each([
    [
      "docker hub's image with the rule",
      { application: { image: "denniszielke/dummy-logger:latest" }, firewall: { rules: { dockerHub: true } } },
    ],
    [
      "a registry of ours with the rules of 2020",
      { application: { image: "mine.azurecr.io/a:1" }, firewall: { rules: { compatibility: "2020" } } },
    ],
    ["any image when there is no sample", { application: { enabled: false, image: "ghcr.io/a/b:1" } }],
    ["everybody as a source", { firewall: { rules: { sourcePrefixes: ["*"] } } }],
    ["one group for everything", { groups: { network: "one", gateway: "one", cluster: "one" } }],
    [
      "a spoke of two prefixes (the script's later form)",
      {
        spoke: {
          addressPrefixes: ["10.0.4.0/24", "172.16.0.0/18"],
          subnets: [
            { name: "gw-1-subnet", addressPrefix: "10.0.4.0/24" },
            { name: "aks-1-subnet", addressPrefix: "172.16.0.0/22" },
          ],
        },
      },
    ],
    ["bounds of the autoscaler, with a count within them left out", { cluster: { minCount: 3, maxCount: 5 } }],
    ["a node subnet that is just large enough", { cluster: { nodeCount: 7 } }],
    [
      "a node subnet that is just large enough for kubenet",
      { spoke: { subnets: spokeSubnets("10.0.4.0/24", "10.0.5.0/28") }, cluster: { ...kubenet(), nodeCount: 10 } },
    ],
    ["a pod range that is just large enough", { cluster: { ...kubenet("10.244.0.0/22"), nodeCount: 3 } }],
    [
      "as many nodes as a table has routes",
      { spoke: bigSpoke, cluster: { ...kubenet("10.128.0.0/14"), nodeCount: 398, maxSurge: "1" } },
    ],
    [
      "more nodes than a table has routes, when none are needed",
      { spoke: bigSpoke, cluster: { networkPlugin: "overlay", podCidr: "10.128.0.0/14", nodeCount: 399 } },
    ],
    [
      "the same name for a table that is not made",
      { groups: { network: "g", gateway: "g" }, gateway: { routeTableName: "secureaks1-rt" } },
    ],
  ] satisfies readonly (readonly [string, EnvironmentRequest])[])("takes %s", (_name, request) => {
    expect(environmentMistakes(withDefaults(request))).toEqual([]);
  });

  it("names several mistakes together", () => {
    const request = {
      location: "nowhere",
      hub: { name: "h" },
      cluster: { dnsServiceIP: "1.1.1.1" },
      gateway: { minCapacity: -1 },
    };
    expect(environmentMistakes(withDefaults(request)).map(({ pointer }) => pointer)).toEqual([
      "/environment/location",
      "/environment/hub/name",
      "/environment/gateway/minCapacity",
      "/environment/cluster/dnsServiceIP",
    ]);
  });
});

describe("azureLocations", () => {
  it("names every location once", () => {
    expect(new Set(azureLocations.map(({ name }) => name)).size).toBe(azureLocations.length);
  });
});
