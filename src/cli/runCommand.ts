import type { DryRunAnswer } from "../contracts/dryRunAnswer.ts";
import type { TicketStatus } from "../contracts/ticketStatus.ts";
import type { Command, CommandOptions } from "./commandLine.ts";
import { USAGE } from "./commandLine.ts";
import { explainFailure } from "./explainFailure.ts";
import { followTicket } from "./followTicket.ts";
import { type Persistence, persist } from "./persist.ts";
import { liveScreen, noScreen, type ProgressScreen, plainScreen } from "./progressScreen.ts";
import { renderDryRun } from "./renderDryRun.ts";
import { renderProgress } from "./renderProgress.ts";
import { renderSummary } from "./renderSummary.ts";
import { printable } from "./textLayout.ts";
import { TicketClient } from "./ticketClient.ts";
import { readTicketFile } from "./ticketFile.ts";
import { hasEnded, hasSucceeded, ticketReport } from "./ticketReport.ts";

/** What a command may touch. */
export interface CommandContext {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long an app that does not answer is tried. Default 60 s: a host's restart with a cold start. */
  readonly patienceMilliseconds?: number;
  /** Least time between two looks. Default 250 ms. */
  readonly pollMilliseconds?: number;
}

type TicketCommand = Exclude<Command, { readonly kind: "help" | "mistake" }>;
type FollowedCommand = Exclude<TicketCommand, { readonly kind: "dryRun" }>;

const DEFAULT_PATIENCE_MS = 60_000;
const DEFAULT_POLL_MS = 250;

/** Carries a command out and returns the exit code. */
export async function runCommand(command: Command, context: CommandContext): Promise<number> {
  switch (command.kind) {
    case "help":
      context.stdout.write(USAGE);
      return 0;
    case "mistake":
      context.stderr.write(`${printable(command.message)}\n\n${USAGE}`);
      return 2;
    default:
      return runTicketCommand(command, context).catch((error: unknown) => {
        context.stderr.write(`${explainFailure(error)}\n`);
        return 2;
      });
  }
}

async function runTicketCommand(command: TicketCommand, context: CommandContext): Promise<number> {
  const { target } = command.options;
  const client = new TicketClient({ target, functionKey: context.env.PORTCULLIS_FUNCTION_KEY });
  const persistence = {
    pauseMilliseconds: context.pollMilliseconds ?? DEFAULT_POLL_MS,
    patienceMilliseconds: context.patienceMilliseconds ?? DEFAULT_PATIENCE_MS,
  };
  const persevering = { ...persistence, onTrouble: sayOnce(context.stderr) };
  if (command.kind === "dryRun") {
    const ticket = await readTicketFile(command.file, command.number);
    return showDryRun(await persist(() => client.dryRun(ticket), persevering), command.options, context);
  }
  const startedAt = performance.now();
  const statusUrl = await begin(command, client, persevering);
  if (command.kind === "status" && !command.follow) {
    return showOnce(await persist(() => client.status(statusUrl), persistence), command.options, context);
  }
  const screen = screenFor(command.options, context);
  let last: TicketStatus;
  try {
    last = await followTicket({
      client,
      statusUrl,
      pollMilliseconds: persistence.pauseMilliseconds,
      patienceMilliseconds: persistence.patienceMilliseconds,
      onStatus: screen.show,
      onTrouble: screen.trouble,
    });
  } finally {
    screen.close();
  }
  report(last, { ...command.options, realSeconds: (performance.now() - startedAt) / 1000 }, context);
  return hasSucceeded(last) ? 0 : 1;
}

/** Nobody is to sit before an empty screen while an app that does not answer is tried again. */
function sayOnce(stream: NodeJS.WritableStream): (message: string) => void {
  let isSaid = false;
  return (message) => {
    if (!isSaid) stream.write(`${printable(message)} Trying again for a while.\n`);
    isSaid = true;
  };
}

/** Tells the app what is wanted and returns where the ticket's status is. All three may be repeated safely. */
async function begin(command: FollowedCommand, client: TicketClient, persistence: Persistence): Promise<URL> {
  switch (command.kind) {
    case "provision": {
      const ticket = await readTicketFile(command.file, command.number);
      return persist(() => client.submit(ticket), persistence);
    }
    case "cancel":
      await persist(() => client.cancel(command.number), persistence);
      return client.ticketUrl(command.number);
    case "retry":
      await persist(() => client.retry(command.number), persistence);
      return client.ticketUrl(command.number);
    case "status":
      return client.ticketUrl(command.number);
  }
}

function screenFor(options: CommandOptions, context: CommandContext): ProgressScreen {
  if (options.json) return noScreen;
  return isForPeople(context) ? liveScreen(context.stdout) : plainScreen(context.stdout);
}

/** no-color.org: the variable counts when it is there and not empty. */
function isForPeople({ stdout, env }: CommandContext): boolean {
  return stdout.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
}

function showDryRun(answer: DryRunAnswer, options: CommandOptions, context: CommandContext): number {
  const view = { columns: context.stdout.columns ?? 100, color: isForPeople(context) };
  const text = options.json ? JSON.stringify(answer, undefined, 2) : `\n${renderDryRun(answer, view)}`;
  context.stdout.write(`${text}\n`);
  return answer.isPossible ? 0 : 1;
}

function showOnce(status: TicketStatus, options: CommandOptions, context: CommandContext): number {
  if (options.json || hasEnded(status)) report(status, options, context);
  else {
    const view = {
      columns: context.stdout.columns ?? 100,
      rows: Number.POSITIVE_INFINITY,
      color: isForPeople(context),
    };
    context.stdout.write(`${renderProgress(status, view)}\n`);
  }
  return hasSucceeded(status) || !hasEnded(status) ? 0 : 1;
}

function report(
  status: TicketStatus,
  options: CommandOptions & { readonly realSeconds?: number },
  context: CommandContext,
): void {
  if (options.json) {
    context.stdout.write(`${JSON.stringify(ticketReport(status), undefined, 2)}\n`);
    return;
  }
  const view = { columns: context.stdout.columns ?? 100, color: isForPeople(context) };
  const { realSeconds } = options;
  context.stdout.write(`\n${renderSummary(status, realSeconds === undefined ? view : { ...view, realSeconds })}\n`);
}
