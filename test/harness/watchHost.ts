import { ingressProbe } from "../../src/azure/ingressProbe.ts";
import type { World } from "./world.ts";

/** Azure seconds between two looks. */
const LOOK_SECONDS = 5;

export interface HostWatch {
  /** Ends the watch: how often it has looked, and the looks that gave something else than expected. */
  ended(): Promise<{ readonly lookCount: number; readonly unanswered: readonly string[] }>;
}

/** Asks a host for /ping through the gateway every few Azure seconds, as a client on the internet, until it is ended. */
export function watchHost(
  world: World,
  host: string,
  { expected = "200", lookSeconds = LOOK_SECONDS } = {},
): HostWatch {
  const probe = ingressProbe(world.azure.internetProxyUrl);
  const unanswered: string[] = [];
  let lookCount = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const release = world.clock.hold();
      const answer = await probe(`http://${host}/ping`);
      release();
      lookCount += 1;
      const said = "status" in answer ? String(answer.status) : answer.error;
      if (said !== expected) unanswered.push(`${new Date(world.clock.now()).toISOString()}: ${said}`);
      await new Promise<void>((resolve) => world.clock.at(world.clock.now() + lookSeconds * 1000, resolve));
    }
  })();
  return {
    async ended() {
      isOver = true;
      await world.clock.runUntil(watching);
      return { lookCount, unanswered };
    },
  };
}
