/** The whole demonstration, over the app in virtual time: every look at it lets some minutes of Azure's pass. */
import { afterAll, expect, it } from "vitest";
import { egressPlace } from "../../demo/egressPlace.ts";
import { egressSettings, ownSettings, QUIET_HOURS, settingsNote } from "../../demo/egressSettings.ts";
import { egressSummary } from "../../demo/egressSummary.ts";
import { type EgressView, renderEgress } from "../../demo/renderEgress.ts";
import { runEgress } from "../../demo/runEgress.ts";
import { loadConfig } from "../../src/config.ts";
import { alertDesk } from "../harness/alertDesk.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";
import { patientOperator } from "./patientOperator.ts";

let world: World;
afterAll(() => world.close());

/** Azure seconds between two looks. */
const LOOK_SECONDS = 300;

it("the demonstration of denied egress shows one alert a destination, the rule that helps, and the end of each case", async () => {
  const { desk, settings, attend } = await alertDesk();
  world = await openStandingWorld([seedTicket("CHG0001")], {
    settings: (azure) => ({
      ...settings(azure),
      EGRESS_WATCH_SCHEDULE: "0 */5 * * * *",
      ...egressSettings,
    }),
  });
  attend(world);
  const operator = patientOperator(world, LOOK_SECONDS);
  const stack = { appUrl: world.url(), ticketSystemUrl: desk.url };
  const place = await egressPlace(operator, stack, "seed");
  const views: EgressView[] = [];
  const screen = { show: (view: EgressView) => void views.push(view), close() {} };
  const { signal } = new AbortController();
  const end = await runEgress({
    operator,
    place,
    screen,
    quietHours: QUIET_HOURS,
    note: settingsNote,
    pauseMs: 0,
    signal,
  });

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
  expect(egressSummary(end)[0]).toContain("✔ 4 destinations were refused: 4 alerts, one for each");
  expect(new Set(views.map(({ headline }) => headline)).size).toBe(4);
  const frame = renderEgress(views.at(-1) as EgressView, { columns: 80, rows: 30, color: false }).split("\n");
  expect(frame.length).toBeLessThan(30);
  expect(Math.max(...frame.map((line) => line.length))).toBeLessThan(80);
  expect(frame.slice(0, 5).join(" ").replaceAll(/\s+/g, " ")).toContain(settingsNote);
  expect(frame.join("\n")).toMatch(/quay\.io:443 +✔ HTTP 200 +\d+ · [\d:]+ +closed +INC\d+ ✔/);
});

it("what is otherwise than by default is said, with the default as it is", () => {
  const { egressQuietHours, egressSilenceMinutes } = loadConfig({
    AZURE_SUBSCRIPTION_ID: "00000000-0000-0000-0000-000000000001",
    AZURE_CLIENT_ID: "00000000-0000-0000-0000-000000000002",
  });
  expect(ownSettings.map(({ name, usual }) => [name, usual])).toEqual([
    ["EGRESS_QUIET_HOURS", egressQuietHours],
    ["EGRESS_SILENCE_MINUTES", egressSilenceMinutes],
  ]);
  for (const { name, value, usual } of ownSettings)
    expect(settingsNote).toContain(`${name} is ${value} instead of ${usual}`);
});
