/** What `GET /api/environments/{name}/alerts` answers: whether alerts arrive. */
import * as z from "zod";
import { sinks } from "../domain/alerts/sink.ts";

const waitingAlert = z.object({
  id: z.string(),
  event: z.enum(["opened", "updated", "closed"]),
  title: z.string(),
  at: z.iso.datetime(),
  attemptCount: z.number(),
});

const sinkStatus = z.object({
  sink: z.enum(sinks),
  waitingCount: z.number(),
  /** The oldest ones, in the order in which they came. */
  waiting: z.array(waitingAlert),
  deliveredCount: z.number(),
  lastDeliveredAt: z.iso.datetime().optional(),
  /** Failures since the last delivery, and the last one of them. */
  failureCount: z.number(),
  lastFailure: z.object({ at: z.iso.datetime(), why: z.string(), retryAt: z.iso.datetime().optional() }).optional(),
  /** Alerts that the sink will never take. */
  refusedCount: z.number(),
  /** Newest first. */
  refused: z.array(z.object({ alertId: z.string(), title: z.string(), why: z.string(), at: z.iso.datetime() })),
});

const alertOutboxStatus = z.object({
  environment: z.string(),
  sinks: z.array(sinkStatus),
  /** Alerts that gave way because more waited than are kept. */
  overflowCount: z.number(),
});

export type AlertOutboxStatus = z.infer<typeof alertOutboxStatus>;
