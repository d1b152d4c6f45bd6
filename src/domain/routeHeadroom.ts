import { ROUTES_A_TABLE_MAX } from "./networkPlugin.ts";

/** How full a route table is. */
export interface RouteHeadroom {
  /** Name of the table. */
  readonly table: string;
  readonly routeCount: number;
  readonly routeCountMax: number;
  /** 0–100 and more, rounded down: 100 is full. */
  readonly usedPercent: number;
}

/** From here on it is worth a warning: another table, or another environment, takes planning. */
export const HEADROOM_WARNING_PERCENT = 80;

export function routeHeadroom(table: string, routeCount: number): RouteHeadroom {
  const usedPercent = Math.floor((routeCount * 100) / ROUTES_A_TABLE_MAX);
  return { table, routeCount, routeCountMax: ROUTES_A_TABLE_MAX, usedPercent };
}

export function isHeadroomLow({ usedPercent }: RouteHeadroom): boolean {
  return usedPercent >= HEADROOM_WARNING_PERCENT;
}
