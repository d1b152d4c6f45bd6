import type { Principal } from "./resourceType.ts";

/** Where a request came from, as the activity log and the events of resources tell it. */
export interface RequestOrigin {
  readonly correlationId: string;
  /** "" when the client named none. */
  readonly clientRequestId: string;
  readonly clientIpAddress: string;
}

/** A request to ARM that meant to change something, and how that ended: one entry of the activity log. */
export interface ArmActivity {
  readonly verb: "Write" | "Delete" | "Action";
  readonly end: "Success" | "Failure" | "Cancel";
  /** The resource that was written, deleted or acted on, spelled as the caller spelled it. */
  readonly resourceUri: string;
  /** The path that was asked for; longer than the resource's for an action. */
  readonly path: string;
  /** "Microsoft.Network/routeTables/write" */
  readonly action: string;
  readonly method: string;
  readonly apiVersion: string;
  readonly caller: Principal;
  readonly origin: RequestOrigin;
}
