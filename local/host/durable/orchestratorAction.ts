/** What an orchestrator did, as the language library reports it (ActionType of durable-functions 3.5.0). */
export const actionType = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callSubOrchestrator: 2,
  callSubOrchestratorWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  waitForExternalEvent: 6,
  callEntity: 7,
  callHttp: 8,
  signalEntity: 9,
  scheduledSignalEntity: 10,
  whenAny: 11,
  whenAll: 12,
  lockEntities: 13,
  releaseEntities: 14,
} as const;

type Types = typeof actionType;

export interface RetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
  readonly retryTimeoutInMilliseconds?: number;
}

interface CallActivity {
  readonly functionName: string;
  readonly input?: unknown;
}

export interface CallSubOrchestrator {
  readonly functionName: string;
  readonly instanceId?: string;
  readonly input?: unknown;
  readonly version?: string;
}

export interface EntityAction {
  /** "@name@key". */
  readonly instanceId: string;
  readonly operation: string;
  readonly input?: unknown;
}

export type OrchestratorAction =
  | ({ readonly actionType: Types["callActivity"] } & CallActivity)
  | ({ readonly actionType: Types["callActivityWithRetry"]; readonly retryOptions: RetryOptions } & CallActivity)
  | ({ readonly actionType: Types["callSubOrchestrator"] } & CallSubOrchestrator)
  | ({
      readonly actionType: Types["callSubOrchestratorWithRetry"];
      readonly retryOptions: RetryOptions;
    } & CallSubOrchestrator)
  | { readonly actionType: Types["continueAsNew"]; readonly input?: unknown }
  | { readonly actionType: Types["createTimer"]; readonly fireAt: string | Date; readonly isCanceled: boolean }
  | { readonly actionType: Types["waitForExternalEvent"]; readonly externalEventName: string }
  | ({ readonly actionType: Types["callEntity"] } & EntityAction)
  | ({ readonly actionType: Types["signalEntity"] } & EntityAction)
  | {
      readonly actionType: Types["whenAny"] | Types["whenAll"];
      readonly compoundActions: readonly OrchestratorAction[];
    };

/** What to do instead of an action that the local host does not have; undefined for those that it has. */
export function refusalOf(type: unknown): string | undefined {
  switch (type) {
    case actionType.callHttp:
      return "The orchestrator used callHttp, which the local host does not implement; make the call in an activity.";
    case actionType.lockEntities:
    case actionType.releaseEntities:
      return "The orchestrator used df.lock, which the local host does not implement (it needs schema V4 of the extension); let one entity keep the lock as its state.";
    case actionType.scheduledSignalEntity:
      return "The orchestrator scheduled a signal, which the local host does not implement; wait on a durable timer, then signal.";
    default:
      return Object.values<unknown>(actionType).includes(type)
        ? undefined
        : `The orchestrator reported an action of the unknown type ${JSON.stringify(type)}; the local host speaks the protocol of durable-functions 3.5.0.`;
  }
}
