import { buildAppIfNeeded } from "../scripts/build.ts";
import { benchDeniedEgress } from "./deniedEgress.ts";
import { benchProvisioning } from "./provisioning.ts";
import { benchRouteBurst } from "./routeBurst.ts";

/** `npm run bench`: what provisioning, following a scaling and reading the firewall's log cost, beside the plain ways. Ends with 1 when one of them is not as good as it must be. */

await buildAppIfNeeded();
const isGood = [await benchProvisioning(), await benchRouteBurst(), await benchDeniedEgress()].every((good) => good);
// The local Azure of the harness lives as long as its process.
process.exit(isGood ? 0 : 1);
