/** Can the nodes get out? What every node must reach before it joins; blocked, the creation fails after a long while. */
import { ArmError } from "../core/armError.ts";
import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { type Reach, reach } from "../kubernetes/clusterEgress.ts";
import { type textField, textsField } from "../kubernetes/jsonFields.ts";
import { containsAddress, parseAddress, parsePrefix } from "../network/ipv4.ts";
import { takeAddresses } from "./subnetAddresses.ts";

export interface Bootstrap {
  readonly apiServer: string;
  readonly location: string;
  readonly nodeAddress: string;
  readonly nodeSubnetId: string;
  readonly authorizedRanges: readonly string[];
}

/** What is known of a cluster's bootstrap before it has a node: any address of its subnet stands for the first node's. */
export function plannedBootstrap(
  subnet: StoredResource,
  properties: Parameters<typeof textField>[0],
  location: string,
  apiServer: string,
): Bootstrap {
  const nodeAddress = takeAddresses(subnet, new Set(), 1)[0] ?? "";
  return {
    apiServer,
    location,
    nodeAddress,
    nodeSubnetId: subnet.id,
    authorizedRanges: textsField(properties, "apiServerAccessProfile", "authorizedIPRanges"),
  };
}

/**
 * Names that a node's first steps need, on 443.
 * Source: learn.microsoft.com/azure/aks/outbound-rules-control-egress (required FQDNs, all in tag AzureKubernetesService),
 * checked 2026-11.
 */
function requiredNames(bootstrap: Bootstrap): readonly string[] {
  return [
    "mcr.microsoft.com",
    `${bootstrap.location}.data.mcr.microsoft.com`,
    "management.azure.com",
    "login.microsoftonline.com",
    "packages.microsoft.com",
    "acs-mirror.azureedge.net",
    "packages.aks.azure.com",
  ];
}

/** Why the nodes cannot join, as AKS reports it; undefined when they can. Each try leaves its rows in the firewall's log. */
export function bootstrapFailure(world: AzureWorld, bootstrap: Bootstrap): ArmError | undefined {
  const client = { nodeAddress: bootstrap.nodeAddress, nodeSubnetId: bootstrap.nodeSubnetId };
  for (const host of requiredNames(bootstrap)) {
    const reached = reach(world, client, { host, port: 443, protocol: "HTTPS" });
    if (reached.outcome !== "connected") return outboundFailure(host, reached);
  }
  const reached = reach(world, client, { host: bootstrap.apiServer, port: 443, protocol: "HTTPS" });
  if (reached.outcome !== "connected") return apiServerFailure(bootstrap, reasonOf(reached));
  const seen = reached.verdict.sourceAddressSeen;
  if (isAuthorized(bootstrap.authorizedRanges, seen)) return undefined;
  return apiServerFailure(
    bootstrap,
    `the API server's authorized IP ranges do not contain ${seen}, the address the nodes come from`,
  );
}

function isAuthorized(ranges: readonly string[], address: string): boolean {
  const number = parseAddress(address) ?? -1;
  return (
    ranges.length === 0 ||
    ranges.some((text) => {
      const range = parsePrefix(text);
      return range !== undefined && containsAddress(range, number);
    })
  );
}

function reasonOf(reached: Exclude<Reach, { outcome: "connected" }>): string {
  return reached.outcome === "noSuchHost" ? "no such host" : reached.verdict.reason;
}

function outboundFailure(host: string, reached: Exclude<Reach, { outcome: "connected" }>): ArmError {
  return extensionFailure({
    subCode: "OutboundConnFailVMExtensionError",
    exitCode: 50,
    text: "Unable to establish outbound connection from agents, please see https://learn.microsoft.com/en-us/troubleshoot/azure/azure-kubernetes/error-code-outboundconnfailvmextensionerror and https://aka.ms/aks-required-ports-and-addresses for more information.",
    stderr: `curl to ${host}:443 failed: ${reasonOf(reached)}`,
  });
}

function apiServerFailure(bootstrap: Bootstrap, reason: string): ArmError {
  return extensionFailure({
    subCode: "K8SAPIServerConnFailVMExtensionError",
    exitCode: 51,
    text: "Unable to establish connection from agents to Kubernetes API server, please see https://aka.ms/aks-required-ports-and-addresses for more information.",
    stderr: `nc to ${bootstrap.apiServer}:443 failed: ${reason}`,
  });
}

function extensionFailure(failure: {
  readonly subCode: string;
  readonly exitCode: number;
  readonly text: string;
  readonly stderr: string;
}): ArmError {
  const message = `${failure.text} Details: VMSSAgentPoolReconciler retry failed: VM has reported a failure when processing extension 'vmssCSE'. Error message: "Enable failed: failed to execute command: command terminated with exit status=${failure.exitCode}\n[stdout]\n\n[stderr]\n${failure.stderr}\n".`;
  const detail = { code: failure.subCode, message: `${failure.stderr} (exit status=${failure.exitCode})` };
  return new ArmError(400, "VMExtensionProvisioningError", message, { details: [detail] });
}
