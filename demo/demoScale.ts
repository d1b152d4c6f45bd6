import { DEFAULT_SPEED } from "../scripts/localStack.ts";
import { liveScreen, noScreen, plainScreen } from "./demoScreen.ts";
import { operatorOf } from "./operator.ts";
import { renderScaling, type ScalingView, scalingTitle } from "./renderScaling.ts";
import { runDemonstration, type Stage } from "./runDemonstration.ts";
import { runScaling } from "./runScaling.ts";
import { scalingPlace } from "./scalingPlace.ts";
import { scalingReport, scalingSummary } from "./scalingSummary.ts";

/** `npm run demo:scale`: a node pool scales 2 → 5 → 3, and the gateway's routes follow with nobody's hand on them. */

const USAGE = `npm run demo:scale [-- --json] [--speed N] [--target URL]
  --json    print one JSON object and nothing else (npm run --silent demo:scale -- --json)
  --speed   Azure-seconds in a real second; default ${DEFAULT_SPEED}
  --target  the app that npm run start has started
Ends with 0 when the new nodes answered 502 before the app's write and 200 after it, and all tables are equal at the end.
`;

const ENVIRONMENT = "kubenet";
/** Once a year: what heals in the demonstration is to be the event. */
const RARE_SWEEP = "0 0 0 1 1 *";

async function show({ stack, isOwn, json, signal }: Stage): Promise<boolean> {
  const operator = operatorOf(stack.azure);
  const place = await scalingPlace(operator, stack.appUrl, ENVIRONMENT);
  const screen = json
    ? noScreen
    : process.stdout.isTTY
      ? liveScreen<ScalingView>(process.stdout, renderScaling)
      : plainScreen<ScalingView>(process.stdout, ({ look }) => scalingTitle(look));
  const end = await runScaling({ operator, place, screen, sweeps: !isOwn, signal });
  console.log(json ? JSON.stringify(scalingReport(end), null, 2) : `\n${scalingSummary(end).join("\n")}\n`);
  return end.shortcomings.length === 0;
}

await runDemonstration({
  usage: USAGE,
  speed: DEFAULT_SPEED,
  environment: ENVIRONMENT,
  sample: "kubenet.json",
  alerts: false,
  settings: { ROUTE_SWEEP_SCHEDULE: RARE_SWEEP },
  show,
});
