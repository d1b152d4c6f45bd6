import { SeededRandom } from "../domain/seededRandom.ts";
import { armRequest } from "../harness/armRequest.ts";
import type { RouteLab } from "./routeLab.ts";

/** Somebody else's route, as far as it is his to say. */
export interface ForeignRoute {
  readonly addressPrefix: string;
  readonly nextHopType: string;
  readonly nextHopIpAddress: string;
}

export interface ForeignWriter {
  /** What Azure has taken from him last, by the names of the routes. */
  readonly routes: ReadonlyMap<string, ForeignRoute>;
  /** Writes that Azure took. */
  readonly writeCount: number;
  end(): Promise<void>;
}

/** He comes into one in so many of the app's looks at the table. */
const LOOKS_A_WRITE = 4;
/** Of his own seed: the race is otherwise the same with him and without. */
const SEED_OFFSET = 7_000_003;

/**
 * Somebody who writes routes of his own into the gateway's table at the worst moments: when the app has just read it, and is
 * about to write what it made of that. He does not repeat what Azure refuses him.
 */
export function startForeignWriter(lab: RouteLab, seed: number): ForeignWriter {
  const { azure } = lab.world;
  const random = new SeededRandom(seed + SEED_OFFSET);
  const routes = new Map<string, ForeignRoute>();
  const path = lab.gatewayTable.toLowerCase();
  let writeCount = 0;
  let isOver = false;
  async function write(): Promise<void> {
    const name = `branch${random.below(3)}`;
    const route = {
      addressPrefix: `192.168.1${name.at(-1)}.0/24`,
      nextHopType: "VirtualAppliance",
      nextHopIpAddress: `10.0.0.${10 + random.below(200)}`,
    };
    const { status } = await armRequest(azure, "PUT", `${lab.gatewayTable}/routes/${name}`, { properties: route });
    if (status >= 400) return;
    routes.set(name, route);
    writeCount += 1;
  }
  const watching = (async () => {
    for (let seen = azure.requests.length; !isOver; ) {
      const asked = azure.requests.slice(seen);
      seen += asked.length;
      const isRead = asked.some(
        (each) => each.method === "GET" && each.path.toLowerCase() === path && each.principal === azure.app.objectId,
      );
      if (isRead && random.below(LOOKS_A_WRITE) === 0) await write();
      await new Promise(setImmediate);
    }
  })();
  // Whoever ends it hears of it.
  watching.catch(() => {});
  return {
    routes,
    get writeCount() {
      return writeCount;
    },
    async end() {
      isOver = true;
      await watching;
    },
  };
}
