import type { ArmError } from "./armError.ts";
import type { ArmResponse } from "./armRequest.ts";
import { isGatewayError } from "./gatewayError.ts";
import { mannersOf } from "./providerManners.ts";
import type { JsonObject } from "./resourceType.ts";

/** The answer that carries an error, in the form of whoever refused: ARM itself, or the provider that the path leads to. */
export function errorResponse(error: ArmError, segments: readonly string[] = []): ArmResponse {
  const manners = mannersOf(isGatewayError(error) ? "" : namespaceOf(segments));
  return { status: error.status, headers: error.headers, body: manners.errorBody(error) };
}

/** The code in an error's body, whatever its form. */
export function errorCodeOf(body: JsonObject | undefined): string | undefined {
  const code = (body?.error as JsonObject | undefined)?.code ?? body?.code;
  return typeof code === "string" ? code : undefined;
}

function namespaceOf(segments: readonly string[]): string {
  const provider = segments.findLastIndex((segment) => segment.toLowerCase() === "providers");
  return provider < 0 ? "" : (segments[provider + 1] ?? "");
}
