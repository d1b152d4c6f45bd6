/**
 * What `GET /api/environments` and `GET /api/environments/{name}` answer. All instants are ISO 8601 in UTC, all durations
 * are seconds.
 */
import * as z from "zod";
import { telemetryCodes } from "../domain/deniedEgress/telemetry.ts";
import { routeFindingCodes } from "../domain/routeFinding.ts";
import { ignoredReasons } from "../domain/routeHint.ts";
import { egressClass, severity } from "./egressCase.ts";
import { failure } from "./ticketStatus.ts";

const clusterStatus = z.object({
  name: z.string(),
  resourceId: z.string(),
  /** building: no ticket has finished it yet; leaving: a ticket is taking it away. */
  state: z.enum(["building", "standing", "leaving"]),
  networkPlugin: z.enum(["azure", "kubenet", "overlay"]),
  podCidr: z.string().optional(),
  /** The cluster's own route table. */
  routeTableId: z.string(),
  /** The production host leads to it. */
  hasTraffic: z.boolean(),
});

/** Something wrong between nodes, the clusters' tables and the gateway's. */
const routeFindingStatus = z.object({
  code: z.enum(routeFindingCodes),
  cluster: z.string().optional(),
  subject: z.string(),
  sentence: z.string(),
  advice: z.string(),
  since: z.iso.datetime(),
  /** False while it is in its grace: Azure itself passes through it. */
  isOpen: z.boolean(),
});

const passStatus = z.object({
  instanceId: z.string(),
  reason: z.enum(["event", "watch", "sweep", "request", "confirmation"]),
  hintAt: z.iso.datetime().optional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  reads: z.number(),
  writes: z.number(),
  isEqual: z.boolean(),
  isSettled: z.boolean(),
  change: z.string().optional(),
  writtenAt: z.iso.datetime().optional(),
  healthyAt: z.iso.datetime().optional(),
  /** Not all backends were healthy within five minutes after the write; absent while they are asked for. */
  unwell: z.object({ askedUntil: z.iso.datetime(), seen: z.string() }).optional(),
  /** From the hint to the write, and to a gateway that finds its backends healthy. */
  secondsToWritten: z.number().optional(),
  secondsToHealthy: z.number().optional(),
  failure: failure.optional(),
});

const heldChangeStatus = z.object({
  /** What `POST …/routes/confirm` takes. */
  digest: z.string(),
  reason: z.enum(["mostRoutes", "lastRouteOfNode"]),
  since: z.iso.datetime(),
  lostCount: z.number(),
  ownCount: z.number(),
  lost: z.array(z.object({ name: z.string(), addressPrefix: z.string(), nextHopIpAddress: z.string() })),
  /** It is confirmed, and written at the next pass. */
  isConfirmed: z.boolean(),
});

const headroomStatus = z.object({
  table: z.string(),
  routeCount: z.number(),
  routeCountMax: z.number(),
  usedPercent: z.number(),
});

const countersStatus = z.object({
  followedEventCount: z.number(),
  ignoredEventCounts: z.partialRecord(z.enum(ignoredReasons), z.number()),
  passCount: z.number(),
  failedPassCount: z.number(),
  readCount: z.number(),
  writeCount: z.number(),
});

const gatewayRoutesStatus = z.object({
  tableId: z.string(),
  /** A pass is under way. */
  isRunning: z.boolean(),
  /** When nodes, the clusters' tables and the gateway's were last seen equal, and how long ago that is; absent: never yet. */
  lastEqualAt: z.iso.datetime().optional(),
  freshnessSeconds: z.number().optional(),
  headroom: headroomStatus.optional(),
  /** Oldest first. */
  findings: z.array(routeFindingStatus),
  held: heldChangeStatus.optional(),
  /** Newest first. */
  passes: z.array(passStatus),
  counters: countersStatus,
});

/** Something wrong with the log itself. */
const logFindingStatus = z.object({
  code: z.enum(telemetryCodes),
  subject: z.string(),
  severity,
  sentence: z.string(),
  advice: z.string(),
  since: z.iso.datetime(),
  isOpen: z.boolean(),
});

const egressStatus = z.object({
  /** A pass is under way. */
  isRunning: z.boolean(),
  /** Everything that came into the log before this is counted, and how long ago that is; absent: nothing was read yet. */
  readTo: z.iso.datetime().optional(),
  freshnessSeconds: z.number().optional(),
  /** When the firewall wrote the newest row of any kind. */
  newestRowAt: z.iso.datetime().optional(),
  /** How long rows of any kind last took to come into the log, on average. */
  ingestionLagSeconds: z.number().optional(),
  /** Open, acknowledged or suppressed. */
  openCaseCount: z.number(),
  openCases: z.array(z.object({ class: egressClass, severity, count: z.number() })),
  /** Oldest first. */
  findings: z.array(logFindingStatus),
  /** Passes that failed in a row, and why the last one did. */
  failing: z
    .object({
      count: z.number(),
      since: z.iso.datetime(),
      failure,
      /** Before then the log does not want to be asked. */
      retryAt: z.iso.datetime().optional(),
    })
    .optional(),
  counters: z.object({
    passCount: z.number(),
    failedPassCount: z.number(),
    rowCount: z.number(),
    fetchedRowCount: z.number(),
    openedCount: z.number(),
    closedCount: z.number(),
  }),
});

export const environmentStatus = z.object({
  name: z.string(),
  location: z.string(),
  subscriptionId: z.string(),
  /** The ticket that changed it last. */
  lastTicket: z.string(),
  /** The ticket that is being carried out, and those that wait for it. */
  runningTicket: z.string().optional(),
  waitingTickets: z.array(z.string()),
  clusters: z.array(clusterStatus),
  /** Absent where no cluster's pods are reached by routes, and none were. */
  gatewayRoutes: gatewayRoutesStatus.optional(),
  /** The watch of denied egress; absent until the log was first read. */
  egress: egressStatus.optional(),
});

export type EnvironmentStatus = z.infer<typeof environmentStatus>;

/** An environment in the list of all. */
export const environmentSummary = z.object({
  name: z.string(),
  location: z.string(),
  runningTicket: z.string().optional(),
  clusters: z.array(z.string()),
  freshnessSeconds: z.number().optional(),
  /** About routes and about the firewall's log. */
  openFindingCount: z.number(),
  /** Cases of denied egress that are not closed. */
  openCaseCount: z.number(),
});

export const environmentList = z.object({ environments: z.array(environmentSummary) });

export type EnvironmentList = z.infer<typeof environmentList>;
