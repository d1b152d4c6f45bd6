/** Proves one thing about the finished environment. It is asked again until it is so, or its time is up; then its last word counts. */
import type { ArmClient } from "../azure/armClient.ts";
import type { IngressProbe } from "../azure/ingressProbe.ts";
import { afterLook, type Silence } from "../domain/silence.ts";
import type { StepCursor, StepOutcome } from "../domain/stepOutcome.ts";
import type { Look, VerificationDefinition, VerificationInput } from "../resources/commandDefinition.ts";
import { readCommand, startCommand } from "./commandRun.ts";
import { refusedOutcome } from "./refusal.ts";
import type { StepInput } from "./stepInput.ts";

type Of<Kind extends VerificationDefinition["kind"]> = Extract<VerificationDefinition, { readonly kind: Kind }>;

export interface VerificationDoors {
  readonly arm: ArmClient;
  readonly probeIngress: IngressProbe;
}

export async function advanceVerification(
  { arm, probeIngress }: VerificationDoors,
  definition: VerificationDefinition,
  clusterId: string,
  input: StepInput,
): Promise<StepOutcome> {
  switch (definition.kind) {
    case "resource":
      return verifyResource(arm, definition, input);
    case "documents":
      return verifyDocuments(arm, definition, input);
    case "action":
      return verifyAction(arm, definition, input);
    case "http":
      return conclude(
        definition,
        input,
        definition.look(await probeIngress(definition.url(facts(input))), facts(input)),
      );
    case "watch":
      return verifyWatch({ arm, probeIngress }, definition, input);
    case "command":
      return verifyCommand(arm, definition, clusterId, input);
  }
}

async function verifyResource(arm: ArmClient, definition: Of<"resource">, input: StepInput): Promise<StepOutcome> {
  const id = definition.id(facts(input));
  const answer = await arm.get(id, definition.apiVersion);
  if (answer.status >= 400 && answer.status !== 404) return refusedOutcome(answer, id, undefined);
  return conclude(definition, input, definition.look(answer.status === 404 ? undefined : answer.body, facts(input)));
}

async function verifyDocuments(arm: ArmClient, definition: Of<"documents">, input: StepInput): Promise<StepOutcome> {
  const documents = definition.documents(facts(input));
  const answers = await Promise.all(documents.map(({ id, apiVersion }) => arm.get(id, apiVersion)));
  for (const [index, answer] of answers.entries()) {
    if (answer.status >= 400 && answer.status !== 404)
      return refusedOutcome(answer, documents[index]?.id ?? "", undefined);
  }
  const existing = answers.map((answer) => (answer.status === 404 ? undefined : answer.body));
  return conclude(definition, input, definition.look(existing, facts(input)));
}

/** Asks the gateway and the host at once, and goes on counting where an earlier watch of this operation ended. */
async function verifyWatch(
  { arm, probeIngress }: VerificationDoors,
  definition: Of<"watch">,
  input: StepInput,
): Promise<StepOutcome> {
  const id = definition.id(facts(input));
  const [existing, answer] = await Promise.all([
    arm.get(id, definition.apiVersion),
    probeIngress(definition.url(facts(input))),
  ]);
  const body = existing.status >= 400 ? undefined : existing.body;
  const isAnswered = definition.isAnswered(answer);
  const isDue = definition.isDue(body, facts(input));
  const silence = afterLook(silenceBefore(input), { at: input.at, isAnswered, isDue });
  const notes = notesOf(silence);
  if (existing.status >= 400 && existing.status !== 404) return refusedOutcome(existing, id, { phase: "look", notes });
  const { silentSeconds } = silence;
  const outcome = conclude(definition, input, definition.look(body, { isAnswered, silentSeconds }, facts(input)));
  if (outcome.kind === "accepted") return { ...outcome, cursor: { ...outcome.cursor, notes } };
  if (outcome.kind !== "done" && outcome.kind !== "rejected") return outcome;
  const unansweredSeconds = String(Math.round(silence.unansweredSeconds));
  return { ...outcome, outputs: { unansweredSeconds, watchedUntil: input.at } };
}

function silenceBefore({ cursor, outputs }: StepInput): Silence | undefined {
  const {
    lookedAt = outputs.watchedUntil,
    unansweredSeconds = outputs.unansweredSeconds,
    silentSeconds,
  } = cursor?.notes ?? {};
  if (lookedAt === undefined) return undefined;
  return { lookedAt, unansweredSeconds: Number(unansweredSeconds ?? 0), silentSeconds: Number(silentSeconds ?? 0) };
}

function notesOf({ lookedAt, unansweredSeconds, silentSeconds }: Silence): Readonly<Record<string, string>> {
  return { lookedAt, unansweredSeconds: String(unansweredSeconds), silentSeconds: String(silentSeconds) };
}

async function verifyAction(arm: ArmClient, definition: Of<"action">, input: StepInput): Promise<StepOutcome> {
  const path = definition.path(facts(input));
  const url = input.cursor?.operationUrl;
  const answer = url === undefined ? await arm.post(path, definition.apiVersion, {}) : await arm.follow(url);
  if (answer.status >= 400) return refusedOutcome(answer, path, undefined);
  if (answer.status !== 202) return conclude(definition, input, definition.look(answer.body ?? {}, facts(input)));
  const operationUrl = answer.location ?? url;
  if (operationUrl === undefined) throw new Error(`Azure accepted ${path} and named no result URL.`);
  return {
    kind: "accepted",
    cursor: { phase: "result", operationUrl },
    waitingFor: "Azure's answer",
    lookAfterSeconds: answer.retryAfterSeconds ?? ACTION_LOOK_SECONDS,
  };
}

/** Between two looks at the result of an action, when Azure names no time. */
const ACTION_LOOK_SECONDS = 2;

async function verifyCommand(
  arm: ArmClient,
  definition: Of<"command">,
  clusterId: string,
  input: StepInput,
): Promise<StepOutcome> {
  const { cursor } = input;
  const startRead = (): Promise<StepOutcome> =>
    startCommand(arm, clusterId, definition.read(facts(input)), { phase: "read" });
  if (cursor === undefined && definition.begin !== undefined) {
    return startCommand(arm, clusterId, definition.begin(facts(input)), { phase: "begin" });
  }
  if (cursor === undefined || cursor.phase === "look") return startRead();
  const read = await readCommand(arm, clusterId, cursor);
  if ("outcome" in read) return read.outcome;
  if (cursor.phase === "begin") return startRead();
  return conclude(definition, input, definition.look(read.result, facts(input)));
}

function conclude(definition: VerificationDefinition, input: StepInput, { finding, final }: Look): StepOutcome {
  if (finding.ok) return { kind: "done", outputs: {}, finding };
  if (!final && input.elapsedSeconds < definition.timeoutSeconds) return lookAgain(definition, finding.detail);
  const advice =
    "Look at what was found: the environment stands, but it is not proven to do what it is for. Correct it, then retry.";
  return { kind: "rejected", finding, failure: { code: "VerificationFailed", message: finding.detail, advice } };
}

function lookAgain(definition: VerificationDefinition, waitingFor: string): StepOutcome {
  const cursor: StepCursor = { phase: "look" };
  return { kind: "accepted", cursor, waitingFor, lookAfterSeconds: definition.pollSeconds };
}

function facts({ spec, outputs, run }: StepInput): VerificationInput {
  return { spec, outputs, run };
}
