import { liveScreen, noScreen, plainScreen } from "./demoScreen.ts";
import { egressPlace } from "./egressPlace.ts";
import { egressSettings, QUIET_HOURS, settingsNote } from "./egressSettings.ts";
import { egressReport, egressSummary } from "./egressSummary.ts";
import { operatorOf } from "./operator.ts";
import { type EgressView, egressTitle, renderEgress } from "./renderEgress.ts";
import { runDemonstration, type Stage } from "./runDemonstration.ts";
import { runEgress } from "./runEgress.ts";

/** `npm run demo:egress`: pods try names that the firewall refuses, and each becomes an alert that somebody can act on. */

/** Two hours of Azure's in a good minute. */
const SPEED = 100;

const USAGE = `npm run demo:egress [-- --json] [--speed N] [--target URL]
  --json    print one JSON object and nothing else (npm run --silent demo:egress -- --json)
  --speed   Azure-seconds in a real second; default ${SPEED}
  --target  the app that npm run start has started; its cases are closed by hand, as a day of quiet takes too long
Ends with 0 when each refused destination had one case, one incident and one signed alert, the rule that was proposed for one of
them let it through once the operator had added it, and all cases were closed in the end.
`;

/** Half a minute of Azure's. */
const PAUSE_MS = 250;
const ENVIRONMENT = "seed";

async function show({ stack, isOwn, json, signal }: Stage): Promise<boolean> {
  const operator = operatorOf(stack.azure);
  const place = await egressPlace(operator, stack, ENVIRONMENT);
  const screen = json
    ? noScreen
    : process.stdout.isTTY
      ? liveScreen<EgressView>(process.stdout, renderEgress)
      : plainScreen<EgressView>(process.stdout, egressTitle);
  const end = await runEgress({
    operator,
    place,
    screen,
    signal,
    pauseMs: PAUSE_MS,
    ...(isOwn ? { quietHours: QUIET_HOURS, note: settingsNote } : {}),
  });
  console.log(json ? JSON.stringify(egressReport(end), null, 2) : `\n${egressSummary(end).join("\n")}\n`);
  return end.shortcomings.length === 0;
}

await runDemonstration({
  usage: USAGE,
  speed: SPEED,
  environment: ENVIRONMENT,
  sample: "seed.json",
  alerts: true,
  settings: egressSettings,
  show,
});
