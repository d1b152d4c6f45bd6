import type { RouteLab } from "../test/app/routeLab.ts";

export interface TableRoute {
  readonly name: string;
  readonly properties: {
    readonly addressPrefix: string;
    readonly nextHopType: string;
    readonly nextHopIpAddress: string;
  };
}

/** The routes of a table that lead to pods, as they can be written again. */
export async function podRoutesOf(lab: RouteLab, tableId: string): Promise<readonly TableRoute[]> {
  const { routes } = (await lab.arm("GET", tableId)).body.properties as { readonly routes: readonly TableRoute[] };
  return routes
    .filter(({ properties }) => properties.addressPrefix !== "0.0.0.0/0")
    .map(({ name, properties: { addressPrefix, nextHopType, nextHopIpAddress } }) => ({
      name,
      properties: { addressPrefix, nextHopType, nextHopIpAddress },
    }));
}

/** Gives the gateway's table these routes and no others, as an operator. */
export async function writeGatewayTable(lab: RouteLab, routes: readonly TableRoute[]): Promise<void> {
  const { location, tags, properties } = (await lab.arm("GET", lab.gatewayTable)).body;
  await lab.arm("PUT", lab.gatewayTable, { location, tags, properties: { ...properties, routes } });
  await lab.seconds(TABLE_WRITE_SECONDS);
}

/** By then a write of a table has ended. */
const TABLE_WRITE_SECONDS = 10;
