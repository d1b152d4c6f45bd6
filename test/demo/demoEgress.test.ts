/** The whole demonstration, over the app in virtual time: every look at it lets some minutes of Azure's pass. */
import { afterEach, expect, it } from "vitest";
import { egressPlace } from "../../demo/egressPlace.ts";
import { egressSummary } from "../../demo/egressSummary.ts";
import { type EgressView, renderEgress } from "../../demo/renderEgress.ts";
import { runEgress } from "../../demo/runEgress.ts";
import { alertDesk } from "../harness/alertDesk.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";
import { patientOperator } from "./patientOperator.ts";

let world: World;
afterEach(() => world.close());

/** Azure seconds between two looks. */
const LOOK_SECONDS = 300;

it("the demonstration of denied egress shows one alert a destination, the rule that helps, and the end of each case", async () => {
  const { desk, settings, attend } = await alertDesk();
  world = await openStandingWorld([seedTicket("CHG0001")], {
    settings: (azure) => ({
      ...settings(azure),
      EGRESS_WATCH_SCHEDULE: "0 */5 * * * *",
      EGRESS_QUIET_HOURS: "1",
      EGRESS_SILENCE_MINUTES: "1440",
    }),
  });
  attend(world);
  const operator = patientOperator(world, LOOK_SECONDS);
  const stack = { appUrl: world.url(), ticketSystemUrl: desk.url };
  const place = await egressPlace(operator, stack, "seed");
  const views: EgressView[] = [];
  const screen = { show: (view: EgressView) => void views.push(view), close() {} };
  const { signal } = new AbortController();
  const end = await runEgress({ operator, place, screen, quietHours: 1, pauseMs: 0, signal });

  expect(end.shortcomings).toEqual([]);
  expect(end.look.tries.map(({ pod }) => pod.text)).toEqual([
    "HTTP 200",
    "HTTP 200",
    "curl: (35) Recv failure: Connection reset by peer",
    "curl: (28) Connection timed out after 20001 milliseconds",
    "curl: (35) Recv failure: Connection reset by peer",
  ]);
  expect(end.look.tries.map(({ found }) => found?.class)).toEqual([
    undefined,
    "imagePull",
    "application",
    "application",
    "addOn",
  ]);
  expect(end.look.alerts.filter(({ event }) => event === "opened")).toHaveLength(4);
  expect(desk.incidents.map(({ row }) => row.state)).toEqual(["6", "6", "6", "6"]);
  expect(end.writes).toEqual({ inAzure: 1, byOperator: 1 });
  expect(egressSummary(end)[0]).toContain("✔ 4 destinations were refused: 4 alerts");
  expect(new Set(views.map(({ headline }) => headline)).size).toBe(4);
  const frame = renderEgress(views.at(-1) as EgressView, { columns: 80, rows: 30, color: false }).split("\n");
  expect(frame.length).toBeLessThan(30);
  expect(Math.max(...frame.map((line) => line.length))).toBeLessThan(80);
  expect(frame.join("\n")).toMatch(/quay\.io:443 +✔ HTTP 200 +\d+ · [\d:]+ +closed +INC\d+ ✔/);
});
