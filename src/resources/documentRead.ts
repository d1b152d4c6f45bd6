import type { JsonObject } from "../domain/json.ts";
import type { Failure } from "../domain/stepOutcome.ts";

/** What reading a document came to, once and for all. */
export type DocumentRead =
  | { readonly kind: "found"; readonly body: JsonObject }
  | { readonly kind: "missing"; readonly failure: Failure }
  /** Azure refused it, or did not answer, as often as it was asked. */
  | { readonly kind: "refused"; readonly failure: Failure };
