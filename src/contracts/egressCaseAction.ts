/** What may be said of a case of denied egress: `POST /api/egress/cases/{id}/acknowledge`, `…/suppress`, `…/close`. */
import * as z from "zod";
import { SUPPRESSION_DAYS_MAX } from "../domain/deniedEgress/caseActions.ts";
import type { Mistake } from "../domain/mistake.ts";
import { section } from "./schemaFields.ts";
import { mistakesOfIssues } from "./schemaMistakes.ts";

const by = z
  .string("must say who you are")
  .trim()
  .min(1, "must say who you are")
  .max(100, "must have at most 100 characters");
const words = z.string("must be a text").trim().max(1000, "must have at most 1,000 characters");

const remark = section({ by, note: words.optional() });

const DAY_MS = 24 * 3_600_000;

const suppression = (nowEpochMs: number) =>
  section({
    by,
    reason: words.min(1, "must say why"),
    until: z.iso
      .datetime({ abort: true, error: 'must be an instant in UTC, such as "2026-12-24T08:00:00Z"' })
      .refine((text) => Date.parse(text) > nowEpochMs, "must be in the future")
      .refine(
        (text) => Date.parse(text) <= nowEpochMs + SUPPRESSION_DAYS_MAX * DAY_MS,
        `must be within ${SUPPRESSION_DAYS_MAX} days`,
      )
      .transform((text) => new Date(text).toISOString()),
  });

export type EgressCaseRemark = z.infer<typeof remark>;
export type EgressCaseSuppression = z.infer<ReturnType<typeof suppression>>;

type Parsed<T> =
  | { readonly ok: true; readonly action: T }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** An acknowledgement or a closing, and in words which. */
export function parseRemark(whole: string, body: unknown): Parsed<EgressCaseRemark> {
  return parsedBy(whole, remark, body);
}

export function parseSuppression(body: unknown, nowEpochMs: number): Parsed<EgressCaseSuppression> {
  return parsedBy("a suppression", suppression(nowEpochMs), body);
}

function parsedBy<Schema extends z.ZodType>(whole: string, schema: Schema, body: unknown): Parsed<z.infer<Schema>> {
  const parsed = schema.safeParse(body);
  return parsed.success
    ? { ok: true, action: parsed.data }
    : { ok: false, mistakes: mistakesOfIssues(whole, schema, parsed.error.issues) };
}
