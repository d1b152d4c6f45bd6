import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { problem } from "./problem.ts";

/** What is sent here is a few kilobytes at most; this leaves room for long lists and none for abuse. */
const BODY_BYTES_MAX = 256 * 1024;

/** Refuses bytes that are no UTF-8: replaced by "\ufffd", two different tickets could pass for one. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads the body of a request as JSON, or answers 413, 415 or 400 in words that begin with what is sent ("A ticket"). */
export async function jsonBody(
  request: HttpRequest,
  what: string,
): Promise<{ readonly json: unknown } | { readonly refusal: HttpResponseInit }> {
  const contentType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/json") {
    const detail = `${what} is sent as application/json, not as ${contentType ?? "nothing"}.`;
    return { refusal: problem({ status: 415, title: "Unsupported media type", detail }) };
  }
  if (Number(request.headers.get("content-length") ?? 0) > BODY_BYTES_MAX) return { refusal: tooLarge(what) };
  const bytes = Buffer.from(await request.arrayBuffer());
  if (bytes.byteLength > BODY_BYTES_MAX) return { refusal: tooLarge(what) };
  try {
    return { json: JSON.parse(utf8.decode(bytes)) };
  } catch (error) {
    const detail = `The body is not JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}`;
    return { refusal: problem({ status: 400, title: "Malformed JSON", detail }) };
  }
}

function tooLarge(what: string): HttpResponseInit {
  const detail = `${what} has at most ${BODY_BYTES_MAX / 1024} KB.`;
  return problem({ status: 413, title: "Content too large", detail });
}
