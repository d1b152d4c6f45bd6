import * as z from "zod";
import { wouldWords } from "../domain/forecast.ts";
import { actions } from "../domain/operationPlan.ts";
import { failure, stepStatus } from "./ticketStatus.ts";

/** What `POST /api/dryRuns` answers: what the ticket would do to what stands in Azure now. */
export const dryRunAnswer = z.object({
  action: z.enum(actions),
  environment: z.string(),
  /** False when there is an obstacle. Azure's policies, locks and quotas show only when it is asked to write. */
  isPossible: z.boolean(),
  /** In words, one sentence. */
  summary: z.string(),
  /** What would end the ticket, and what could not be read; each with the next thing to do. */
  obstacles: z.array(failure.extend({ stepId: z.string().optional() })),
  warnings: z.array(z.string()),
  /** How long it would take, in seconds of Azure's time. */
  expectedSeconds: z.number(),
  counts: z.record(z.enum(wouldWords), z.number()),
  steps: z.array(
    stepStatus.pick({ id: true, title: true, cluster: true, lane: true, kind: true, resourceId: true }).extend({
      would: z.enum(wouldWords),
      differences: z.array(z.object({ path: z.string(), from: z.string(), to: z.string() })).optional(),
      /** Why, in words. */
      reason: z.string().optional(),
      failure: failure.optional(),
    }),
  ),
  /** What the dry run itself asked of Azure. */
  azure: stepStatus.pick({ reads: true, writes: true, failures: true }),
});

export type DryRunAnswer = z.infer<typeof dryRunAnswer>;
