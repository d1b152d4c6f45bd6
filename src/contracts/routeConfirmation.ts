import * as z from "zod";
import type { Mistake } from "../domain/mistake.ts";
import { mistakesOfIssues } from "./schemaMistakes.ts";

/** What `POST /api/environments/{name}/routes/confirm` takes. */
const routeConfirmation = z.object({
  /** Of the held change as `GET /api/environments/{name}` shows it. */
  digest: z.guid("must be the digest of the held change, as the environment's status shows it"),
});

export type RouteConfirmation = z.infer<typeof routeConfirmation>;

export function parseRouteConfirmation(
  body: unknown,
):
  | { readonly ok: true; readonly confirmation: RouteConfirmation }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] } {
  const parsed = routeConfirmation.safeParse(body);
  return parsed.success
    ? { ok: true, confirmation: parsed.data }
    : { ok: false, mistakes: mistakesOfIssues("a confirmation", routeConfirmation, parsed.error.issues) };
}
