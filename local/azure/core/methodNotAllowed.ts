import { ArmError } from "./armError.ts";

export function methodNotAllowed(method: string, allowed: readonly string[]): ArmError {
  return new ArmError(
    405,
    "MethodNotAllowed",
    `The HTTP method '${method}' is not supported here. Supported: ${allowed.join(", ")}.`,
    {
      headers: { allow: allowed.join(", ") },
    },
  );
}
