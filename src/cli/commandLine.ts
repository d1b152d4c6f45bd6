import { parseArgs } from "node:util";

export const DEFAULT_TARGET = "http://127.0.0.1:7071";

export const USAGE = `Usage:
  portcullis provision FILE [--number N]   submit the ticket in FILE and follow it to its end
  portcullis provision FILE --dry-run      say what the ticket would do, and do nothing
  portcullis status NUMBER [--follow]      show how far a ticket is
  portcullis cancel NUMBER                 finish the writes under way, begin no new ones
  portcullis retry NUMBER                  go on from the failed step

Options:
  --target URL   the app; PORTCULLIS_URL or ${DEFAULT_TARGET} without it
  --json         print one JSON object and nothing else
  --number N     submit under this ticket number instead of the one in FILE
  --help         show this

A deployed app asks for a function key: give it in PORTCULLIS_FUNCTION_KEY.
Exit code: 0 built and verified (status: also still under way; dry run: nothing in the way), 1 failed (dry run: there
is an obstacle), 2 refused, unreachable or misspelt.
`;

export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly message: string }
  | TicketFileCommand<"provision">
  | TicketFileCommand<"dryRun">
  | {
      readonly kind: "status" | "cancel" | "retry";
      readonly number: string;
      readonly follow: boolean;
      readonly options: CommandOptions;
    };

/** What is about a ticket that lies in a file. */
interface TicketFileCommand<Kind extends string> {
  readonly kind: Kind;
  readonly file: string;
  readonly number: string | undefined;
  readonly options: CommandOptions;
}

export interface CommandOptions {
  readonly target: URL;
  readonly json: boolean;
}

/** Reads the words after `portcullis`. */
export function parseCommandLine(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  const parsed = tryParse(words);
  if (typeof parsed === "string") return mistake(parsed);
  const { values, positionals } = parsed;
  if (values.help === true) return { kind: "help" };
  const target = parseTarget(values.target ?? env.PORTCULLIS_URL ?? DEFAULT_TARGET);
  if (target === undefined) return mistake("--target must be an http or https address, e.g. http://127.0.0.1:7071.");
  const options = { target, json: values.json === true };
  const [verb, subject, ...surplus] = positionals;
  if (surplus.length > 0) return mistake(`"${surplus.join(" ")}" is one word too many.`);
  const isDryRun = values["dry-run"] === true;
  if (isDryRun && verb !== "provision") return mistake("--dry-run goes with provision, whatever the ticket's action.");
  switch (verb) {
    case "provision":
      if (subject === undefined) return mistake("provision needs the file with the ticket, e.g. samples/seed.json.");
      return { kind: isDryRun ? "dryRun" : "provision", file: subject, number: values.number, options };
    case "status":
    case "cancel":
    case "retry":
      if (subject === undefined || subject.trim() === "") return mistake(`${verb} needs the number of the ticket.`);
      return { kind: verb, number: subject, follow: verb !== "status" || values.follow === true, options };
    default:
      return mistake(verb === undefined ? "Say what to do." : `There is no command "${verb}".`);
  }
}

function tryParse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        target: { type: "string" },
        number: { type: "string" },
        json: { type: "boolean" },
        follow: { type: "boolean" },
        "dry-run": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parseTarget(text: string): URL | undefined {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url : undefined;
}

function mistake(message: string): Command {
  return { kind: "mistake", message };
}
