import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { repositoryDirectory } from "../scripts/build.ts";
import { azureReady, type LocalStack, STACK_FILE } from "../scripts/localStack.ts";

/** An app, the Azure that it is in, and where its alerts go. */
export interface Stack {
  readonly appUrl: string;
  readonly azure: LocalStack["azure"];
  readonly ticketSystemUrl?: string;
}

const stackFile = z.object({ app: z.string(), azure: azureReady, ticketSystem: z.string().optional() });

/** The stack of `npm run start`, as it has written itself down. */
export async function startedStack(target: string): Promise<Stack> {
  const file = path.join(repositoryDirectory, ".portcullis", STACK_FILE);
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(`--target is for the app of npm run start, which is not up in this directory: no ${file}.`);
  });
  const { app, azure, ticketSystem } = stackFile.parse(JSON.parse(text));
  if (new URL(target).origin !== new URL(app).origin)
    throw new Error(`npm run start has started ${app} in this directory, and --target is ${target}.`);
  return { appUrl: app, azure, ...(ticketSystem === undefined ? {} : { ticketSystemUrl: ticketSystem }) };
}
