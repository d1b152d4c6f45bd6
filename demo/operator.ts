import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { strToU8, zipSync } from "fflate";
import * as z from "zod";
import type { LocalStack } from "../scripts/localStack.ts";

/** What a person with rights on the subscription does, beside the app: ARM requests, kubectl by run command, and requests from the internet. */
export interface Operator {
  /** Throws what Azure answered when it refused. */
  arm(method: "GET" | "PUT" | "POST" | "DELETE", path: string, apiVersion: string, body?: unknown): Promise<unknown>;
  /** One kubectl line in the cluster, with files beside it; gives back what it printed. */
  kubectl(clusterId: string, line: string, files?: Readonly<Record<string, unknown>>): Promise<string>;
  /** `GET http://host/path` from outside. */
  ask(host: string, path: string): Promise<Asked>;
  /** A query in a Log Analytics workspace; undefined while none of its tables has had a row. */
  query(customerId: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[] | undefined>;
  /** A door of the local Azure that Azure does not have. */
  local(method: "GET" | "PUT", path: string, body?: unknown): Promise<unknown>;
}

export interface Asked {
  readonly status: number;
  /** What decided, in the local Azure's words. */
  readonly reason: string;
}

const API_VERSION_CLUSTERS = "2025-05-01";
/** Between two looks at a command's result; the local Azure may be slow, but it is near. */
const LOOK_MS = 100;
const LOOKS_MAX = 600;

/** What tokens are for. Source of the latter: learn.microsoft.com/azure/azure-monitor/logs/api/access-api, checked 2026-11. */
const ARM_AUDIENCE = "https://management.azure.com/";
const LOGS_AUDIENCE = "https://api.loganalytics.azure.com";

const tokenAnswer = z.object({ access_token: z.string() });
const commandAnswer = z.object({
  properties: z.object({ provisioningState: z.string(), exitCode: z.number().optional(), logs: z.string().optional() }),
});

const queryAnswer = z.object({
  tables: z.array(z.object({ columns: z.array(z.object({ name: z.string() })), rows: z.array(z.array(z.unknown())) })),
});
/** Code of a name that the workspace does not know (yet). */
const UNKNOWN_NAME = "SEM0100";

export function operatorOf(azure: LocalStack["azure"]): Operator {
  const ca = readFileSync(azure.ca);
  const send = async (method: string, url: URL, body?: unknown, audience = ARM_AUDIENCE): Promise<Answer> => {
    const token = await operatorToken(azure, audience);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return answerOf(https.request(url, { method, ca, headers }), body);
  };
  const succeed = async (method: string, url: URL, body?: unknown): Promise<Answer> => {
    const answer = await send(method, url, body);
    if (answer.status >= 400)
      throw new Error(`${method} ${url.pathname} was answered with ${answer.status}: ${answer.text}`);
    return answer;
  };
  const armUrl = (path: string, apiVersion: string): URL => new URL(`${azure.arm}${path}?api-version=${apiVersion}`);
  return {
    arm: async (method, path, apiVersion, body) => parsed(await succeed(method, armUrl(path, apiVersion), body)),
    async kubectl(clusterId, line, files = {}) {
      const entries = Object.entries(files).map(([name, value]) => [name, strToU8(JSON.stringify(value))]);
      const context = entries.length === 0 ? "" : Buffer.from(zipSync(Object.fromEntries(entries))).toString("base64");
      const url = armUrl(`${clusterId}/runCommand`, API_VERSION_CLUSTERS);
      const { headers } = await succeed("POST", url, { command: line, context });
      for (let look = 0; look < LOOKS_MAX; look++) {
        const answer = await succeed("GET", new URL(headers.location ?? "", azure.arm));
        if (answer.status === 200) return commandOutput(line, parsed(answer));
        await sleep(LOOK_MS);
      }
      throw new Error(`${line} had no result after ${(LOOK_MS * LOOKS_MAX) / 1000} s.`);
    },
    async ask(host, path) {
      const proxy = new URL(azure.internet);
      const options = { hostname: proxy.hostname, port: proxy.port, path: `http://${host}${path}`, headers: { host } };
      const { status, headers } = await answerOf(http.request(options));
      return { status, reason: String(headers["x-local-azure-reason"] ?? "") };
    },
    async query(customerId, text) {
      const url = new URL(`${azure.logs}/workspaces/${customerId}/query`);
      const answer = await send("POST", url, { query: text }, LOGS_AUDIENCE);
      if (answer.status === 400 && answer.text.includes(UNKNOWN_NAME)) return undefined;
      if (answer.status !== 200) throw new Error(`The log answered ${answer.status}: ${answer.text}`);
      const [table] = queryAnswer.parse(parsed(answer)).tables;
      const names = table?.columns.map(({ name }) => name) ?? [];
      return table?.rows.map((row) => Object.fromEntries(row.map((cell, index) => [names[index] ?? "", cell]))) ?? [];
    },
    local: async (method, path, body) => parsed(await succeed(method, new URL(path, azure.arm), body)),
  };
}

async function operatorToken(
  { token, operatorClientId, identityHeader }: LocalStack["azure"],
  audience: string,
): Promise<string> {
  const url = new URL(token);
  url.searchParams.set("api-version", "2019-08-01");
  url.searchParams.set("resource", audience);
  url.searchParams.set("client_id", operatorClientId);
  const answer = await answerOf(http.request(url, { headers: { "x-identity-header": identityHeader } }));
  return tokenAnswer.parse(parsed(answer)).access_token;
}

function commandOutput(line: string, answer: unknown): string {
  const { exitCode, logs = "" } = commandAnswer.parse(answer).properties;
  if (exitCode !== 0) throw new Error(`${line} failed in the cluster: ${logs}`);
  return logs;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

function parsed({ text }: Answer): unknown {
  return text === "" ? undefined : JSON.parse(text);
}

async function answerOf(outgoing: http.ClientRequest, body?: unknown): Promise<Answer> {
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(outgoing, "response")) as [http.IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}
