import { request } from "node:https";
import type { LocalAzure } from "../../local/azure/localAzure.ts";

export interface ArmResponse {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever ARM answered
  readonly body: any;
}

/** Speaks to the local Azure as the operator does, without the app. */
export async function armRequest(
  azure: LocalAzure,
  method: string,
  path: string,
  body?: unknown,
): Promise<ArmResponse> {
  const query = `api-version=2019-08-01&resource=${encodeURIComponent("https://management.azure.com/")}&client_id=${azure.operator.appId}`;
  const token = await fetch(`${azure.tokenUrl}?${query}`, { headers: { "x-identity-header": azure.identityHeader } });
  const { access_token: accessToken } = (await token.json()) as { access_token: string };
  const url = new URL(`${azure.armUrl}${path}${path.includes("?") ? "&" : "?"}api-version=${versionFor(path)}`);
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${accessToken}`, "content-type": "application/json" };
    const call = request(url, { method, ca: azure.caPem, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: text === "" ? undefined : JSON.parse(text) }),
      );
    });
    call.on("error", reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function versionFor(path: string): string {
  if (/microsoft\.network/i.test(path)) return "2024-05-01";
  if (/microsoft\.containerservice/i.test(path)) return "2025-05-01";
  if (/microsoft\.eventgrid/i.test(path)) return "2025-02-15";
  if (/microsoft\.authorization/i.test(path)) return "2022-04-01";
  return "2021-04-01";
}
