import type { RequestOrigin } from "./armActivity.ts";
import type { JsonObject, Principal } from "./resourceType.ts";

/** A request that has been understood: who, what, on which path. HTTP requests and those of Azure's own services are alike. */
export interface ArmRequest {
  readonly method: string;
  /** Path without the query, as it came. */
  readonly path: string;
  readonly segments: readonly string[];
  /** By lower-case name. */
  readonly query: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly body: JsonObject | undefined;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly caller: Principal;
  readonly origin: RequestOrigin;
  /** "https://localhost:1234", as the caller wrote it: the host of operation URLs. */
  readonly baseUrl: string;
  /** Made by one of Azure's own services: not throttled, and spared by random faults. */
  readonly isInternal: boolean;
}

export interface ArmResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
}
