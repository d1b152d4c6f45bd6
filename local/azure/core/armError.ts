import type { JsonObject } from "./resourceType.ts";

/** An error of ARM or of a provider behind it, with the HTTP status of the answer that carries it. */
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
    return {
      code: this.code,
      message: this.message,
      ...(this.details.length === 0 ? {} : { details: [...this.details] }),
    };
  }
}
