import { requiredEgress } from "./deniedEgress/requiredEgress.ts";

/** Names without which a cluster in this location breaks; what begins with a dot is the end of names. */
export function neededNames(location: string): readonly string[] {
  const names = requiredEgress
    .filter(({ isRequired }) => isRequired)
    .flatMap((requirement) => requirement.names)
    .map((name) => name.replace("<region>", location.toLowerCase()).replace(/^\*/, ""));
  return [...new Set(names)].sort();
}
