import type { OrchestrationContext } from "durable-functions";
import { callActivity, type Steps } from "./calls.ts";

/** What an entity answers to whoever asks for its turn: another instance has it, or something else. */
type Asked = { readonly kind: "busy"; readonly with: string } | { readonly kind: string; readonly with?: never };

interface TurnDoors<Turn> {
  begin(): Steps<Turn>;
  /** Takes it from an instance that is dead. */
  displace(dead: string): Steps<Turn>;
}

/** Instances that died with the turn are taken out of the way one by one; more than these are not met at once. */
const DISPLACED_MAX = 5;

/** Asks for the turn; one that a dead instance has is taken from it. */
export function* takeTurn<Turn extends Asked>(
  context: OrchestrationContext,
  { begin, displace }: TurnDoors<Turn>,
): Steps<Turn> {
  let turn = yield* begin();
  for (let round = 0; turn.with !== undefined && round < DISPLACED_MAX; round++) {
    const dead = turn.with;
    if (yield* callActivity(context, "isInstanceRunning", { instanceId: dead })) return turn;
    turn = yield* displace(dead);
  }
  return turn;
}
