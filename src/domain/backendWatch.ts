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

/** What a watch came to that ended without all backends healthy. */
export interface UnwellBackends {
  /** Until then the gateway was asked. ISO 8601. */
  readonly askedUntil: string;
  /** What was seen last, in words. */
  readonly seen: string;
}

/** "Not healthy, of 6 backend servers: 10.244.1.3 Unhealthy (…); …" */
export function unwellInWords(serverCount: number, unwell: readonly string[]): string {
  const all = serverCount === 1 ? "1 backend server" : `${serverCount} backend servers`;
  return `Not healthy, of ${all}: ${unwell.join("; ")}`;
}
