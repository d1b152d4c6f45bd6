import type { ArmError } from "./armError.ts";
import type { ArmResponse } from "./armRequest.ts";

/** The answer that carries an error: `{"error":{"code","message","details"}}`. */
export function errorResponse(error: ArmError): ArmResponse {
  return { status: error.status, headers: error.headers, body: { error: error.toJson() } };
}
