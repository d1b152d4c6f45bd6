/**
 * The prohibited targets that the chart ingress-azure makes of its values, when its controller shares the gateway.
 *
 * The named ones lie in the first watched namespace. The one that stands for all, when none is named, is rendered without
 * a namespace, so that Helm puts it into the release's own: a controller that watches other namespaces only does not see
 * it, finds no targets at all and takes the whole gateway.
 * Source: helm/ingress-azure/templates/crds.yaml and pkg/k8scontext/context.go (ListAzureProhibitedTargets) of the
 * controller's repository at f42103d.
 */
import type { JsonObject } from "../core/resourceType.ts";
import type { KubernetesObject } from "./clusterObjects.ts";
import { prohibitedTargetMistake } from "./customResources.ts";
import { listField, objectField, textField, textsField } from "./jsonFields.ts";

const ALL_TARGETS = { name: "prohibit-all-targets", paths: ["/*"] } as const;

/** The targets of a release; none when its controller does not share the gateway. */
export function prohibitedTargetObjects(
  releaseNamespace: string,
  values: JsonObject,
  marks: { readonly labels: JsonObject; readonly annotations: JsonObject },
): KubernetesObject[] {
  if (objectField(values, "appgw").shared !== true) return [];
  const watched = textField(values, "kubernetes", "watchNamespace")?.split(",")[0]?.trim() ?? "";
  const wanted = listField(values, "appgw", "prohibitedTargets");
  const namespace = wanted.length === 0 || watched === "" ? releaseNamespace : watched;
  const targets: readonly JsonObject[] =
    wanted.length === 0 ? [{ ...ALL_TARGETS, paths: [...ALL_TARGETS.paths] }] : wanted;
  return targets.map((target) => {
    const hostname = textField(target, "hostname") ?? "";
    const paths = textsField(target, "paths");
    return {
      apiVersion: "appgw.ingress.k8s.io/v1",
      kind: "AzureIngressProhibitedTarget",
      metadata: { name: textField(target, "name") ?? "", namespace, ...marks },
      spec: { ...(hostname === "" ? {} : { hostname }), ...(paths.length === 0 ? {} : { paths }) },
    };
  });
}

/** What the cluster refuses in the release's targets; undefined: nothing. */
export function prohibitedTargetsMistake(values: JsonObject): string | undefined {
  const targets = prohibitedTargetObjects("", values, { labels: {}, annotations: {} });
  for (const [index, target] of targets.entries()) {
    const { name } = target.metadata;
    if (name === "") return `appgw.prohibitedTargets[${index}]: resource name may not be empty`;
    if (targets.findIndex((other) => other.metadata.name === name) !== index)
      return `azureingressprohibitedtargets.appgw.ingress.k8s.io "${name}" already exists`;
    const mistake = prohibitedTargetMistake(target);
    if (mistake !== undefined)
      return `AzureIngressProhibitedTarget.appgw.ingress.k8s.io "${name}" is invalid: ${mistake}`;
  }
  return undefined;
}
