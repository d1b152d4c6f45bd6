/** What `POST /api/egress/backtest` takes, and `GET /api/egress/backtests/{id}` answers. */
import * as z from "zod";
import type { EgressSettings } from "../domain/deniedEgress/egressSettings.ts";
import type { Mistake } from "../domain/mistake.ts";
import { egressClass, severity } from "./egressCase.ts";
import { mistakesOfIssues } from "./schemaMistakes.ts";
import { failure } from "./ticketStatus.ts";

/** A longer period is asked for in parts: each half hour of it is a query. */
const DAYS_MAX = 14;
const DAY_MS = 24 * 3_600_000;

const instant = z.iso
  .datetime({ abort: true, error: 'must be an instant in UTC, such as "2026-11-02T08:00:00Z"' })
  .transform((text) => new Date(text).toISOString());

const backtestRequest = (nowEpochMs: number) =>
  z
    .strictObject({
      environment: z.string(),
      from: instant,
      to: instant.refine((text) => Date.parse(text) <= nowEpochMs, "must not be in the future"),
      settings: z
        .strictObject({
          quietHours: z.int().min(1).max(720).optional(),
          openAfterHits: z.int().min(1).max(100_000).optional(),
        })
        .optional(),
    })
    .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ["from"], error: "must be before `to`" })
    .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= DAYS_MAX * DAY_MS, {
      path: ["to"],
      error: `must be within ${DAYS_MAX} days of \`from\``,
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
  if (!parsed.success) return { ok: false, mistakes: mistakesOfIssues(schema, parsed.error.issues) };
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
