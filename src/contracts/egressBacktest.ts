/** What `POST /api/egress/backtest` takes, and `GET /api/egress/backtests/{id}` answers. */
import * as z from "zod";
import type { EgressSettings } from "../domain/deniedEgress/egressSettings.ts";
import type { Mistake } from "../domain/mistake.ts";
import { egressClass, severity } from "./egressCase.ts";
import { section, text, typeError } from "./schemaFields.ts";
import { mistakesOfIssues } from "./schemaMistakes.ts";
import { failure } from "./ticketStatus.ts";

/** A longer period is asked for in parts: each half hour of it is a query. */
const DAYS_MAX = 14;
const DAY_MS = 24 * 3_600_000;

const instant = z.iso
  .datetime({ abort: true, error: 'must be an instant in UTC, such as "2026-11-02T08:00:00Z"' })
  .transform((text) => new Date(text).toISOString());

/** Not `z.int`, after which nothing else of the request would be looked at. */
const wholeNumber = (least: number, most: number) =>
  z
    .number({ error: typeError(`a whole number from ${least} to ${most}`) })
    .refine(
      (number) => Number.isInteger(number) && number >= least && number <= most,
      `must be a whole number from ${least} to ${most}`,
    );

/** What is said of both ends is said whatever else is wrong, when both are instants. */
const whenBoth = ({ value }: { readonly value: unknown }): boolean =>
  z.object({ from: instant, to: instant }).safeParse(value).success;

const backtestRequest = (nowEpochMs: number) =>
  section({
    environment: text(),
    from: instant,
    to: instant.refine((text) => Date.parse(text) <= nowEpochMs, "must not be in the future"),
    settings: section({
      quietHours: wholeNumber(1, 720).optional(),
      openAfterHits: wholeNumber(1, 100_000).optional(),
    }).optional(),
  })
    .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
      path: ["from"],
      error: "must be before `to`",
      when: whenBoth,
    })
    .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= DAYS_MAX * DAY_MS, {
      path: ["to"],
      error: `must be within ${DAYS_MAX} days of \`from\``,
      when: whenBoth,
    });

export interface BacktestRequest {
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  /** Those that are not named are the app's own. */
  readonly settings: EgressSettings;
}

export function parseBacktestRequest(
  body: unknown,
  own: EgressSettings,
  nowEpochMs: number,
):
  | { readonly ok: true; readonly request: BacktestRequest }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] } {
  const schema = backtestRequest(nowEpochMs);
  const parsed = schema.safeParse(body);
  if (!parsed.success) return { ok: false, mistakes: mistakesOfIssues("a backtest", schema, parsed.error.issues) };
  const { environment, from, to, settings } = parsed.data;
  const given = Object.entries(settings ?? {}).filter(([, value]) => value !== undefined);
  return { ok: true, request: { environment, from, to, settings: { ...own, ...Object.fromEntries(given) } } };
}

const report = z.object({
  /** Cases that somebody would have been told of. */
  caseCount: z.number(),
  byClass: z.partialRecord(egressClass, z.number()),
  bySeverity: z.partialRecord(severity, z.number()),
  alertCounts: z.object({ opened: z.number(), updated: z.number(), closed: z.number() }),
  /** Refused connections in the period. */
  rowCount: z.number(),
  windowCount: z.number(),
  /** The gravest, then those with the most refused connections. */
  top: z.array(
    z.object({
      title: z.string(),
      class: egressClass,
      severity,
      count: z.number(),
      openedAt: z.iso.datetime(),
      alertCount: z.number(),
    }),
  ),
});

export const egressBacktest = z.object({
  id: z.string(),
  environment: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  settings: z.object({ quietHours: z.number(), silenceMinutes: z.number(), openAfterHits: z.number() }),
  state: z.enum(["running", "succeeded", "failed"]),
  /** Windows that are read, of all; while it runs. */
  progress: z.object({ readCount: z.number(), totalCount: z.number() }).optional(),
  report: report.optional(),
  failure: failure.optional(),
});

export type EgressBacktestAnswer = z.infer<typeof egressBacktest>;
