import type { JsonObject } from "../../core/resourceType.ts";
import type { ClusterObjects } from "../clusterObjects.ts";
import { numberField, objectField, textField } from "../jsonFields.ts";

/** What the ingress controller reads of its release's values. */
export interface AgicSettings {
  readonly release: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly gatewayId: string;
  readonly usePrivateIp: boolean;
  readonly namePrefix: string;
  /** Whether the controller has others beside it on its gateway, and is to keep off what its prohibited targets name. */
  readonly isShared: boolean;
  /** Namespaces that are watched; empty: all. */
  readonly watchedNamespaces: readonly string[];
  readonly ingressClass: string;
  readonly hasClusterRole: boolean;
  /** 0: never by the clock, the chart's default. */
  readonly reconcilePeriodSeconds: number;
}

/** The name that the chart gives to all its objects. Source: helm/ingress-azure/templates/_helpers.tpl of the controller's repository. */
export function objectNameOf(release: string): string {
  return release.includes("ingress-azure") ? release : `${release}-ingress-azure`;
}

/** The settings of the one ingress controller of a cluster; undefined when no release is installed. */
export function agicSettings(cluster: ClusterObjects): AgicSettings | undefined {
  const release = cluster.list("LocalHelmRelease")[0];
  if (release === undefined) return undefined;
  const data = objectField(release, "data");
  const values = objectField(data, "values");
  const namespace = textField(data, "namespace") ?? "default";
  return settingsOf(release.metadata.name, namespace, values);
}

function settingsOf(release: string, namespace: string, values: JsonObject): AgicSettings {
  const appgw = objectField(values, "appgw");
  const { subscriptionId, resourceGroup, name } = appgw;
  const composed = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/applicationGateways/${name}`;
  const watched = textField(values, "kubernetes", "watchNamespace") ?? "";
  return {
    release,
    namespace,
    serviceAccount: objectNameOf(release),
    gatewayId: textField(appgw, "applicationGatewayID") ?? composed,
    usePrivateIp: appgw.usePrivateIP === true,
    namePrefix: textField(appgw, "subResourceNamePrefix") ?? "",
    isShared: appgw.shared === true,
    watchedNamespaces: watched
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
    ingressClass: textField(values, "kubernetes", "ingressClassResource", "name") ?? "azure-application-gateway",
    hasClusterRole: objectField(values, "rbac").enabled === true,
    reconcilePeriodSeconds: numberField(values, "reconcilePeriodSeconds") ?? 0,
  };
}
