import type { AzureWorld, Json } from "../core/resourceType.ts";
import { fnv1a } from "../network/publicDns.ts";
import { sortedJson } from "./jsonFields.ts";

/** The letters Kubernetes makes name endings of: no vowels, nothing that reads as another. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const RANDOM_LETTER_COUNT = 5;
const HASH_LETTER_COUNT = 9;

/** The random ending of a pod's name. */
export function randomEnding(world: AzureWorld): string {
  return Array.from({ length: RANDOM_LETTER_COUNT }, () => ALPHABET[Math.floor(world.random() * ALPHABET.length)]).join(
    "",
  );
}

/** The hash of a pod template; another template gives another replica set. */
export function templateHash(template: Json): string {
  const text = JSON.stringify(sortedJson(template));
  return Array.from(
    { length: HASH_LETTER_COUNT },
    (_, index) => ALPHABET[fnv1a(`${index} ${text}`) % ALPHABET.length],
  ).join("");
}
