import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Older and newer than this nothing is believed, so that what was overheard is of no use. */
const WINDOW_SECONDS = 300;

/** Why a delivery is not believed; undefined when it is. It may bear several signatures: one by a key that is known is enough. */
export function signatureMistake(
  headers: IncomingHttpHeaders,
  body: string,
  { key, nowEpochMs }: { readonly key: string; readonly nowEpochMs: number },
): string | undefined {
  const timestamp = String(headers["x-portcullis-timestamp"] ?? "");
  if (!/^\d{1,12}$/.test(timestamp)) return "x-portcullis-timestamp is no number of seconds.";
  if (Math.abs(nowEpochMs / 1000 - Number(timestamp)) > WINDOW_SECONDS) return "x-portcullis-timestamp is not of now.";
  const expected = createHmac("sha256", Buffer.from(key, "base64")).update(`${timestamp}.${body}`).digest();
  const signatures = String(headers["x-portcullis-signature"] ?? "").split(",");
  const isSigned = signatures.some((text) => {
    const signature = Buffer.from(text, "base64");
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  });
  return isSigned ? undefined : "x-portcullis-signature is by no key that is known here.";
}
