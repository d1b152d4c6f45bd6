import type { ArmActivity } from "./armActivity.ts";
import type { ArmError } from "./armError.ts";
import { parseTarget } from "./armPath.ts";
import type { ArmRequest } from "./armRequest.ts";
import { actionOf } from "./authorize.ts";
import { isGatewayError } from "./gatewayError.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { LongOperation } from "./longOperation.ts";
import { matchOperations } from "./operationPattern.ts";
import { platformPrincipal } from "./platformPrincipal.ts";

/** What a request was about, in the words of the activity log. */
type Subject = Pick<ArmActivity, "verb" | "resourceUri" | "action">;

/** Tells the modules that a request was carried out at once. */
export function reportDone(world: LocalWorld, request: ArmRequest): void {
  const subject = subjectOf(world, request);
  if (subject !== undefined) world.report({ ...subject, ...sourceOf(request), end: "Success" });
}

const ENDS = { Succeeded: "Success", Failed: "Failure", Canceled: "Cancel" } as const;

/** Tells the modules how an accepted request ended. One that an older state file remembers has no origin, and stays untold. */
export function reportOperation(world: LocalWorld, operation: LongOperation, status: keyof typeof ENDS): void {
  const { activity } = operation;
  if (activity === undefined) return;
  const caller = world.directory.get(operation.callerObjectId) ?? platformPrincipal;
  const { method, apiVersion } = operation;
  world.report({ ...activity, method, apiVersion, caller, end: ENDS[status] });
}

/** Tells the modules that a request was refused by the provider, or for want of a right. What ARM itself turns away is no activity. */
export function reportRefusal(world: LocalWorld, request: ArmRequest, error: ArmError): void {
  if (error.status === 429 || (isGatewayError(error) && error.status !== 403)) return;
  const subject = subjectOf(world, request);
  if (subject !== undefined) world.report({ ...subject, ...sourceOf(request), end: "Failure" });
}

/** The part of an operation's end that is known when it begins. */
export function activityOf(world: LocalWorld, request: ArmRequest): LongOperation["activity"] {
  const subject = subjectOf(world, request);
  return subject === undefined ? undefined : { ...subject, path: request.path, origin: request.origin };
}

function sourceOf({ path, method, apiVersion, caller, origin }: ArmRequest) {
  return { path, method, apiVersion, caller, origin };
}

/** Undefined for reads, and for paths that mean nothing. */
function subjectOf(world: LocalWorld, request: ArmRequest): Subject | undefined {
  const { method, segments } = request;
  if (method === "POST") {
    const match = matchOperations(world.registry.operations, segments).find((one) => one.operation.method === method);
    if (match === undefined) return undefined;
    return { verb: "Action", resourceUri: match.scope, action: match.operation.action };
  }
  const verb = method === "DELETE" ? "delete" : method === "PUT" || method === "PATCH" ? "write" : undefined;
  const type = verb === undefined ? undefined : typeOf(world, request);
  if (verb === undefined || type === undefined) return undefined;
  const resourceUri = `/${segments.join("/")}`;
  return { verb: verb === "delete" ? "Delete" : "Write", resourceUri, action: actionOf(type, verb) };
}

function typeOf(world: LocalWorld, { segments, apiVersion }: ArmRequest): string | undefined {
  try {
    const target = parseTarget(segments, world.registry, apiVersion);
    return target.kind === "resource" ? target.type.type : undefined;
  } catch {
    // A path that ARM does not understand is refused elsewhere, in ARM's words.
    return undefined;
  }
}
