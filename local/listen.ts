import type { Server } from "node:http";
import type { Server as TlsServer } from "node:https";

/**
 * How long a connection may be idle. With Node's own 5 s a machine that is busy sends a request just when the connection is
 * being closed, which then fails for nobody's fault. Azure's load balancer keeps connections for four minutes.
 * Source: learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset, checked 2026-11.
 */
const IDLE_MS = 240_000;

/** Listens on loopback alone; port 0 is any free one. */
export async function listen(server: Server | TlsServer, port: number): Promise<void> {
  server.keepAliveTimeout = IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
