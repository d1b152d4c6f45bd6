/** Ids of ARM resources as texts: read where they come from outside, taken apart where only the whole is known. */

export interface ArmId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** With its provider: "Microsoft.Network/virtualNetworks/subnets". */
  readonly type: string;
  readonly name: string;
  /** Id of the resource that it is a part of; undefined for one that stands by itself. */
  readonly parent?: string;
}

const subscription = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const group = /^[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]$/u;
const provider = /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)+$/;
const segment = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/;

/** Reads the id of a resource in a resource group; undefined for any other text. */
export function parseArmId(text: string): ArmId | undefined {
  const [start, subscriptions, subscriptionId = "", groups, resourceGroup = "", providers, namespace = "", ...rest] =
    text.split("/");
  const fixed = [start, subscriptions, groups, providers].join("/").toLowerCase();
  if (fixed !== "/subscriptions/resourcegroups/providers") return undefined;
  if (!subscription.test(subscriptionId) || !group.test(resourceGroup) || !provider.test(namespace)) return undefined;
  if (rest.length === 0 || rest.length % 2 !== 0 || !rest.every((each) => segment.test(each))) return undefined;
  const types = rest.filter((_, index) => index % 2 === 0);
  return {
    subscriptionId,
    resourceGroup,
    type: [namespace, ...types].join("/"),
    name: nameOfId(text),
    ...(types.length === 1 ? {} : { parent: parentOfId(text) }),
  };
}

export function nameOfId(id: string): string {
  return id.split("/").at(-1) ?? "";
}

/** The id without its last type and name, and without the provider of an extension. */
export function parentOfId(id: string): string {
  return id.replace(/(\/providers\/[^/]+)?\/[^/]+\/[^/]+$/, "");
}

/** The id of the resource group that a resource is in. */
export function groupOfId(id: string): string {
  return id.replace(/\/providers\/.*$/, "");
}

/** Azure compares ids without case. */
export function sameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
