/** What an ARM document says about a write that is, or was, under way. */
import { type JsonObject, textAt } from "./json.ts";

export function provisioningState(body: JsonObject | undefined): string | undefined {
  return textAt(body, "properties.provisioningState");
}

/** ARM's states that are not final all end in "ing": Creating, Updating, Deleting, Provisioning, Running … */
export function isInProgress(state: string | undefined): boolean {
  return state !== undefined && (state.endsWith("ing") || state === "Accepted");
}

export function hasFailed(state: string | undefined): boolean {
  return state === "Failed" || state === "Canceled";
}
