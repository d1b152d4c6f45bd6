import type { EnvironmentSpec, NetworkPlugin } from "../domain/environmentSpec.ts";
import { type JsonObject, textAt } from "../domain/json.ts";
import { ids } from "../domain/resourceNames.ts";
import type { Failure } from "../domain/stepOutcome.ts";

/**
 * How pods get addresses is settled when a cluster is made. AKS refuses most changes; the one that it makes, from
 * kubenet to overlay, replaces all nodes at once and leaves the gateway's routes leading astray.
 * Source: learn.microsoft.com/azure/aks/update-azure-cni, checked 2026-11.
 */
export function podNetworkRefusal(existing: JsonObject, { cluster, ...spec }: EnvironmentSpec): Failure | undefined {
  const plugin = pluginOf(existing);
  const podCidr = textAt(existing, "properties.networkProfile.podCidr");
  const isSamePlugin = plugin === undefined || plugin === cluster.networkPlugin;
  const isSameRange = podCidr === undefined || cluster.podCidr === undefined || podCidr === cluster.podCidr;
  if (isSamePlugin && isSameRange) return undefined;
  const was = isSamePlugin ? `pods in ${podCidr}` : `the networkPlugin "${plugin}"`;
  const asked = isSamePlugin ? cluster.podCidr : `"${cluster.networkPlugin}"`;
  return {
    code: "PodNetworkIsFixed",
    message: `The cluster ${cluster.name} has ${was}, and the ticket asks for ${asked}; it was left as it is.`,
    resourceId: ids.cluster({ cluster, ...spec }),
    advice: "Say in a new ticket what the cluster has, or have another environment made with what is wanted.",
  };
}

/** In the ticket's words; undefined when Azure says nothing of it. */
function pluginOf(existing: JsonObject): NetworkPlugin | undefined {
  const plugin = textAt(existing, "properties.networkProfile.networkPlugin")?.toLowerCase();
  if (plugin === "kubenet") return plugin;
  if (plugin !== "azure") return undefined;
  return textAt(existing, "properties.networkProfile.networkPluginMode")?.toLowerCase() === "overlay"
    ? "overlay"
    : plugin;
}
