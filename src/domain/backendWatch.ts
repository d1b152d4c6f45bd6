/** After a write of routes the gateway is asked until it finds all its backends healthy, or for so long. */
export interface BackendWatchInput {
  readonly environment: string;
  readonly gatewayId: string;
  /** The instance that wrote, … */
  readonly instanceId: string;
  /** … and when Azure had taken the write in. ISO 8601. */
  readonly writtenAt: string;
}

/** A gateway probes every 30 s and takes three answers to believe one. Source: learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview, checked 2026-11. */
export const BACKEND_WATCH_SECONDS = 300;

/** Seconds between an answer that is not good enough and the next question. */
export const BACKEND_PAUSE_SECONDS = 10;
