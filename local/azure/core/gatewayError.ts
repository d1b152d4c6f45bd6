import { ArmError } from "./armError.ts";

/** A refusal of ARM itself, before any provider is asked: it says so in a header, and its body has no empty details. */
export function gatewayError(...[status, code, message, options]: ConstructorParameters<typeof ArmError>): ArmError {
  const headers = { ...options?.headers, "x-ms-failure-cause": "gateway" };
  return new ArmError(status, code, message, { ...options, headers });
}

export function isGatewayError(error: ArmError): boolean {
  return error.headers["x-ms-failure-cause"] === "gateway";
}
