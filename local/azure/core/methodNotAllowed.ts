import type { ArmError } from "./armError.ts";
import { gatewayError } from "./gatewayError.ts";

export function methodNotAllowed(method: string, allowed: readonly string[]): ArmError {
  return gatewayError(
    405,
    "MethodNotAllowed",
    `The HTTP method '${method}' is not supported here. Supported: ${allowed.join(", ")}.`,
    {
      headers: { allow: allowed.join(", ") },
    },
  );
}
