/**
 * The history of an orchestration as the Durable extension hands it to the language library. Names, numbers and casing
 * are the wire's (DurableTask.Core.History.EventType); `Input` and `Result` are JSON texts.
 */
export const eventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventSent: 14,
  eventRaised: 15,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

type Types = typeof eventType;

interface EventBase {
  /** Sequence number of what the orchestrator did; −1 for what happened to it. */
  readonly EventId: number;
  readonly IsPlayed: boolean;
  readonly Timestamp: string;
}

interface OrchestrationInstance {
  readonly InstanceId: string;
  readonly ExecutionId: string;
}

interface Failed {
  readonly TaskScheduledId: number;
  /** The library needs both as texts; it shows the error as `Reason + " \n " + Details`. */
  readonly Reason: string;
  readonly Details: string;
  readonly FailureDetails: object | null;
}

interface Completed {
  readonly TaskScheduledId: number;
  readonly Result: string | null;
}

export type HistoryEvent = EventBase &
  (
    | {
        readonly EventType: Types["executionStarted"];
        readonly Name: string;
        readonly Version: string;
        readonly Input: string | null;
        readonly OrchestrationInstance: OrchestrationInstance;
        readonly ParentInstance: object | null;
        readonly Generation: number;
      }
    | {
        readonly EventType: Types["executionCompleted"];
        readonly OrchestrationStatus: number;
        readonly Result: string | null;
        readonly FailureDetails: object | null;
      }
    | { readonly EventType: Types["executionTerminated"]; readonly Input: string | null }
    | {
        readonly EventType: Types["taskScheduled"];
        readonly Name: string;
        readonly Version: string;
        readonly Input: null;
      }
    | ({ readonly EventType: Types["taskCompleted"] } & Completed)
    | ({ readonly EventType: Types["taskFailed"] } & Failed)
    | {
        readonly EventType: Types["subOrchestrationCreated"];
        readonly Name: string;
        readonly Version: string;
        readonly InstanceId: string;
        readonly Input: null;
      }
    | ({ readonly EventType: Types["subOrchestrationCompleted"] } & Completed)
    | ({ readonly EventType: Types["subOrchestrationFailed"] } & Failed)
    | { readonly EventType: Types["timerCreated"]; readonly FireAt: string }
    | { readonly EventType: Types["timerFired"]; readonly TimerId: number; readonly FireAt: string }
    | { readonly EventType: Types["orchestratorStarted"] }
    | { readonly EventType: Types["orchestratorCompleted"] }
    | {
        readonly EventType: Types["eventSent"];
        readonly InstanceId: string;
        readonly Name: string;
        readonly Input: string;
      }
    | { readonly EventType: Types["eventRaised"]; readonly Name: string; readonly Input: string }
    | { readonly EventType: Types["executionSuspended"]; readonly Reason: string | null }
    | { readonly EventType: Types["executionResumed"]; readonly Reason: string | null }
  );

/** The fields that all events share, for one that happens now. */
export function eventAt(epochMs: number, eventId = -1): EventBase {
  return { EventId: eventId, IsPlayed: false, Timestamp: new Date(epochMs).toISOString() };
}

/** DurableTask.Core.OrchestrationStatus. */
export const orchestrationStatusNumbers = { Completed: 1, Failed: 3, Terminated: 5 } as const;

/** An event as later episodes will see it. */
export function asPlayed(event: HistoryEvent): HistoryEvent {
  return { ...event, IsPlayed: true };
}
