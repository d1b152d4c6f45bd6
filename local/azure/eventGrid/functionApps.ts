import { coreOf } from "../core/coreOf.ts";
import type { AzureWorld } from "../core/resourceType.ts";

const FUNCTION = /^(\/.+\/providers\/Microsoft\.Web\/sites\/[^/]+(?:\/slots\/[^/]+)?)\/functions\/([^/]+)$/i;

/** The site and the function that a resource id of a function names; undefined for any other id. */
export function parseFunctionId(id: string): { readonly siteId: string; readonly functionName: string } | undefined {
  const [, siteId, functionName] = FUNCTION.exec(id) ?? [];
  return siteId === undefined || functionName === undefined ? undefined : { siteId, functionName };
}

/** Says where the function app of that resource id answers. Azure knows of itself; here somebody must say it. */
export function setFunctionApp(world: AzureWorld, siteId: string, url: string): void {
  if (!/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+$/i.test(siteId))
    throw new Error(`'${siteId}' is no resource id of a function app: …/providers/Microsoft.Web/sites/NAME.`);
  if (!URL.canParse(url)) throw new Error(`'${url}', where ${siteId} answers, is no URL.`);
  coreOf(world).state.table<string>("functionApps").set(siteId.toLowerCase(), url);
}

/** Where events for a function are posted: the Event Grid door of its host. Undefined for an app that nobody told of. */
export function functionUrl(world: AzureWorld, functionId: string): string | undefined {
  const parsed = parseFunctionId(functionId);
  const base = coreOf(world)
    .state.table<string>("functionApps")
    .get(parsed?.siteId.toLowerCase() ?? "");
  if (parsed === undefined || base === undefined) return undefined;
  return new URL(`/runtime/webhooks/eventgrid?functionName=${encodeURIComponent(parsed.functionName)}`, base).href;
}

/** The same for several at once, as they come through the stand-in's own door: {"RESOURCE_ID": "URL"}. */
export function setFunctionApps(world: AzureWorld, urls: unknown): object {
  if (urls === null || typeof urls !== "object" || Array.isArray(urls))
    throw new Error('Function apps are a JSON object {"RESOURCE_ID": "URL"}.');
  for (const [siteId, url] of Object.entries(urls)) setFunctionApp(world, siteId, String(url));
  return urls;
}
