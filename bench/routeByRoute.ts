import type { RouteLab } from "../test/app/routeLab.ts";
import type { TableRoute } from "./routeTables.ts";

/** A write of a route takes seconds. */
const LOOKS_MAX = 60;

/** The way of the seed's script: a PUT for each route, the next one when Azure has ended the one before. */
export async function routeByRoute(lab: RouteLab, routes: readonly TableRoute[]): Promise<void> {
  for (const { name, properties } of routes) {
    const id = `${lab.gatewayTable}/routes/${name}`;
    await lab.arm("PUT", id, { properties });
    await untilSucceeded(lab, id);
  }
}

async function untilSucceeded(lab: RouteLab, id: string): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    // Azure's Retry-After for writes as short as these.
    await lab.seconds(1);
    const { body } = await lab.arm("GET", id);
    if (body.properties.provisioningState === "Succeeded") return;
  }
  throw new Error(`The write of ${id} did not end.`);
}
