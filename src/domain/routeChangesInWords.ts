import type { PodRoute, RouteChanges } from "./gatewayRoutes.ts";

/** More routes than this are counted and not listed. */
const LISTED_ROUTES = 3;

/** "2 routes to add: 10.244.0.0/24 → 10.0.5.4, …; 1 route to remove: …". */
export function routeChangesInWords({ added, changed, removed, blocked }: RouteChanges): string {
  return [
    ...listed("to add", added.map(routeInWords)),
    ...listed("to change", changed.map(routeInWords)),
    ...listed("to remove", removed),
    ...listed(
      "in the way",
      blocked.map(({ by }) => by),
    ),
  ].join("; ");
}

export function routeInWords({ addressPrefix, nextHopIpAddress }: Omit<PodRoute, "name">): string {
  return `${addressPrefix} → ${nextHopIpAddress}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function listed(what: string, texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return [];
  const more = texts.length > LISTED_ROUTES ? ` and ${texts.length - LISTED_ROUTES} more` : "";
  return [`${counted(texts.length, "route")} ${what}: ${texts.slice(0, LISTED_ROUTES).join(", ")}${more}`];
}
