import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";

/** The local Azure, as its first line describes it. */
interface LocalAzureAddress {
  readonly arm: string;
  /** File with the certificate authority. */
  readonly ca: string;
  /** The app in ARM. It does not exist there; only Event Grid, which delivers to it, must know where it answers. */
  readonly functionAppId: string;
}

/** Tells the local Azure where the app answers, which a deployed one knows of itself. */
export async function tellFunctionApp(azure: LocalAzureAddress, url: string): Promise<void> {
  const options = { method: "PUT", ca: await readFile(azure.ca) };
  const outgoing = request(`${azure.arm}/_local/functionApps`, options);
  outgoing.end(JSON.stringify({ [azure.functionAppId]: url }));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  if (response.statusCode !== 200) throw new Error(`The local Azure did not take the app's address: ${text}`);
}
