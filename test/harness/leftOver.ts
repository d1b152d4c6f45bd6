import { armRequest } from "./armRequest.ts";
import type { World } from "./world.ts";

/** What is left in the subscription besides what the app itself stands on, by name, groups included. */
export async function leftOver(world: World): Promise<string[]> {
  return [...(await leftOverGroups(world)), ...(await namesIn(world, "resources"))];
}

export function leftOverGroups(world: World): Promise<string[]> {
  return namesIn(world, "resourceGroups");
}

async function namesIn({ azure }: World, collection: "resourceGroups" | "resources"): Promise<string[]> {
  const appGroup = `${azure.functionAppId.slice(0, azure.functionAppId.indexOf("/providers/"))}/`.toLowerCase();
  const listed = await armRequest(azure, "GET", `/subscriptions/${azure.subscriptionId}/${collection}`);
  const all: readonly { readonly id: string; readonly name: string }[] = listed.body.value;
  return all.filter(({ id }) => !`${id}/`.toLowerCase().startsWith(appGroup)).map(({ name }) => name);
}
