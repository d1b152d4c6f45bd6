import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "../../listen.ts";
import type { AzureWorld } from "../core/resourceType.ts";
import { resolvePublicName } from "../network/publicDns.ts";
import { answerOfInternet } from "./internetAnswer.ts";

/** Where the client outside seems to be: an address kept for documentation (RFC 5737). */
const CLIENT_ADDRESS = "203.0.113.7";

/** Headers that are between a client and its proxy. Source: RFC 9110, section 7.6.1. */
const HOP_HEADERS = new Set([
  "proxy-connection",
  "connection",
  "proxy-authorization",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "host",
]);

/**
 * The internet as a client outside sees it: a plain HTTP forward proxy on loopback. `curl --proxy <url> http://name/path`
 * resolves the name in the simulated public DNS and goes to whatever public address it has.
 */
export async function startInternetProxy(
  world: () => AzureWorld,
  port = 0,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => answerRequest(world(), request, response));
  server.on("connect", (_request, socket) => {
    const text = "The internet of the local Azure speaks plain HTTP only; ask for an http:// URL.\n";
    socket.end(
      `HTTP/1.1 405 Method Not Allowed\r\ncontent-type: text/plain\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
    );
  });
  await listen(server, port);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => close(server) };
}

function answerRequest(world: AzureWorld, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const release = world.clock.hold();
  response.on("close", release);
  const target = request.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (target === undefined || target.protocol !== "http:") {
    say(response, 400, "This is a forward proxy: send the whole http:// URL in the request line.");
    return;
  }
  const address = resolvePublicName(world, target.hostname);
  if (address === undefined) {
    say(response, 502, `The name ${target.hostname} does not exist in the public DNS.`);
    return;
  }
  const answer = answerOfInternet(world, {
    address,
    host: target.host,
    port: target.port === "" ? 80 : Number(target.port),
    path: `${target.pathname}${target.search}`,
    sourceAddress: CLIENT_ADDRESS,
    headers: endToEndHeaders(request),
  });
  if (answer === "dropped") {
    say(response, 504, `No answer from ${address}: nothing lets the packet in. The connection timed out.`);
  } else if (answer === "refused") {
    say(response, 502, `${address} refused the connection.`);
  } else {
    const reason = answer.reason.replace(/[^\x20-\x7e]/g, "?");
    response.writeHead(answer.status, { ...answer.headers, "x-local-azure-reason": reason });
    response.end(request.method === "HEAD" ? undefined : answer.body);
  }
}

function endToEndHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).flatMap(([name, value]) =>
    HOP_HEADERS.has(name) || value === undefined ? [] : [[name, String(value)]],
  );
  return Object.fromEntries(entries);
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain" });
  response.end(`${text}\n`);
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
