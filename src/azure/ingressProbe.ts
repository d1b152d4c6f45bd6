import { request } from "node:http";

/** Longer than a gateway's own time-out for its backends (20 s by default), so that its 502 is seen and not our impatience. */
const PROBE_TIMEOUT_MS = 30_000;
/** An answer that proves something is short. */
const PROBE_BODY_BYTES_MAX = 64 * 1024;

export type IngressAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  | { readonly kind: "none"; readonly reason: string };

/** Asks the ingress from outside, as a browser would: plain HTTP by name. */
export type IngressProbe = (host: string, path: string) => Promise<IngressAnswer>;

/** Through a proxy the whole URL goes into the request line, as RFC 9112 §3.2.2 has it. */
export function ingressProbe(proxy: string | undefined): IngressProbe {
  return (host, path) =>
    new Promise((resolve) => {
      const direct = { host, port: 80, path };
      const proxied =
        proxy === undefined
          ? direct
          : { host: new URL(proxy).hostname, port: new URL(proxy).port, path: `http://${host}${path}` };
      const call = request({ ...proxied, method: "GET", headers: { host }, timeout: PROBE_TIMEOUT_MS }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          if (body.length < PROBE_BODY_BYTES_MAX) body += chunk;
        });
        response.on("end", () => resolve({ kind: "answer", status: response.statusCode ?? 0, body }));
        response.on("error", (error) => resolve({ kind: "none", reason: error.message }));
      });
      call.on("timeout", () => call.destroy(new Error(`no answer within ${PROBE_TIMEOUT_MS / 1000} s`)));
      call.on("error", (error) => resolve({ kind: "none", reason: error.message }));
      call.end();
    });
}
