import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildAppIfNeeded, repositoryDirectory } from "./build.ts";
import { DEFAULT_SPEED, STACK_FILE, startLocalStack } from "./localStack.ts";
import { parseSpeed } from "./parseSpeed.ts";

/** `npm run start`: the local Azure and the app on a local host, until Ctrl-C. Each start begins with an empty Azure. */

const USAGE = `npm run start [-- --port P] [--speed N]
  --port   of the app; default 7071
  --speed  Azure-seconds in a real second; default ${DEFAULT_SPEED}
`;

const DEFAULT_PORT = 7071;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: "string" }, speed: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port must be 0 to 65535, and not "${values.port}".`);
  const speed = parseSpeed(values.speed);
  await buildAppIfNeeded();
  const directory = path.join(repositoryDirectory, ".portcullis");
  // An Azure that has forgotten everything and operations that have not would not fit together.
  await rm(directory, { recursive: true, force: true });
  const over = Promise.withResolvers<void>();
  const stack = await startLocalStack({
    speed,
    directory,
    hostPort: port,
    alerts: true,
    onRestart: (message) => console.log(message),
    onFailure: over.reject,
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => over.resolve());
  const stackFile = path.join(directory, STACK_FILE);
  await writeFile(
    stackFile,
    JSON.stringify({ app: stack.url, azure: stack.azure, ticketSystem: stack.ticketSystemUrl }),
  );
  console.log(`
  The app           ${stack.url}/api/tickets
  Azure (ARM)       ${stack.azure.arm}
  Its certificate   ${stack.azure.ca}
  Its tokens        ${stack.azure.token}
  Its internet      ${stack.azure.internet}
  Incidents         ${stack.ticketSystemUrl}/_local/incidents (a stand-in of the ticket system; also …/alerts and …/messages)
  Its operator      client id ${stack.azure.operatorClientId}, identity header ${stack.azure.identityHeader}
  Logs and state    ${directory}
  The host's id     ${stack.hostProcessId()} (kill -9 it while it builds: it comes back and goes on)

  In another terminal: npm run provision -- --target ${stack.url}
  Ctrl-C ends it.
`);
  await over.promise.finally(async () => {
    await rm(stackFile, { force: true });
    await stack.stop();
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
