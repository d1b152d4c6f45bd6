/** Where Event Grid delivers to: settings of the app, the same for all its environments. */
import type { Outputs } from "./step.ts";
import type { Failure } from "./stepOutcome.ts";

/** Name of the function that takes Azure's events. */
export const ROUTE_EVENTS_FUNCTION = "routeEvents";

export interface EventReceiver {
  /** Client id of the app's identity: what it writes itself is no news to it. */
  readonly clientId: string;
  /** Resource id of the function app; undefined when it is not set. */
  readonly functionAppId: string | undefined;
  /** Resource id of the blob container for events that could not be delivered; undefined when it is not set. */
  readonly deadLetterContainerId: string | undefined;
}

/** Steps that cannot do without a receiver. */
const subscribingSteps: ReadonlySet<string> = new Set(["routeTableEvents", "agentPoolEvents"]);

/** As subscriptions are made from them. */
export function receiverFacts({ clientId, functionAppId, deadLetterContainerId }: EventReceiver): Outputs {
  return {
    appClientId: clientId,
    ...(functionAppId === undefined ? {} : { functionAppId }),
    ...(deadLetterContainerId === undefined ? {} : { deadLetterContainerId }),
  };
}

/** Why steps (by their definitions) that subscribe could not. */
export function receiverObstacles(receiver: EventReceiver, definitions: readonly string[]): readonly Failure[] {
  const missing = [
    ...(receiver.functionAppId === undefined ? ["FUNCTION_APP_ID"] : []),
    ...(receiver.deadLetterContainerId === undefined ? ["DEAD_LETTER_CONTAINER_ID"] : []),
  ];
  if (missing.length === 0 || !definitions.some((id) => subscribingSteps.has(id))) return [];
  const [are, them] = missing.length === 1 ? ["is", "it"] : ["are", "them"];
  const failure = {
    code: "EventReceiverUnknown",
    message: `With kubenet the gateway's routes follow the nodes by event, and Event Grid cannot be told where to deliver: the app's ${missing.join(" and ")} ${are} not set.`,
    advice: `Set ${them} (infra/ does; see the settings in the README), then retry; or ask for networkPlugin "overlay", which needs no routes.`,
  };
  return [failure];
}
