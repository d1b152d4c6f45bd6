/** Typed calls for orchestrators; use each with `yield*`. */

import type { OrchestrationContext, Task } from "durable-functions";
import * as df from "durable-functions";
import type { Activities } from "../activities/activityTypes.ts";
import type { AlertOutboxOperations } from "../entities/alertOutbox.ts";
import type { EgressCasesOperations } from "../entities/egressCases.ts";
import type { EnvironmentOperations } from "../entities/environment.ts";
import type { EnvironmentIndexOperations } from "../entities/environmentIndex.ts";
import type { GatewayRoutesOperations } from "../entities/gatewayRoutes.ts";
import type { GroupClaimsOperations } from "../entities/groupClaims.ts";

/** A result comes back from the durable library as `any`: the callers' types say what it is. */
// biome-ignore lint/suspicious/noExplicitAny: the library's own type for what a yield gives back
type Resumed = any;

export type Steps<T> = Generator<Task, T, Resumed>;

/** For crashes of an activity's process and bugs only: refusals and faults of Azure are outcomes, not exceptions. */
const ACTIVITY_ATTEMPTS = 4;
const FIRST_RETRY_MS = 5_000;

export function* callActivity<Name extends keyof Activities>(
  context: OrchestrationContext,
  name: Name,
  input: Parameters<Activities[Name]>[0],
): Steps<ReturnType<Activities[Name]>> {
  const retry = new df.RetryOptions(FIRST_RETRY_MS, ACTIVITY_ATTEMPTS);
  retry.backoffCoefficient = 2;
  return yield context.df.callActivityWithRetry(name, retry, input);
}

export function* callAlertOutbox<Name extends keyof AlertOutboxOperations>(
  context: OrchestrationContext,
  environmentName: string,
  operation: Name,
  input: AlertOutboxOperations[Name]["input"],
): Steps<AlertOutboxOperations[Name]["output"]> {
  return yield context.df.callEntity(new df.EntityId("alertOutbox", environmentName), operation, input);
}

export function* callEgressCases<Name extends keyof EgressCasesOperations>(
  context: OrchestrationContext,
  environmentName: string,
  operation: Name,
  input: EgressCasesOperations[Name]["input"],
): Steps<EgressCasesOperations[Name]["output"]> {
  return yield context.df.callEntity(new df.EntityId("egressCases", environmentName), operation, input);
}

export function* callEnvironment<Name extends keyof EnvironmentOperations>(
  context: OrchestrationContext,
  environmentName: string,
  operation: Name,
  input: EnvironmentOperations[Name]["input"],
): Steps<EnvironmentOperations[Name]["output"]> {
  return yield context.df.callEntity(new df.EntityId("environment", environmentName), operation, input);
}

export function* callEnvironmentIndex<Name extends keyof EnvironmentIndexOperations>(
  context: OrchestrationContext,
  subscriptionId: string,
  operation: Name,
  input: EnvironmentIndexOperations[Name]["input"],
): Steps<EnvironmentIndexOperations[Name]["output"]> {
  return yield context.df.callEntity(new df.EntityId("environmentIndex", subscriptionId), operation, input);
}

export function* callGatewayRoutes<Name extends keyof GatewayRoutesOperations>(
  context: OrchestrationContext,
  environmentName: string,
  operation: Name,
  input: GatewayRoutesOperations[Name]["input"],
): Steps<GatewayRoutesOperations[Name]["output"]> {
  return yield context.df.callEntity(new df.EntityId("gatewayRoutes", environmentName), operation, input);
}

export function* callGroupClaims<Name extends keyof GroupClaimsOperations>(
  context: OrchestrationContext,
  subscriptionId: string,
  operation: Name,
  input: GroupClaimsOperations[Name]["input"],
): Steps<GroupClaimsOperations[Name]["output"]> {
  return yield context.df.callEntity(new df.EntityId("groupClaims", subscriptionId), operation, input);
}

export function* sleepSeconds(context: OrchestrationContext, seconds: number): Steps<void> {
  yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + seconds * 1000));
}

/** The orchestration's own time, the same at every replay. */
export function nowIso(context: OrchestrationContext): string {
  return context.df.currentUtcDateTime.toISOString();
}
