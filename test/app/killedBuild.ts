import assert from "node:assert/strict";
import type { RandomFaults } from "../../local/azure/localAzure.ts";
import { SeededRandom } from "../domain/seededRandom.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";
import { writtenTwice } from "../harness/writtenTwice.ts";

export interface Killed {
  readonly seed: number;
  /** Requests of the app between two kills. */
  readonly distance: number;
  /** Shares of the app's requests that suffer. */
  readonly rates: Omit<RandomFaults, "seed" | "principal">;
}

export interface KilledEnd {
  readonly kills: number;
  readonly failures: number;
}

/** The seed's environment is built while the host is killed and Azure refuses and loses requests. Throws when it does not end as it must. */
export async function killedBuild({ seed, distance, rates }: Killed): Promise<KilledEnd> {
  const world = await openWorld({ randomFaults: { seed, principal: "app", ...rates } });
  try {
    await world.submit(seedTicket("CHG0001"));
    let kills = 0;
    for (let next = distance; await world.untilRequests(next, "CHG0001"); next += distance) {
      await world.crashAndRestart();
      kills += 1;
    }
    const failures = await expectRight(world);
    world.azure.setFaults([], {});
    await world.submit(seedTicket("CHG0002"));
    const again = await world.ended("CHG0002");
    assert.deepEqual([again.state, again.azure.writes], ["succeeded", 0], "the second run");
    assert.deepEqual(world.azure.taskFailures, []);
    return { kills, failures };
  } finally {
    await world.close();
  }
}

async function expectRight(world: World): Promise<number> {
  const end = await world.ended("CHG0001");
  assert.equal(end.failure, undefined);
  assert.equal(end.state, "succeeded");
  assert.deepEqual(
    end.verification.filter((finding) => !finding.ok),
    [],
  );
  assert.deepEqual(
    end.steps.filter((step) => step.state === "unchanged" && step.writes > 0),
    [],
  );
  assert.deepEqual(writtenTwice(world), []);
  return end.azure.failures;
}

/** Distance and faults that a seed stands for. */
export function killsOfSeed(seed: number): Killed {
  const random = new SeededRandom(seed);
  const share = (percentMax: number): number => random.below(percentMax + 1) / 100;
  return {
    seed,
    distance: 7 + random.below(60),
    rates: {
      throttled: share(10),
      conflict: share(12),
      unavailable: share(10),
      internalError: share(5),
      loseAnswer: share(10),
      reset: share(8),
    },
  };
}
