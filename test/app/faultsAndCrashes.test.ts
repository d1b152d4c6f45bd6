import { describe, expect, it } from "vitest";
import { type Killed, killedBuild } from "./killedBuild.ts";

// One run; `npm run soak -- --only killedBuild` makes hundreds.
const run: Killed = {
  seed: 13,
  distance: 37,
  rates: { throttled: 0.04, conflict: 0.06, unavailable: 0.04, internalError: 0.04, reset: 0.06, loseAnswer: 0.06 },
};

describe("random faults and kills together", () => {
  it(`end right, with no second write of anything that was accepted: seed ${run.seed}, a kill every ${run.distance} requests`, async () => {
    const { kills, failures } = await killedBuild(run);
    expect(kills).toBeGreaterThan(2);
    expect(failures).toBeGreaterThan(5);
    console.log(`seed ${run.seed}: ${kills} kills, ${failures} failures`);
  });
});
