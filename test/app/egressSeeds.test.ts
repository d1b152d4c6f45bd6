import { describe, it } from "vitest";
import { egressRace } from "./egressRace.ts";

// One seed; `npm run soak` runs hundreds.

describe("a log that is late, repeats itself and fails, and a host that is killed", () => {
  it.each([1])("leave every refused connection counted once, and each alert told once (seed %i)", async (seed) => {
    console.log(`seed ${seed}: ${await egressRace(seed)}`);
  });
});
