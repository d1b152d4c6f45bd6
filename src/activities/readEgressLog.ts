/** Finds an environment's log of refused connections and reads a part of it. */
import type { ArmReads } from "../azure/armReads.ts";
import type { LogAnswer, LogsClient } from "../azure/logsClient.ts";
import { parseDeniedFlows, type ReadLog } from "../contracts/deniedFlowRow.ts";
import { failureOf } from "../domain/armFailure.ts";
import { nameOfId } from "../domain/armId.ts";
import { neededNames } from "../domain/deniedEgress/requiredEgress.ts";
import { diagnosticDrift, type ReadFailureKind, type TelemetryLook } from "../domain/deniedEgress/telemetry.ts";
import type { ReadWindow } from "../domain/deniedEgress/window.ts";
import type { EgressScope } from "../domain/egressScope.ts";
import { textAt } from "../domain/json.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { apiVersions } from "../resources/apiVersions.ts";
import { deniedEgressQuery, TOTALS_MAX } from "../resources/deniedEgressQuery.ts";
import { firewallDiagnostics } from "../resources/diagnosticSetting.ts";
import type { LogQuestion } from "../resources/kql.ts";

/** It could not be read; what was seen on the way all the same. */
export interface LogFailure {
  readonly kind: "failed";
  readonly failureKind: ReadFailureKind;
  readonly failure: Failure;
  readonly look?: TelemetryLook;
  /** How long the log wants to be left alone. */
  readonly retryAfterSeconds?: number;
}

export interface LogPlace {
  readonly kind: "found";
  readonly customerId: string;
  readonly look: TelemetryLook;
}

/** Where the log is, and whether the firewall still writes it as it should. */
export async function findEgressLog(arm: ArmReads, scope: EgressScope): Promise<LogPlace | LogFailure | "notYet"> {
  const [workspace, setting] = await Promise.all([
    arm.get(scope.workspaceId, apiVersions.workspaces),
    arm.get(scope.diagnosticSettingId, apiVersions.diagnosticSettings),
  ]);
  const isGone = workspace.status === 404;
  // Workspace and setting are made long before the first cluster stands.
  if ((isGone || setting.status === 404) && !scope.isBuilt) return "notYet";
  const wanted = firewallDiagnostics.desired(scope.spec, {});
  const look: TelemetryLook = {
    firewall: nameOfId(scope.firewallId),
    ...(isGone ? {} : { workspace: nameOfId(scope.workspaceId) }),
    ...(setting.status >= 400 && setting.status !== 404
      ? {}
      : {
          diagnosticSetting: diagnosticDrift(
            setting.status === 404 ? undefined : setting.body,
            wanted,
            firewallDiagnostics,
          ),
        }),
  };
  const failure = { ...failureOf({ ...workspace, resourceId: scope.workspaceId }), advice: askedAgain };
  if (isGone) return { kind: "failed", failureKind: "workspaceGone", failure, look };
  // ARM's trouble need not be the log's: the id that was learnt when the workspace was made is still its own.
  const customerId = textAt(workspace.body, "properties.customerId") ?? scope.customerId;
  if (customerId === undefined) return { kind: "failed", failureKind: "other", failure, look };
  return { kind: "found", customerId, look };
}

const askedAgain =
  "See whether the workspace is still there and may be read; it is asked again at the next pass, and what was not read is counted then.";

/** What an environment's log is asked. */
export function egressQuestion(
  { firewallId, clusters, location, proof }: EgressScope,
  { from, to }: Pick<ReadWindow, "from" | "to">,
): LogQuestion {
  return deniedEgressQuery({
    firewallId,
    sourcePrefixes: clusters.map(({ nodePrefix }) => nodePrefix),
    from,
    to,
    needed: neededNames(location),
    ...(proof === undefined ? {} : { ignored: proof }),
  });
}

/** What the log holds of minutes of ingestion. */
export async function readEgressLog(
  logs: LogsClient,
  scope: EgressScope,
  window: Pick<ReadWindow, "from" | "to">,
  customerId: string,
): Promise<({ readonly kind: "read" } & ReadLog) | LogFailure> {
  const answer = await logs.query(customerId, egressQuestion(scope, window));
  if (answer.kind !== "rows") {
    const { failure } = answer;
    const failureKind = failureKindOf(answer);
    const retryAfterSeconds = answer.kind === "busy" ? answer.retryAfterSeconds : undefined;
    return { kind: "failed", failureKind, failure, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  const parsed = parseDeniedFlows(answer.columns, answer.rows);
  if (!parsed.ok) return { kind: "failed", failureKind: "other", failure: notUnderstood(customerId, parsed.mistake) };
  if (parsed.read.reading.totals.length >= TOTALS_MAX)
    return { kind: "failed", failureKind: "tooMuch", failure: tooManyTotals(customerId) };
  return { kind: "read", ...parsed.read };
}

function failureKindOf({ kind, failure }: Exclude<LogAnswer, { readonly kind: "rows" }>): ReadFailureKind {
  if (kind === "tooMuch") return "tooMuch";
  if (failure.status === 429) return "throttled";
  if (failure.status === 404) return "workspaceGone";
  return kind === "refused" && (failure.status === 401 || failure.status === 403) ? "refused" : "other";
}

function notUnderstood(customerId: string, mistake: string): Failure {
  return {
    code: "RowNotUnderstood",
    message: `The log's answer is not as it must be. ${mistake}`,
    resourceId: `workspace ${customerId}`,
    advice:
      "This is a fault of Portcullis itself, or the columns of the firewall's tables have changed: tell who maintains it.",
  };
}

function tooManyTotals(customerId: string): Failure {
  return {
    code: "TooManyTotals",
    message: `More than ${TOTALS_MAX} minutes, kinds and subnets have refused connections in one window.`,
    resourceId: `workspace ${customerId}`,
    advice: "A smaller window is read next; nothing is lost.",
  };
}
