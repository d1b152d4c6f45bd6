import type { JsonObject } from "./resourceType.ts";

/** An error as ARM answers it: `{"error":{"code","message","details":[]}}` with an HTTP status. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly JsonObject[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { readonly details?: readonly JsonObject[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "ArmError";
    this.status = status;
    this.code = code;
    this.details = options.details ?? [];
    this.headers = options.headers ?? {};
  }

  /** The error object of the envelope and of a failed operation. */
  toJson(): JsonObject {
    return { code: this.code, message: this.message, details: [...this.details] };
  }
}
