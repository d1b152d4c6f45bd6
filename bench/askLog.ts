import { request } from "node:https";
import type { LocalAzure } from "../local/azure/localAzure.ts";

export interface LogAnswered {
  /** As it came over the wire. */
  readonly text: string;
  /** Until the last byte was there. */
  readonly milliseconds: number;
}

const AUDIENCE = "https://api.loganalytics.azure.com";

/** One query at the door of the local Azure's log, as the operator; nothing is parsed. */
export async function askLog(azure: LocalAzure, customerId: string, query: string): Promise<LogAnswered> {
  const about = new URLSearchParams({
    "api-version": "2019-08-01",
    resource: AUDIENCE,
    client_id: azure.operator.appId,
  });
  const token = await fetch(`${azure.tokenUrl}?${about}`, { headers: { "x-identity-header": azure.identityHeader } });
  const { access_token: accessToken } = (await token.json()) as { readonly access_token: string };
  const startedAt = performance.now();
  const [status, text] = await post(`${azure.logsUrl}/workspaces/${customerId}/query`, {
    ca: azure.caPem,
    authorization: `Bearer ${accessToken}`,
    body: JSON.stringify({ query }),
  });
  if (status !== 200) throw new Error(`The log answered ${status}: ${text.slice(0, 500)}`);
  return { text, milliseconds: performance.now() - startedAt };
}

function post(
  url: string,
  { ca, authorization, body }: { readonly ca: string; readonly authorization: string; readonly body: string },
): Promise<readonly [status: number, text: string]> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, "content-type": "application/json" };
    const call = request(url, { method: "POST", ca, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve([response.statusCode ?? 0, Buffer.concat(chunks).toString()]));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}
