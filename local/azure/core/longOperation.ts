import type { ArmActivity } from "./armActivity.ts";
import type { JsonObject } from "./resourceType.ts";

/** A write, delete or action that goes on after its answer. It is data, so that it survives a restart. */
export interface LongOperation {
  readonly id: string;
  readonly kind: "put" | "delete" | "deleteGroup" | "action";
  readonly status: "InProgress" | "Succeeded" | "Failed" | "Canceled";
  /** The resource that is written or deleted; for an action, the scope it was asked of. */
  readonly resourceId: string;
  readonly type: string;
  readonly namespace: string;
  /** Path of the Azure-AsyncOperation URL. */
  readonly statusPath: string;
  /** Path of the Location URL. */
  readonly resultPath: string;
  readonly apiVersion: string;
  readonly method: string;
  readonly callerObjectId: string;
  /** What the activity log will say of it. */
  readonly activity?: Pick<ArmActivity, "verb" | "resourceUri" | "action" | "path" | "origin">;
  /** "create", "update", "delete" … and the singular of the type, for Azure's sentences. */
  readonly verb: string;
  readonly noun: string;
  /** Ids in lower case on which nothing else may run meanwhile. */
  readonly locks: readonly string[];
  readonly supersedable: boolean;
  /** Inline children that were written with the resource and end with it. */
  readonly inlineIds: readonly string[];
  /** What operations wrote that this one has superseded; it ends with this one. */
  readonly supersededIds: readonly string[];
  readonly startedAtEpochMs: number;
  readonly endedAtEpochMs?: number;
  readonly retryAfterSeconds?: number;
  readonly error?: JsonObject;
  /** HTTP status of a failure at the Location URL. */
  readonly errorStatus?: number;
  /** For an action: the task that computes the result, what it is given, and what it came to. */
  readonly resultTask?: string;
  readonly data?: JsonObject;
  readonly result?: { readonly status: number; readonly body?: JsonObject };
}

/** "PutRouteTableOperation", as Microsoft.Network names its operations. */
export function operationName(operation: LongOperation): string {
  const verb = operation.kind === "delete" ? "Delete" : "Put";
  const noun = operation.noun.replace(/(?:^|\s)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `${verb}${noun}Operation`;
}

/** "virtual network" for "Microsoft.Network/virtualNetworks". */
export function nounOf(type: string): string {
  const last = type.split("/").at(-1) ?? type;
  const singular = last
    .replace(/ies$/, "y")
    .replace(/(ss|x)es$/, "$1")
    .replace(/([^s])s$/, "$1");
  return singular
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase();
}
