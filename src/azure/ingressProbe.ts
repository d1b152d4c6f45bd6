import { type ClientRequest, type RequestOptions, request } from "node:http";
import type { HttpAnswer } from "../resources/commandDefinition.ts";

/** Longer than a gateway's own time-out for its backends (20 s by default), so that its 502 is seen and not our impatience. */
const PROBE_TIMEOUT_MS = 30_000;
/** An answer that proves something is short. */
const PROBE_BODY_BYTES_MAX = 64 * 1024;

/** Asks for a page as a client on the internet does: plain HTTP by name. An answer of any status is an answer. */
export type IngressProbe = (url: string) => Promise<HttpAnswer>;

/** Through a proxy the whole URL goes into the request line, as RFC 9112 §3.2.2 has it. */
export function ingressProbe(proxy: string | undefined): IngressProbe {
  return (url) =>
    new Promise((resolve) => {
      const target = new URL(url);
      const fail = (error: Error): void => resolve({ error: error.message });
      const call: ClientRequest = request(optionsFor(target, proxy), (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          if (body.length < PROBE_BODY_BYTES_MAX) body += chunk;
        });
        response.on("error", fail);
        response.on("end", () => {
          const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body });
        });
      });
      call.on("timeout", () => call.destroy(new Error(`no answer within ${PROBE_TIMEOUT_MS / 1000} s`)));
      call.on("error", fail);
      call.end();
    });
}

function optionsFor(target: URL, proxy: string | undefined): RequestOptions {
  const common = { method: "GET", headers: { host: target.host }, timeout: PROBE_TIMEOUT_MS };
  if (proxy === undefined) return { ...common, host: target.hostname, port: target.port || 80, path: target.pathname };
  const { hostname, port } = new URL(proxy);
  return { ...common, host: hostname, port, path: target.href };
}
