/** The whole demonstration, over the app in virtual time: every look at it lets a few seconds of Azure's pass. */
import { afterEach, describe, expect, it } from "vitest";
import { runScaling } from "../../demo/runScaling.ts";
import { scalingPlace } from "../../demo/scalingPlace.ts";
import { scalingSummary } from "../../demo/scalingSummary.ts";
import { sampleTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";
import { patientOperator } from "./patientOperator.ts";

let world: World;
afterEach(() => world.close());

/** Azure seconds between two looks. */
const LOOK_SECONDS = 15;

describe("the demonstration of scaling", () => {
  it("shows a 502 before and a 200 after the sync on each new node, and one write of the app for each scaling", async () => {
    const settings = () => ({ ROUTE_SWEEP_SCHEDULE: "0 0 0 1 1 *" });
    world = await openStandingWorld([sampleTicket("kubenet.json", "CHG0001")], { settings });
    const operator = patientOperator(world, LOOK_SECONDS);
    const place = await scalingPlace(operator, world.url(), "kubenet");
    const headlines = new Set<string>();
    const screen = { show: ({ headline }: { readonly headline: string }) => void headlines.add(headline), close() {} };
    const { signal } = new AbortController();
    const end = await runScaling({ operator, place, screen, sweeps: false, signal });
    expect(end.shortcomings).toEqual([]);
    const joined = end.record.nodes.filter(({ name }) => end.joined.includes(name));
    expect(joined).toHaveLength(3);
    for (const { answers } of joined)
      expect(answers.map(({ answer }) => answer)).toEqual(["502 no pod yet", "502 unreachable", "200"]);
    expect(end.record.syncs.map(({ change }) => change?.replace(/: .*/, ""))).toEqual([
      "3 routes to add",
      "2 routes to remove",
    ]);
    expect(end.writes).toEqual({ inAzure: 2, byApp: 2 });
    expect(scalingSummary(end)[0]).toContain("✔ 502 before and 200 after");
    expect(headlines.size).toBe(3);
  });
});
