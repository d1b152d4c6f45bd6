/**
 * What a refusal of Azure means for us. One table, by ARM's `error.code` first and by the HTTP status second.
 *
 * | Azure says                                            | we                                                  |
 * |-------------------------------------------------------|-----------------------------------------------------|
 * | another operation runs, throttled, fault, lost race   | wait and make the same move again                   |
 * | our operation was cancelled by a newer one            | read again, write again only if it is still wrong   |
 * | identity or role not known everywhere yet             | wait, but not for ever                              |
 * | everything else of 4xx, and operations that failed    | stop: somebody has to decide                        |
 */
import type { JsonObject } from "./json.ts";
import type { Failure } from "./stepOutcome.ts";

export interface ArmRefusal {
  readonly status: number;
  readonly body: JsonObject | undefined;
  readonly correlationId: string | undefined;
  readonly resourceId: string;
}

export type Treatment = "wait" | "readAgain" | "stop";

/** Codes that pass by themselves, whatever their status. Source: answers of ARM, Microsoft.Network, AKS and Entra as public issues and logs quote them. */
const passingCodes = new Set([
  "AnotherOperationInProgress",
  "RetryableError",
  "RetryableErrorDueToAnotherOperation",
  "ReferencedResourceNotProvisioned",
  "FirewallPolicyUpdateFailed",
  "FirewallPolicyUpdateNotAllowedWhenUpdatingOrDeleting",
  "FirewallPolicyRuleCollectionGroupUpdateNotAllowedWhenUpdatingOrDeleting",
  "OperationNotAllowed",
  "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
  "TooManyRequests",
  "SubscriptionRequestsThrottled",
  // As the end of a long operation they come with HTTP 200; the write is made again.
  "InternalServerError",
  "ServiceUnavailable",
  "PrincipalNotFound",
  "AuthorizationFailed",
  "LinkedAuthorizationFailed",
  "ResourceGroupBeingDeleted",
  "PreconditionFailed",
  // What used it is gone, and Azure has not noticed everywhere yet.
  "InUseSubnetCannotBeDeleted",
  "InUseRouteTableCannotBeDeleted",
  "InUseNetworkSecurityGroupCannotBeDeleted",
  "PublicIPAddressCannotBeDeleted",
]);

const supersededCodes = new Set([
  "CanceledAndSupersededDueToAnotherOperation",
  "AKSOperationPreempted",
  "AKSOperationPreemptedByDelete",
]);

/** `OperationNotAllowed` is also what compute says when a quota is exhausted; that does not pass by waiting. */
const quotaPattern = /quota|core[s]? limit|exceeding approved/i;

/** The treatment of an answer of 4xx or 5xx. */
export function treatmentOf(refusal: ArmRefusal): Treatment {
  const { code, message } = errorOf(refusal.body);
  if (codesOf(refusal.body).some((each) => supersededCodes.has(each))) return "readAgain";
  if (code === "OperationNotAllowed" && quotaPattern.test(message)) return "stop";
  if (passingCodes.has(code)) return "wait";
  const passingStatus =
    refusal.status === 408 || refusal.status === 412 || refusal.status === 429 || refusal.status >= 500;
  return passingStatus ? "wait" : "stop";
}

/** The refusal in Azure's own words, with the next thing to do. */
export function failureOf(refusal: ArmRefusal): Failure {
  const { code, message } = errorOf(refusal.body);
  return {
    code: code || `Http${refusal.status}`,
    message: message || `Azure answered ${refusal.status} without a text.`,
    status: refusal.status,
    resourceId: refusal.resourceId,
    ...(refusal.correlationId === undefined ? {} : { correlationId: refusal.correlationId }),
    advice: adviceFor(code, refusal.status, message),
  };
}

/** The code of an error and of everything nested in it. */
function codesOf(body: JsonObject | undefined): readonly string[] {
  const error = errorObject(body);
  return error === undefined ? [] : nestedCodes(error);
}

function nestedCodes(error: JsonObject): readonly string[] {
  const own = typeof error.code === "string" ? [error.code] : [];
  const details = Array.isArray(error.details) ? error.details.filter(isObject) : [];
  return [...own, ...details.flatMap(nestedCodes)];
}

function errorOf(body: JsonObject | undefined): { readonly code: string; readonly message: string } {
  const error = errorObject(body);
  if (error === undefined) return { code: "", message: "" };
  const code = typeof error.code === "string" ? error.code : "";
  const message = typeof error.message === "string" ? error.message : "";
  const details = Array.isArray(error.details) ? error.details.filter(isObject) : [];
  const more = details.map((detail) => detail.message).filter((text) => typeof text === "string" && text !== message);
  return { code, message: [message, ...more].filter((text) => text !== "").join(" ") };
}

/**
 * Providers put the error into "error", as ARM asks; AKS answers a refusal with the bare error.
 * Source: answers quoted in public reports, e.g. github.com/Azure/AKS-Construction/issues/403, read 2026-11.
 */
function errorObject(body: JsonObject | undefined): JsonObject | undefined {
  if (isObject(body?.error)) return body.error;
  return typeof body?.code === "string" ? body : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function adviceFor(code: string, status: number, message: string): string {
  if (quotaPattern.test(message) || /quota/i.test(code)) {
    return "Ask for a higher quota in this location, or change the size or location in a new ticket; then retry this ticket.";
  }
  switch (code) {
    case "RequestDisallowedByPolicy":
      return "An Azure Policy forbids this resource as planned: ask its owner for an exemption, or change what the ticket asks for; then retry.";
    case "ScopeLocked":
      return "A lock protects this scope: have it removed by its owner, then retry.";
    case "AuthorizationFailed":
    case "LinkedAuthorizationFailed":
      return "Grant the app's identity the role definitions in infra/roles on this scope, wait a few minutes, then retry.";
    case "PreconditionFailed":
      return "Somebody else writes this resource again and again: find the writer in the activity log, then retry.";
    case "Endpoint validation":
    case "Url validation":
      return "Event Grid did not find the app's function: see that the app's FUNCTION_APP_ID names the app that runs, and that it is deployed with all its functions; then retry.";
    case "SkuNotAvailable":
      return "This size is not offered in this location: choose another in a new ticket.";
    default:
      return status >= 500 || status === 429
        ? "Azure did not recover in time: look at its service health, then retry."
        : "Correct what Azure names, then retry; the steps that are done are not written again.";
  }
}
