import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";

/** What the app asks of the durable runtime outside of orchestrations. */
export interface DurableInstances {
  /** Undefined when there is no such instance. */
  find(instanceId: string): Promise<DurableInstance | undefined>;
  start(orchestrator: string, instanceId: string, input: unknown): Promise<void>;
  /** Delivers an event; false when the instance is not there (yet, or any more). */
  raise(instanceId: string, eventName: string, data: unknown): Promise<boolean>;
  /** The state of an entity; undefined when it has none. */
  entityState(entity: { readonly name: string; readonly key: string }): Promise<unknown>;
  signalEntity(
    entity: { readonly name: string; readonly key: string },
    operation: string,
    input: unknown,
  ): Promise<void>;
}

export interface DurableInstance {
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  readonly runtimeStatus: string;
  /** Completed, failed, cancelled or terminated. */
  readonly isEnded: boolean;
}

const endedStatuses: ReadonlySet<string> = new Set(["Completed", "Failed", "Canceled", "Terminated"]);

/** The durable client tells a missing instance only by the text of its error (durable-functions 3.5.0, `getStatus` and `raiseEvent`). */
const missingInstance = /HTTP 404|No instance with ID/;

export function durableInstances(context: InvocationContext): DurableInstances {
  const client = df.getClient(context);
  return {
    async find(instanceId) {
      const status = await ifThere(client.getStatus(instanceId));
      if (status === undefined) return undefined;
      const { input, customStatus, output, runtimeStatus } = status;
      return { input, customStatus, output, runtimeStatus, isEnded: endedStatuses.has(runtimeStatus) };
    },
    async start(orchestrator, instanceId, input) {
      await client.startNew(orchestrator, { instanceId, input });
    },
    async raise(instanceId, eventName, data) {
      return (await ifThere(client.raiseEvent(instanceId, eventName, data).then(() => true))) ?? false;
    },
    async entityState({ name, key }) {
      const { entityExists, entityState } = await client.readEntityState(new df.EntityId(name, key));
      return entityExists ? entityState : undefined;
    },
    async signalEntity({ name, key }, operation, input) {
      await client.signalEntity(new df.EntityId(name, key), operation, input);
    },
  };
}

async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && missingInstance.test(error.message)) return undefined;
    throw error;
  }
}
