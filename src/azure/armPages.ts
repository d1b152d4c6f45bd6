import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import type { ArmAnswer } from "./armClient.ts";
import type { ArmReads } from "./armReads.ts";

/** A list from outside has an end: a scale set has at most 1,000 machines, and ARM's pages hold a hundred and more. */
const PAGES_MAX = 50;

/** Every item of a list, or the answer that kept it from being read whole. */
export type ListAnswer = { readonly items: readonly JsonObject[] } | { readonly refused: ArmAnswer };

/** Reads a list with all its pages. */
export async function listAll(arm: ArmReads, path: string, apiVersion: string): Promise<ListAnswer> {
  const items: JsonObject[] = [];
  let answer = await arm.get(path, apiVersion);
  for (let page = 1; page <= PAGES_MAX; page++) {
    if (answer.status >= 400) return { refused: answer };
    items.push(...objectsOf(answer.body?.value));
    const next = answer.body?.nextLink;
    if (typeof next !== "string" || next === "") return { items };
    answer = await arm.follow(next);
  }
  throw new Error(`The list ${path} has more than ${PAGES_MAX} pages; something is wrong with it.`);
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}
