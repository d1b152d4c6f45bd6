import { coreOf } from "../core/coreOf.ts";
import type { AzureWorld } from "../core/resourceType.ts";

/** What Event Grid remembers of a subscription beside its body. */
interface SubscriptionHealth {
  /** From when on events reach it. */
  readonly listensSinceEpochMs: number;
  /** Attempts that failed since the last that did not. */
  readonly failuresInRow: number;
  /** Until then nothing is sent: the endpoint is given time to recover. */
  readonly pausedUntilEpochMs: number;
}

/**
 * Azure seconds from Succeeded until events reach a new subscription. Source: github.com/triggermesh/triggermesh/issues/446
 * (events of the first while after readiness are discarded); the length is an estimate.
 */
const WARM_UP_SECONDS = 5;

/**
 * Failures in a row from which on deliveries, new ones too, are delayed. Source: learn.microsoft.com/azure/event-grid/delivery-and-retry
 * ("Delayed delivery": 10 events, up to several hours); how the delay grows is an estimate.
 */
const FAILURES_BEFORE_PAUSE = 10;
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 2 * 3600;

function table(world: AzureWorld) {
  return coreOf(world).state.table<SubscriptionHealth>("eventGridHealth");
}

/** A subscription is ready: a new one begins to listen, one that was changed goes on. */
export function startListening(world: AzureWorld, subscriptionId: string): void {
  const listensSinceEpochMs = listensSince(world, subscriptionId) ?? world.clock.now() + WARM_UP_SECONDS * 1000;
  table(world).set(subscriptionId.toLowerCase(), { listensSinceEpochMs, failuresInRow: 0, pausedUntilEpochMs: 0 });
}

export function listensSince(world: AzureWorld, subscriptionId: string): number | undefined {
  return table(world).get(subscriptionId.toLowerCase())?.listensSinceEpochMs;
}

/** Azure seconds for which nothing may be sent. */
export function pauseSeconds(world: AzureWorld, subscriptionId: string): number {
  const until = table(world).get(subscriptionId.toLowerCase())?.pausedUntilEpochMs ?? 0;
  return Math.max(0, (until - world.clock.now()) / 1000);
}

export function noteAttempt(world: AzureWorld, subscriptionId: string, hasFailed: boolean): void {
  const health = table(world).get(subscriptionId.toLowerCase());
  if (health === undefined || (!hasFailed && health.failuresInRow === 0)) return;
  const failuresInRow = hasFailed ? health.failuresInRow + 1 : 0;
  const beyond = failuresInRow - FAILURES_BEFORE_PAUSE;
  const seconds = beyond < 0 ? 0 : Math.min(FIRST_PAUSE_SECONDS * 2 ** beyond, LONGEST_PAUSE_SECONDS);
  const pausedUntilEpochMs = seconds === 0 ? 0 : world.clock.now() + seconds * 1000;
  table(world).set(subscriptionId.toLowerCase(), { ...health, failuresInRow, pausedUntilEpochMs });
}

export function forgetHealth(world: AzureWorld, subscriptionId: string): void {
  table(world).delete(subscriptionId.toLowerCase());
}
