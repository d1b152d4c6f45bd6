import type { LongOperation } from "./longOperation.ts";
import { mannersOf } from "./providerManners.ts";

/** The headers that lead from an accepted write, delete or action to its end. */
export function operationHeaders(operation: LongOperation, baseUrl: string): Readonly<Record<string, string>> {
  const hasStatusUrl = operation.kind === "put" || operation.kind === "delete";
  const hasLocation = operation.kind !== "put";
  return {
    ...(hasStatusUrl ? { "azure-asyncoperation": statusUrl(operation, baseUrl) } : {}),
    ...(hasLocation ? { location: urlOf(baseUrl, operation.resultPath, operation.apiVersion) } : {}),
    ...(hasStatusUrl && mannersOf(operation.type).announcesNotification
      ? { "azure-asyncnotification": "Enabled" }
      : {}),
    ...retryAfter(operation),
  };
}

export function statusUrl(operation: LongOperation, baseUrl: string): string {
  return urlOf(baseUrl, operation.statusPath, mannersOf(operation.type).operationApiVersion ?? operation.apiVersion);
}

export function retryAfter(operation: LongOperation): Readonly<Record<string, string>> {
  return operation.retryAfterSeconds === undefined ? {} : { "retry-after": String(operation.retryAfterSeconds) };
}

function urlOf(baseUrl: string, path: string, apiVersion: string): string {
  return `${baseUrl}${encodeURI(path)}?api-version=${apiVersion}`;
}
