import type { JsonObject } from "../core/resourceType.ts";

/**
 * What the query service answers when it does not answer the query. Its errors are not ARM's: `code` names a kind, and what
 * is wrong stands in `innererror`. Shapes: github.com/MicrosoftDocs/feedback/issues/1792 (semantic errors),
 * github.com/Azure/azure-sdk-for-net/pull/37173 (InsufficientAccessError); the other codes: learn.microsoft.com/azure/azure-monitor/logs/api/errors.
 */
export class LogsError extends Error {
  readonly status: number;
  readonly code: string;
  readonly innererror: JsonObject | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly innererror?: JsonObject; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.innererror = more.innererror;
    this.headers = more.headers ?? {};
  }

  body(correlationId: string): JsonObject {
    const { message, code, innererror } = this;
    return { error: { message, code, correlationId, ...(innererror === undefined ? {} : { innererror }) } };
  }
}

export function badArgument(innererror: JsonObject): LogsError {
  return new LogsError(400, "BadArgumentError", "The request had some invalid properties", { innererror });
}
