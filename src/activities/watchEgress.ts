/**
 * Reads one window of an environment's log of refused connections and brings it into a form that is small enough to be kept.
 * It only reads: made again after a crash, it finds the same or more, and what was counted already is not counted again.
 */
import { type ArmClient, NoAnswerError } from "../azure/armClient.ts";
import type { LogsClient } from "../azure/logsClient.ts";
import { type Digest, digest } from "../domain/deniedEgress/digest.ts";
import type { ClusterNodes, KnownNode } from "../domain/deniedEgress/nodeDirectory.ts";
import type { TelemetryLook } from "../domain/deniedEgress/telemetry.ts";
import type { ReadWindow } from "../domain/deniedEgress/window.ts";
import { type EgressScope, egressContext, egressScope } from "../domain/egressScope.ts";
import type { EnvironmentState } from "../domain/environmentLock.ts";
import type { ActivityHandlers } from "./activityTypes.ts";
import { findEgressLog, type LogFailure, readEgressLog } from "./readEgressLog.ts";
import { readEgressSources } from "./readEgressSources.ts";
import { noAnswerFailure } from "./refusal.ts";

export interface EgressMove {
  readonly environment: string;
  readonly window: ReadWindow;
  /** What is remembered: cases that are open, and machines. */
  readonly known: { readonly fingerprints: readonly string[]; readonly nodes: readonly KnownNode[] };
  readonly at: string;
}

export type EgressOutcome =
  /** The environment is still being built and has no log yet; or it is being taken down, or gone. */
  | { readonly kind: "notNow" }
  | {
      readonly kind: "read";
      readonly digest: Digest;
      readonly look: TelemetryLook;
      readonly firewallId: string;
      /** Of every cluster; without nodes when its machines were not looked at. */
      readonly nodes: readonly ClusterNodes[];
    }
  | (LogFailure & { readonly firewallId?: string });

export interface EgressDoors {
  readonly arm: Pick<ArmClient, "get">;
  readonly logs: LogsClient;
}

export const watchEgress =
  (doors: EgressDoors): ActivityHandlers["watchEgress"] =>
  async (move, context) => {
    const { environment, window } = move;
    const state = await context.instances.entityState({ name: "environment", key: environment });
    const built = (state as EnvironmentState | undefined)?.built;
    const outcome: EgressOutcome = built === undefined ? notNow : await look(doors, egressScope(built), move);
    context.log({ event: "egressLookedAt", environment, window, ...detailsOf(outcome) });
    return outcome;
  };

const notNow = { kind: "notNow" } as const;

async function look(doors: EgressDoors, scope: EgressScope, move: EgressMove): Promise<EgressOutcome> {
  // What is missing now is missing on purpose, and what the clusters still try is of no interest to anybody.
  if (scope.isLeaving) return notNow;
  const { firewallId } = scope;
  const { window, known } = move;
  try {
    const place = await findEgressLog(doors.arm, scope);
    if (place === "notYet") return notNow;
    if (place.kind === "failed") return { ...place, firewallId };
    const read = await readEgressLog(doors.logs, scope, { from: window.overlapFrom, to: window.to }, place.customerId);
    if (read.kind === "failed") return { ...read, firewallId, look: place.look };
    const { reading, lagSeconds } = read;
    const sources = await readEgressSources(doors, {
      scope,
      flows: reading.flows,
      window,
      known: known.nodes,
      at: move.at,
    });
    const context = egressContext(scope, sources);
    return {
      kind: "read",
      look: place.look,
      firewallId,
      digest: digest({
        reading,
        window,
        context,
        known: known.fingerprints,
        ...(lagSeconds === undefined ? {} : { lagSeconds }),
      }),
      nodes: sources.looks,
    };
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return { kind: "failed", failureKind: "other", failure: noAnswerFailure(error), firewallId };
  }
}

function detailsOf(outcome: EgressOutcome): Readonly<Record<string, unknown>> {
  switch (outcome.kind) {
    case "notNow":
      return { outcome: outcome.kind };
    case "read": {
      const { rowCount, fetchedRowCount, entries, newestRowAt } = outcome.digest;
      return { outcome: outcome.kind, rowCount, fetchedRowCount, entryCount: entries.length, newestRowAt };
    }
    case "failed": {
      const { code, message, correlationId } = outcome.failure;
      return { outcome: outcome.kind, failureKind: outcome.failureKind, code, message, correlationId };
    }
  }
}
