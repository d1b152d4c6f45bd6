/** One answered (or broken) request, as the stand-in's own door `/_local/requests` shows it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string;
  /** Object id of the caller; empty when the request was not authenticated. */
  readonly principal: string;
  /** 0: the connection was reset or left hanging by a fault. */
  readonly status: number;
  /** Azure's error code. */
  readonly code?: string;
  /** The conditions it carried. */
  readonly ifMatch?: string;
  readonly atEpochMs: number;
}

/** Requests kept; the oldest are forgotten first. */
const MOST_KEPT = 50_000;

/** What was asked, by clients and (apart) by Azure's own services. */
export class RequestLog {
  readonly requests: RecordedRequest[] = [];
  readonly internalRequests: RecordedRequest[] = [];

  add(request: RecordedRequest, isInternal = false): void {
    const list = isInternal ? this.internalRequests : this.requests;
    list.push(request);
    if (list.length > MOST_KEPT) list.splice(0, list.length - MOST_KEPT);
  }

  clear(): void {
    this.requests.length = 0;
    this.internalRequests.length = 0;
  }
}
