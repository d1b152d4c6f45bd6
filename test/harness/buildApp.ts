import { buildAppIfNeeded } from "../../scripts/build.ts";

/** Run once before all tests: they load the built app, as a host does. */
export default async function setup(): Promise<void> {
  await buildAppIfNeeded();
}
