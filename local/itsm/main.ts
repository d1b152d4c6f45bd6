/**
 * node local/itsm/main.ts [--port P]
 *
 * Runs the stand-in until SIGINT or SIGTERM. Prints one JSON line when it is ready: where it answers, and the password and
 * key that it has made for this run. The clock starts where PORTCULLIS_CLOCK says, as that of the other stand-ins.
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { type ClockOrigin, RunningClock } from "../clock.ts";
import { TABLE_PATH } from "./tableApi.ts";
import { startTicketSystem } from "./ticketSystem.ts";

const USER = "portcullis";
const PASSWORD_BYTES = 18;
const KEY_BYTES = 32;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port must be 0 to 65535, and not "${values.port}".`);
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  const webhookKey = randomBytes(KEY_BYTES).toString("base64");
  const clock = new RunningClock(JSON.parse(process.env.PORTCULLIS_CLOCK ?? "{}") as Partial<ClockOrigin>);
  const system = await startTicketSystem({ clock, user: USER, password, webhookKey, port });
  const { url } = system;
  const ready = {
    url,
    incidentUrl: `${url}${TABLE_PATH}`,
    user: USER,
    password,
    webhookUrl: `${url}/hooks/alerts`,
    webhookKey,
    cardUrl: `${url}/hooks/chat`,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void system.stop().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  process.stderr.write(`The ticket system did not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
