import { segmentsOf } from "./armPath.ts";
import type { ArmRequest } from "./armRequest.ts";
import type { InternalArmRequest } from "./resourceType.ts";

/** From where Azure's own services ask; an address of Azure's public space. */
const PLATFORM_ADDRESS = "20.50.1.7";

/** A request of one of Azure's own services, as ARM understands it. */
export function understandInternal(request: InternalArmRequest, correlationId: string): ArmRequest {
  return {
    method: request.method,
    path: request.path,
    segments: segmentsOf(request.path),
    query: { "api-version": request.apiVersion },
    apiVersion: request.apiVersion,
    body: request.body,
    ifMatch: request.ifMatch,
    ifNoneMatch: undefined,
    caller: request.principal,
    origin: { correlationId, clientRequestId: "", clientIpAddress: PLATFORM_ADDRESS },
    baseUrl: "https://management.azure.com",
    isInternal: true,
  };
}
