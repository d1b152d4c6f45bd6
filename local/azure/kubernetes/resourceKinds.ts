/** A kind of object that the clusters of the local Azure know. */
export interface ResourceKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** The definition without which the cluster does not know the kind. */
  readonly definition?: string;
}

/** Name of the definition of prohibited targets. Source: helm/ingress-azure/crds of the ingress controller's repository. */
export const PROHIBITED_TARGET_DEFINITION = "azureingressprohibitedtargets.appgw.ingress.k8s.io";

const KINDS: readonly ResourceKind[] = [
  {
    kind: "Namespace",
    apiVersion: "v1",
    plural: "namespaces",
    singular: "namespace",
    shortNames: ["ns"],
    namespaced: false,
  },
  { kind: "Node", apiVersion: "v1", plural: "nodes", singular: "node", shortNames: ["no"], namespaced: false },
  { kind: "Pod", apiVersion: "v1", plural: "pods", singular: "pod", shortNames: ["po"], namespaced: true },
  { kind: "Service", apiVersion: "v1", plural: "services", singular: "service", shortNames: ["svc"], namespaced: true },
  {
    kind: "ServiceAccount",
    apiVersion: "v1",
    plural: "serviceaccounts",
    singular: "serviceaccount",
    shortNames: ["sa"],
    namespaced: true,
  },
  {
    kind: "ConfigMap",
    apiVersion: "v1",
    plural: "configmaps",
    singular: "configmap",
    shortNames: ["cm"],
    namespaced: true,
  },
  { kind: "Event", apiVersion: "v1", plural: "events", singular: "event", shortNames: ["ev"], namespaced: true },
  {
    kind: "Deployment",
    apiVersion: "apps/v1",
    plural: "deployments",
    singular: "deployment",
    shortNames: ["deploy"],
    namespaced: true,
  },
  {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    plural: "replicasets",
    singular: "replicaset",
    shortNames: ["rs"],
    namespaced: true,
  },
  { kind: "Job", apiVersion: "batch/v1", plural: "jobs", singular: "job", shortNames: [], namespaced: true },
  {
    kind: "Ingress",
    apiVersion: "networking.k8s.io/v1",
    plural: "ingresses",
    singular: "ingress",
    shortNames: ["ing"],
    namespaced: true,
  },
  {
    kind: "IngressClass",
    apiVersion: "networking.k8s.io/v1",
    plural: "ingressclasses",
    singular: "ingressclass",
    shortNames: [],
    namespaced: false,
  },
  {
    kind: "ClusterRole",
    apiVersion: "rbac.authorization.k8s.io/v1",
    plural: "clusterroles",
    singular: "clusterrole",
    shortNames: [],
    namespaced: false,
  },
  {
    kind: "ClusterRoleBinding",
    apiVersion: "rbac.authorization.k8s.io/v1",
    plural: "clusterrolebindings",
    singular: "clusterrolebinding",
    shortNames: [],
    namespaced: false,
  },
  {
    kind: "CustomResourceDefinition",
    apiVersion: "apiextensions.k8s.io/v1",
    plural: "customresourcedefinitions",
    singular: "customresourcedefinition",
    shortNames: ["crd", "crds"],
    namespaced: false,
  },
  {
    kind: "AzureIngressProhibitedTarget",
    apiVersion: "appgw.ingress.k8s.io/v1",
    plural: "azureingressprohibitedtargets",
    singular: "azureingressprohibitedtarget",
    shortNames: [],
    namespaced: true,
    definition: PROHIBITED_TARGET_DEFINITION,
  },
  // What Azure's container networking keeps in clusters with an overlay.
  {
    kind: "NodeNetworkConfig",
    apiVersion: "acn.azure.com/v1alpha",
    plural: "nodenetworkconfigs",
    singular: "nodenetworkconfig",
    shortNames: ["nnc"],
    namespaced: true,
    definition: "nodenetworkconfigs.acn.azure.com",
  },
  {
    kind: "OverlayExtensionConfig",
    apiVersion: "acn.azure.com/v1alpha",
    plural: "overlayextensionconfigs",
    singular: "overlayextensionconfig",
    shortNames: ["oec"],
    namespaced: true,
    definition: "overlayextensionconfigs.acn.azure.com",
  },
];

/** The kind a manifest names; undefined when the cluster has no such resource. */
export function kindOfManifest(apiVersion: string, kind: string): ResourceKind | undefined {
  return KINDS.find((known) => known.kind === kind && known.apiVersion === apiVersion);
}

/** The kind that a word on a kubectl line means: plural, singular, short name, any of them with the group. */
export function kindOfWord(word: string): ResourceKind | undefined {
  const [name = "", ...group] = word.toLowerCase().split(".");
  return KINDS.find(
    (known) =>
      (known.plural === name || known.singular === name || known.shortNames.includes(name)) &&
      (group.length === 0 || group.join(".") === groupOf(known)),
  );
}

export function kindNamed(kind: string): ResourceKind {
  const found = KINDS.find((known) => known.kind === kind);
  if (found === undefined) throw new Error(`The clusters of the local Azure have no kind ${kind}.`);
  return found;
}

/** "apps", "networking.k8s.io"; empty for the core group. */
export function groupOf(kind: ResourceKind): string {
  return kind.apiVersion.includes("/") ? (kind.apiVersion.split("/")[0] ?? "") : "";
}

/** As kubectl apply prints it: "deployment.apps", "service". */
export function qualifiedSingular(kind: ResourceKind): string {
  const group = groupOf(kind);
  return group === "" ? kind.singular : `${kind.singular}.${group}`;
}

/** As the API server names it in errors: "deployments.apps", "services". */
export function qualifiedPlural(kind: ResourceKind): string {
  const group = groupOf(kind);
  return group === "" ? kind.plural : `${kind.plural}.${group}`;
}
