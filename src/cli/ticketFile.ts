import { readFile } from "node:fs/promises";

/** The caller named a file that is no ticket. */
class TicketFileMistake extends Error {}

/** Reads a ticket from a file, with another number if one is given. What the ticket says is for the app to judge. */
export async function readTicketFile(file: string, number: string | undefined): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new TicketFileMistake(`${file} cannot be read: give the path of a ticket, e.g. samples/seed.json.`, {
      cause: error,
    });
  });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TicketFileMistake(`${file} is not JSON: ${reason}`, { cause: error });
  }
  if (number === undefined) return body;
  if (!isObject(body) || !isObject(body.ticket)) {
    throw new TicketFileMistake(`${file} has no "ticket" to give another number to.`);
  }
  return { ...body, ticket: { ...body.ticket, number } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
