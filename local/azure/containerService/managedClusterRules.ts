/** What AKS refuses in a managed cluster's body as a whole. Codes and texts: as public issues and logs quote them, checked 2026-11. */
import { ArmError } from "../core/armError.ts";
import type { JsonObject, StoredResource, WriteContext } from "../core/resourceType.ts";
import { field, listField, numberField, objectField, sameJson, textField } from "../kubernetes/jsonFields.ts";
import { notModelled } from "../network/bodyShape.ts";
import { checkIdentity } from "./clusterIdentity.ts";
import { checkNetworkProfile } from "./clusterNetworkRules.ts";
import { compareVersions, resolveKubernetesVersion } from "./kubernetesVersions.ts";
import { podNetworkOf } from "./podNetwork.ts";
import { checkPodRange } from "./podNetworkRules.ts";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (managedClusters: 1–63). */
const CLUSTER_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;
const DNS_PREFIX = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,52}[A-Za-z0-9])?$/;
/** Source: the same page (node resource group: 1–80). */
const MOST_NODE_GROUP_CHARACTERS = 80;

/** Throws for the first thing that AKS would refuse. */
export function checkManagedCluster(context: WriteContext): void {
  const { id, body, existing } = context;
  if (!CLUSTER_NAME.test(id.name)) {
    throw new ArmError(
      400,
      "InvalidResourceName",
      `The cluster name '${id.name}' is invalid: 1 to 63 letters, digits, '-' or '_', starting and ending with a letter or digit.`,
    );
  }
  const properties = objectField(body, "properties");
  refuseUnmodelled(properties);
  if (existing === undefined) checkCreation(body, properties);
  else checkUpdate(body, properties, existing);
  checkVersion(properties, existing, String(body.location ?? ""));
}

function checkCreation(body: JsonObject, properties: JsonObject): void {
  const pools = listField(properties, "agentPoolProfiles");
  if (pools.length === 0)
    throw new ArmError(400, "InvalidParameter", "Required parameter agentPoolProfiles is missing (null).", {
      details: [
        {
          code: "InvalidParameter",
          target: "agentPoolProfiles",
          message: "Required parameter agentPoolProfiles is missing (null).",
        },
      ],
    });
  if (!pools.some((pool) => textField(pool, "mode") === "System" && (numberField(pool, "count") ?? 1) > 0)) {
    throw new ArmError(
      400,
      "InvalidSystemAgentPool",
      "Must define at least one system agent pool: send mode System in one of agentPoolProfiles.",
    );
  }
  const dnsPrefix = textField(properties, "dnsPrefix");
  if (dnsPrefix === undefined || !DNS_PREFIX.test(dnsPrefix)) {
    throw new ArmError(
      400,
      "InvalidParameter",
      `The value of parameter dnsPrefix is invalid: '${dnsPrefix ?? ""}' must be 1 to 54 letters, digits or '-', starting and ending with a letter or digit.`,
    );
  }
  const nodeGroup = textField(properties, "nodeResourceGroup") ?? "";
  if (nodeGroup.length > MOST_NODE_GROUP_CHARACTERS) {
    throw new ArmError(
      400,
      "InvalidNodeResourceGroup",
      `The node resource group name '${nodeGroup}' is longer than ${MOST_NODE_GROUP_CHARACTERS} characters.`,
    );
  }
  checkIdentity(body);
  checkNetworkProfile(objectField(properties, "networkProfile"));
  checkPodRange(objectField(properties, "networkProfile"));
}

/** Properties of a cluster that stay as they were made; "a.b" is nested. */
const FIXED_PROPERTIES: readonly (readonly string[])[] = [
  ["dnsPrefix"],
  ["nodeResourceGroup"],
  ["networkProfile", "serviceCidr"],
  ["networkProfile", "dnsServiceIP"],
  ["networkProfile", "podCidr"],
  ["networkProfile", "loadBalancerSku"],
];

function checkUpdate(body: JsonObject, properties: JsonObject, existing: StoredResource): void {
  const before = objectField(existing.body, "properties");
  checkPodNetworkChange(objectField(before, "networkProfile"), objectField(properties, "networkProfile"));
  for (const path of FIXED_PROPERTIES) {
    const sent = field(properties, ...path);
    const known = field(before, ...path);
    if (sent === undefined || sameJson(lowered(sent), lowered(known))) continue;
    throw changeNotAllowed(`properties.${path.join(".")}`);
  }
  const outbound = textField(properties, "networkProfile", "outboundType");
  if (outbound !== undefined && outbound !== textField(before, "networkProfile", "outboundType")) {
    throw new ArmError(400, "UpdatingOutboundTypeNotAllowed", `Updating outboundType to ${outbound} is not allowed.`);
  }
  if (body.identity !== undefined) checkIdentity(body);
  const oidcIsOn = objectField(before, "oidcIssuerProfile").enabled === true;
  if (oidcIsOn && objectField(properties, "oidcIssuerProfile").enabled === false) {
    throw new ArmError(400, "OIDCIssuerFeatureCannotBeDisabled", "Once enabled, the OIDC issuer cannot be disabled.");
  }
}

/** A cluster may leave kubenet for the overlay, and that is all. Source: learn.microsoft.com/azure/aks/update-azure-cni, checked 2026-11. */
function checkPodNetworkChange(before: JsonObject, sent: JsonObject): void {
  const [from, to] = [podNetworkOf(before), podNetworkOf({ ...before, ...sent })];
  const plugin = textField(sent, "networkPlugin")?.toLowerCase();
  const isSamePlugin = plugin === undefined || plugin === textField(before, "networkPlugin")?.toLowerCase();
  if (from === to && isSamePlugin) return;
  if (from === "kubenet" && to === "overlay" && plugin === "azure") return;
  if (from === "nodeSubnet" && to === "overlay")
    throw notModelled("the update from node-subnet Azure CNI to overlay", "Make a new cluster with overlay.");
  throw changeNotAllowed(`properties.networkProfile.${isSamePlugin ? "networkPluginMode" : "networkPlugin"}`);
}

function changeNotAllowed(target: string): ArmError {
  const message = `Changing property '${target}' is not allowed.`;
  return new ArmError(400, "PropertyChangeNotAllowed", message, {
    details: [{ code: "PropertyChangeNotAllowed", message, target }],
  });
}

function lowered(value: Parameters<typeof sameJson>[0]): Parameters<typeof sameJson>[0] {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function checkVersion(properties: JsonObject, existing: StoredResource | undefined, location: string): void {
  const asked = textField(properties, "kubernetesVersion");
  const version = resolveKubernetesVersion(asked);
  const current = textField(existing?.body, "properties", "currentKubernetesVersion");
  if (version === undefined && asked !== current) {
    throw new ArmError(
      400,
      "K8sVersionNotSupported",
      `Managed cluster is on version ${asked}, which is not supported in location ${location}. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`,
    );
  }
  if (asked === undefined || current === undefined || version === undefined) return;
  if (compareVersions(version, current) < 0) {
    throw new ArmError(
      400,
      "OperationNotAllowed",
      `Downgrading Kubernetes version from ${current} to ${version} is not allowed.`,
    );
  }
}

/** Better no cluster than one that behaves otherwise than the real one. */
function refuseUnmodelled(properties: JsonObject): void {
  if (objectField(properties, "apiServerAccessProfile").enablePrivateCluster === true) {
    throw notModelled("private clusters", "Leave apiServerAccessProfile.enablePrivateCluster out.");
  }
  if (
    properties.servicePrincipalProfile !== undefined &&
    textField(properties, "servicePrincipalProfile", "clientId") !== "msi"
  ) {
    throw notModelled("clusters with a service principal", "Send identity UserAssigned.");
  }
  const unmodelled = [
    "aadProfile",
    "httpProxyConfig",
    "ingressProfile",
    "serviceMeshProfile",
    "linuxProfile",
    "windowsProfile",
  ].find((name) => properties[name] !== undefined && properties[name] !== null);
  if (unmodelled !== undefined) throw notModelled(`properties.${unmodelled}`, "Leave it out.");
  const addons = Object.keys(objectField(properties, "addonProfiles")).filter(
    (name) => objectField(properties, "addonProfiles", name).enabled === true,
  );
  const unknown = addons.find((name) => name.toLowerCase() !== "omsagent");
  if (unknown !== undefined) throw notModelled(`the add-on ${unknown}`, "Only omsagent can be enabled.");
}
