import * as z from "zod";

/**
 * What `GET /api/tickets/{number}` answers. All instants are ISO 8601 in UTC, all durations are seconds.
 * The command line, the dashboard and ticket systems read this and nothing else.
 */

export const stepState = z.enum(["waiting", "running", "done", "unchanged", "failed", "skipped"]);

export const failure = z.object({
  code: z.string(),
  message: z.string(),
  status: z.number().optional(),
  resourceId: z.string().optional(),
  correlationId: z.string().optional(),
  advice: z.string(),
});

export const stepStatus = z.object({
  id: z.string(),
  title: z.string(),
  /** The cluster that it is about, where the ticket is about several; the id begins with it. */
  cluster: z.string().optional(),
  lane: z.string(),
  kind: z.enum(["resource", "sync", "deletion", "lookup", "command", "verification"]),
  state: stepState,
  /** When the present state began. */
  since: z.iso.datetime().optional(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** Seconds in the present state (running) or from start to end (ended). */
  seconds: z.number(),
  expectedSeconds: z.number(),
  /** In words: the steps it waits for, Azure's operation, or the conflict it waits out. */
  waitingFor: z.string().optional(),
  resourceId: z.string().optional(),
  detail: z.string().optional(),
  /** ARM calls of this step so far; `failures` are answers of 4xx/5xx (but for 404 on a read) and broken connections. */
  reads: z.number(),
  writes: z.number(),
  failures: z.number(),
  failure: failure.optional(),
});

export const finding = z.object({ id: z.string(), ok: z.boolean(), detail: z.string() });

/** queued: waits for another ticket of the environment; stopping: a step failed or a cancel came, running writes are finished first. */
export const operationState = z.enum(["queued", "running", "stopping", "succeeded", "failed", "cancelled"]);

export const ticketStatus = z.object({
  ticket: z.object({ number: z.string(), system: z.string(), requestedBy: z.string() }),
  action: z.string(),
  environment: z.string(),
  state: operationState,
  /** 1 for the first run; each retry adds one. */
  attempt: z.number(),
  /** In words, one sentence. */
  summary: z.string(),
  /** The ticket that holds the environment while this one is queued. */
  waitingFor: z.string().optional(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** 0–100, by expected duration. */
  progressPercent: z.number(),
  elapsedSeconds: z.number(),
  expectedSeconds: z.number(),
  expectedEndAt: z.iso.datetime().optional(),
  /** What whoever ordered this should know, in sentences; nothing of it keeps the ticket from being carried out. */
  warnings: z.array(z.string()).default([]),
  steps: z.array(stepStatus),
  outputs: z.record(z.string(), z.string()),
  verification: z.array(finding),
  azure: z.object({ reads: z.number(), writes: z.number(), failures: z.number() }),
  makespanSeconds: z.number().optional(),
  criticalPathSeconds: z.number(),
  sequentialSeconds: z.number(),
  failure: failure.extend({ stepId: z.string().optional() }).optional(),
});

export type TicketStatus = z.infer<typeof ticketStatus>;
export type StepStatus = z.infer<typeof stepStatus>;
