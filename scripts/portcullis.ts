import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { repositoryDirectory } from "./build.ts";

export interface PortcullisOptions {
  /** Ends the command line from outside. */
  readonly signal?: AbortSignal;
  /** Nothing of it is shown but what goes wrong. */
  readonly isQuiet?: boolean;
}

/** The command line's exit code for a ticket that was taken and failed, and for a stack that broke. */
export const FAILED = 1;

/** What a shell reports of a command that Ctrl-C ended. */
export const ENDED_BY_HAND = 130;

/** Runs `portcullis` on this terminal and returns its exit code. */
export async function runPortcullis(
  words: readonly string[],
  { signal, isQuiet = false }: PortcullisOptions = {},
): Promise<number> {
  const entry = path.join(repositoryDirectory, "dist/cli/portcullis.mjs");
  const stdio = ["inherit", isQuiet ? "ignore" : "inherit", "inherit"] as const;
  const child = spawn(process.execPath, ["--enable-source-maps", entry, ...words], { stdio: [...stdio] });
  signal?.addEventListener("abort", () => child.kill("SIGTERM"));
  const [code, endedBy] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return endedBy === "SIGINT" ? ENDED_BY_HAND : (code ?? FAILED);
}
