/** Reads what a dry run wants to see: several documents at a time, again where Azure is busy, and not for longer than a person waits. */
import { type ArmClient, NoAnswerError } from "../azure/armClient.ts";
import { failureOf } from "../domain/armFailure.ts";
import { pauseBeforeReadingAgain, READING_SECONDS_MAX } from "../domain/pace.ts";
import type { DocumentRead } from "../resources/documentRead.ts";
import type { Document } from "../resources/syncDefinition.ts";
import { noAnswerFailure } from "./refusal.ts";

/** Far below what one burst of ARM's token bucket takes (250 reads). Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, checked 2026-11. */
const READS_AT_ONCE = 8;

export interface ReadingDoors {
  readonly arm: Pick<ArmClient, "get">;
  /** In real seconds, since the reading began. */
  elapsedSeconds(): number;
  pause(seconds: number): Promise<void>;
}

/** One result for each document, in their order. */
export async function readDocuments(
  doors: ReadingDoors,
  documents: readonly Document[],
): Promise<readonly DocumentRead[]> {
  const results: DocumentRead[] = [];
  const rest = [...documents.entries()];
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const [index, document] = next;
      results[index] = await readPatiently(doors, document);
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, worker));
  return results;
}

async function readPatiently(doors: ReadingDoors, document: Document): Promise<DocumentRead> {
  for (let tries = 1; ; tries++) {
    if (doors.elapsedSeconds() > READING_SECONDS_MAX) return notAsked(document);
    const { read, status, retryAfterSeconds } = await readOnce(doors.arm, document);
    if (read.kind !== "refused") return read;
    const elapsedSeconds = doors.elapsedSeconds();
    const pauseSeconds = pauseBeforeReadingAgain({ status, tries, retryAfterSeconds, elapsedSeconds });
    if (pauseSeconds === undefined) return read;
    await doors.pause(pauseSeconds);
  }
}

interface Attempt {
  readonly read: DocumentRead;
  /** Undefined when no answer came. */
  readonly status?: number;
  readonly retryAfterSeconds?: number | undefined;
}

async function readOnce(arm: ReadingDoors["arm"], { id, apiVersion }: Document): Promise<Attempt> {
  try {
    const { status, body, correlationId, retryAfterSeconds } = await arm.get(id, apiVersion);
    if (status < 400) return { read: { kind: "found", body: body ?? {} }, status };
    const failure = failureOf({ status, body, correlationId, resourceId: id });
    return { read: { kind: status === 404 ? "missing" : "refused", failure }, status, retryAfterSeconds };
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return { read: { kind: "refused", failure: { ...noAnswerFailure(error), resourceId: id } } };
  }
}

/** Azure hung on what was asked before. */
function notAsked({ id }: Document): DocumentRead {
  const failure = {
    code: "NotAsked",
    message: `Azure took more than ${READING_SECONDS_MAX} s for what was read before this, which was not asked for any more.`,
    resourceId: id,
    advice: "Try again later; when it stays so, check the way from the app to Azure Resource Manager.",
  };
  return { kind: "refused", failure };
}
