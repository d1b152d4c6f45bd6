import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Outputs } from "../domain/step.ts";
import type { Finding } from "../domain/stepOutcome.ts";
import type { Document } from "./syncDefinition.ts";

/** One line for the AKS run command, and the files that go with it. The line holds constants and validated names only; all values are in the files. */
export interface CommandSpec {
  readonly command: string;
  /** File name → content. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a finished run command gave. */
export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and error as they came. */
  readonly logs: string;
}

/** What a look at something that needs time gave. */
export type Settling =
  | { readonly state: "settled"; readonly detail: string }
  | { readonly state: "waiting"; readonly detail: string }
  /** It will not come right by waiting. */
  | { readonly state: "failed"; readonly detail: string };

/** A step of kind "command": look, apply when it is not right, wait until it has settled. A second run finds everything right by looking only. */
export interface CommandDefinition {
  /** Takes something out of the cluster: when the cluster is gone itself, that is done. */
  readonly isRemoval?: true;
  check(spec: EnvironmentSpec, outputs: Outputs): CommandSpec;
  /** The differences in words; empty when all is right. A check that failed is a difference. */
  differences(result: CommandResult, spec: EnvironmentSpec, outputs: Outputs): readonly string[];
  apply(spec: EnvironmentSpec, outputs: Outputs): CommandSpec;
  settled(spec: EnvironmentSpec, outputs: Outputs): CommandSpec;
  readSettled(result: CommandResult): Settling;
  /** Seconds between two looks, and how long to go on looking. */
  readonly pollSeconds: number;
  readonly settleTimeoutSeconds: number;
}

/** What a verification is made from. `run` differs for every run of every ticket, e.g. "RITM0010001-1". */
export interface VerificationInput {
  readonly spec: EnvironmentSpec;
  readonly outputs: Outputs;
  readonly run: string;
}

/** What an HTTP request through the internet gave; an error when there was no answer. */
export type HttpAnswer =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly error: string };

/** What one look gave. */
export interface Look {
  readonly finding: Finding;
  /** True: looking again cannot change it. False: look again until it is ok or the time is up; then the last finding counts. */
  readonly final: boolean;
}

/** Whether a watched host has just answered, and for how long it has not, in seconds. */
export interface Heard {
  readonly isAnswered: boolean;
  readonly silentSeconds: number;
}

interface VerificationTiming {
  /** Seconds between two looks, and how long to go on looking. */
  readonly pollSeconds: number;
  readonly timeoutSeconds: number;
}

/** A step of kind "verification", by how the facts are got. */
export type VerificationDefinition = VerificationTiming &
  (
    | {
        /** GET of a resource; `undefined` when it is not there. */
        readonly kind: "resource";
        readonly apiVersion: string;
        id(input: VerificationInput): string;
        look(existing: JsonObject | undefined, input: VerificationInput): Look;
      }
    | {
        /** GET of several resources; `undefined` for each that is not there. */
        readonly kind: "documents";
        documents(input: VerificationInput): readonly Document[];
        look(existing: readonly (JsonObject | undefined)[], input: VerificationInput): Look;
      }
    | {
        /** POST on a resource, whose answer comes at its Location. */
        readonly kind: "action";
        readonly apiVersion: string;
        path(input: VerificationInput): string;
        look(answer: JsonObject, input: VerificationInput): Look;
      }
    | {
        /** Plain GET as a client on the internet. */
        readonly kind: "http";
        url(input: VerificationInput): string;
        look(answer: HttpAnswer, input: VerificationInput): Look;
      }
    | {
        /** Both at once, again and again while a host moves; for how long it gave no answer becomes an output. */
        readonly kind: "watch";
        readonly apiVersion: string;
        id(input: VerificationInput): string;
        url(input: VerificationInput): string;
        isAnswered(answer: HttpAnswer): boolean;
        /** Whether all is set for an answer: only then does its absence tell something. */
        isDue(existing: JsonObject | undefined, input: VerificationInput): boolean;
        look(existing: JsonObject | undefined, heard: Heard, input: VerificationInput): Look;
      }
    | {
        /** Run commands: `begin` once (where there is something to begin), then `read` for every look. */
        readonly kind: "command";
        begin?(input: VerificationInput): CommandSpec;
        read(input: VerificationInput): CommandSpec;
        look(result: CommandResult, input: VerificationInput): Look;
      }
  );
