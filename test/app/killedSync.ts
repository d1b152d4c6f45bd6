import assert from "node:assert/strict";
import { SeededRandom } from "../domain/seededRandom.ts";
import { openRouteLab } from "./routeLab.ts";

const KILLS_MAX = 8;
const REQUESTS_BETWEEN_KILLS_MAX = 32;
/** The nodes are there, and the first events on their way. */
const SCALED_SECONDS = 180;
const SETTLED_SECONDS = 400;
/** After this time without so many requests the app has nothing to do, and is killed all the same. */
const QUIET_SECONDS = 120;
/** One is needed, and one more may be made by a host that was killed before it had read what became of it. */
const WRITES_MAX = 2;

/** The host is killed again and again while a burst of new nodes is followed. Throws when it does not end as it must. */
export async function killedSync(seed: number): Promise<string> {
  const random = new SeededRandom(seed);
  const distances = Array.from({ length: 1 + random.below(KILLS_MAX) }, () => random.below(REQUESTS_BETWEEN_KILLS_MAX));
  const lab = await openRouteLab();
  try {
    const writesBefore = lab.gatewayWrites();
    await lab.scale(4);
    await lab.seconds(SCALED_SECONDS);
    for (const requests of distances) {
      const { azure, clock } = lab.world;
      const count = azure.requests.length + requests;
      const endEpochMs = clock.now() + QUIET_SECONDS * 1000;
      await lab.until(() => azure.requests.length >= count || clock.now() >= endEpochMs);
      await lab.world.crashAndRestart();
    }
    await lab.seconds(SETTLED_SECONDS);
    const source = await lab.routes(lab.tableOf());
    assert.equal(source.length, 4);
    assert.deepEqual(await lab.routes(lab.gatewayTable), source);
    const writes = lab.gatewayWrites() - writesBefore;
    assert.ok(writes <= WRITES_MAX, `${writes} writes of the gateway's table`);
    assert.equal((await lab.state()).running, undefined, "the turn was never given back");
    assert.deepEqual(lab.world.azure.taskFailures, []);
    return `kills after ${distances.join(", ")} requests; ${writes} writes of the gateway's table`;
  } finally {
    await lab.world.close();
  }
}
