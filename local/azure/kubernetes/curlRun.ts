import { answerOfInternet } from "../internet/internetAnswer.ts";
import { type Client, reachFrom } from "./clusterEgress.ts";
import type { ClusterObjects } from "./clusterObjects.ts";
import type { CurlCommand } from "./curlCommand.ts";

/** What a process in a container came to, and after how many seconds. */
export interface ProcessEnd {
  readonly exitCode: number;
  readonly output: string;
  readonly seconds: number;
}

/**
 * Seconds until curl gives up connecting when nothing answers and --max-time is not given.
 * Source: Linux, tcp_syn_retries = 6 (man 7 tcp): about 127 s.
 */
const CONNECT_GIVE_UP_SECONDS = 127;
/** Seconds of an ordinary request. */
const REQUEST_SECONDS = 1;

/** Runs curl in a pod: the packet model decides, the exit codes and texts are curl's own. */
export function runCurl(cluster: ClusterObjects, client: Client, command: CurlCommand): ProcessEnd {
  const { url } = command;
  const isTls = url.protocol === "https:";
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  const reached = reachFrom(cluster, client, { host: url.hostname, port, protocol: isTls ? "HTTPS" : "HTTP" });
  switch (reached.outcome) {
    case "noSuchHost":
      return failure(command, 6, `Could not resolve host: ${url.hostname}`, REQUEST_SECONDS);
    case "reset":
      return failure(command, 35, "Recv failure: Connection reset by peer", REQUEST_SECONDS);
    case "timedOut":
      return timeOut(command, url.hostname, port);
    case "answeredByFirewall":
      return answered(command, 470, "Action: Deny. Reason: No rule matched. Proceeding with default action.");
    case "connected": {
      const response = answerOfInternet(cluster.world, {
        address: reached.address,
        host: url.host,
        port,
        path: `${url.pathname}${url.search}`,
        sourceAddress: reached.verdict.sourceAddressSeen,
        headers: { "user-agent": "curl/8.8.0", accept: "*/*" },
      });
      if (response === "refused")
        return failure(
          command,
          7,
          `Failed to connect to ${url.hostname} port ${port} after 2 ms: Could not connect to server`,
          REQUEST_SECONDS,
        );
      if (response === "dropped") return timeOut(command, url.hostname, port);
      return answered(command, response.status, response.body);
    }
  }
}

function timeOut(command: CurlCommand, host: string, port: number): ProcessEnd {
  if (command.maxSeconds !== undefined && command.maxSeconds < CONNECT_GIVE_UP_SECONDS) {
    const milliseconds = Math.round(command.maxSeconds * 1000) + 1;
    return failure(command, 28, `Connection timed out after ${milliseconds} milliseconds`, command.maxSeconds);
  }
  const text = `Failed to connect to ${host} port ${port} after ${CONNECT_GIVE_UP_SECONDS * 1000} ms: Could not connect to server`;
  return failure(command, 28, text, CONNECT_GIVE_UP_SECONDS);
}

function answered(command: CurlCommand, status: number, body: string): ProcessEnd {
  if (command.fail && status >= 400) {
    const text = `The requested URL returned error: ${status}`;
    return { ...failure(command, 22, text, REQUEST_SECONDS, status) };
  }
  return {
    exitCode: 0,
    output: `${command.discardBody ? "" : body}${written(command, status)}`,
    seconds: REQUEST_SECONDS,
  };
}

/** curl writes its error first and the --write-out after it; without a response the code is 000. */
function failure(command: CurlCommand, exitCode: number, text: string, seconds: number, status = 0): ProcessEnd {
  const isShown = !command.silent || command.showError;
  return { exitCode, output: `${isShown ? `curl: (${exitCode}) ${text}\n` : ""}${written(command, status)}`, seconds };
}

function written(command: CurlCommand, status: number): string {
  return command.writeOut.replaceAll("%{http_code}", String(status).padStart(3, "0")).replaceAll("\\n", "\n");
}
