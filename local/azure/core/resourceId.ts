/** A parsed ARM id. Segments keep the casing they came in; compare with `sameId`. */
export interface ResourceId {
  /** The whole id, with a leading and without a trailing slash. */
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string | undefined;
  /** "Microsoft.Network/virtualNetworks/subnets"; for a resource group "Microsoft.Resources/resourceGroups". */
  readonly type: string;
  readonly name: string;
  /** The id of the resource that this one is a child of; for an extension, the resource it sits on. */
  readonly parentId: string | undefined;
}

export function sameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** Reads an id of a resource group or of anything below `providers`; undefined when it is neither. */
export function parseResourceId(text: string): ResourceId | undefined {
  const id = `/${text.replace(/^\/+|\/+$/g, "")}`;
  const parts = id.split("/").slice(1);
  if (parts[0]?.toLowerCase() !== "subscriptions" || !parts[1]) {
    if (parts[0]?.toLowerCase() !== "providers") return undefined;
  }
  const subscriptionId = parts[0]?.toLowerCase() === "subscriptions" ? (parts[1] ?? "") : "";
  const resourceGroup = parts[2]?.toLowerCase() === "resourcegroups" ? parts[3] : undefined;
  const provider = parts.map((part) => part.toLowerCase()).lastIndexOf("providers");
  if (provider < 0) {
    if (resourceGroup === undefined || parts.length !== 4) return undefined;
    return {
      id,
      subscriptionId,
      resourceGroup,
      type: "Microsoft.Resources/resourceGroups",
      name: resourceGroup,
      parentId: undefined,
    };
  }
  const namespace = parts[provider + 1];
  const rest = parts.slice(provider + 2);
  if (!namespace || rest.length === 0 || rest.length % 2 !== 0) return undefined;
  const types = rest.filter((_, index) => index % 2 === 0);
  const ownScope = parts.slice(0, provider).join("/");
  const parentPath = rest.length > 2 ? parts.slice(0, -2).join("/") : ownScope;
  return {
    id,
    subscriptionId,
    resourceGroup,
    type: [namespace, ...types].join("/"),
    name: rest.at(-1) ?? "",
    parentId: parentPath === "" ? undefined : `/${parentPath}`,
  };
}
