import type { StepStatus, TicketStatus } from "../contracts/ticketStatus.ts";

/** What `--json` prints. Durations and instants are in Azure's time. */
export interface TicketReport {
  readonly ticket: string;
  readonly outcome: TicketStatus["state"];
  readonly outputs: TicketStatus["outputs"];
  readonly steps: readonly {
    readonly id: string;
    readonly lane: string;
    readonly kind: StepStatus["kind"];
    readonly resourceId: string | null;
    readonly state: StepStatus["state"];
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly writes: number;
  }[];
  readonly verification: TicketStatus["verification"];
  readonly azure: TicketStatus["azure"];
  readonly makespanSeconds: number;
  readonly criticalPathSeconds: number;
  readonly sequentialSeconds: number;
  /** Only there when the plan warns of something. */
  readonly warnings?: TicketStatus["warnings"];
}

export function ticketReport(status: TicketStatus): TicketReport {
  return {
    ticket: status.ticket.number,
    outcome: status.state,
    outputs: status.outputs,
    steps: status.steps.map(({ id, lane, kind, resourceId, state, startedAt, finishedAt, writes }) => ({
      id,
      lane,
      kind,
      resourceId: resourceId ?? null,
      state,
      startedAt: startedAt ?? null,
      finishedAt: finishedAt ?? null,
      writes,
    })),
    verification: status.verification,
    azure: status.azure,
    makespanSeconds: status.makespanSeconds ?? status.elapsedSeconds,
    criticalPathSeconds: status.criticalPathSeconds,
    sequentialSeconds: status.sequentialSeconds,
    ...(status.warnings.length === 0 ? {} : { warnings: status.warnings }),
  };
}

export function hasEnded(status: TicketStatus): boolean {
  return status.state === "succeeded" || status.state === "failed" || status.state === "cancelled";
}

/** Done, and every verification that the plan has was made and is right. */
export function hasSucceeded({ state, steps, verification }: TicketStatus): boolean {
  const proofs = steps.filter((step) => step.kind === "verification");
  const right = new Set(verification.filter((finding) => finding.ok).map((finding) => finding.id));
  return state === "succeeded" && proofs.every((step) => right.has(step.id)) && right.size === verification.length;
}
