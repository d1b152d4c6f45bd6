import { afterEach, describe, expect, it } from "vitest";
import { openRouteLab, type RouteLab } from "./routeLab.ts";

let lab: RouteLab;
afterEach(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

/** AKS takes three minutes to scale, and its table is written within two more. */
const SCALED_SECONDS = 330;

async function scaledTo(count: number): Promise<void> {
  await lab.scale(count);
  await lab.seconds(SCALED_SECONDS);
  const source = await lab.routes(lab.tableOf());
  expect(source).toHaveLength(count);
  expect(await lab.routes(lab.gatewayTable)).toEqual(source);
}

describe("the gateway's routes", () => {
  it("follow an operator's scaling by events, one write a burst, and say how fresh they are", async () => {
    lab = await openRouteLab();
    await scaledTo(5);
    expect(lab.gatewayWrites()).toBe(1);
    await scaledTo(3);
    expect(lab.gatewayWrites()).toBe(2);
    const { passes, counters, findings, lastEqualAt } = await lab.state();
    const writes = passes.filter(({ writtenAt }) => writtenAt !== undefined);
    expect(writes.map(({ change }) => change)).toEqual([
      expect.stringMatching(/^2 routes to remove: /),
      expect.stringMatching(/^3 routes to add: 10\.244\.2\.0\/24 → /),
    ]);
    for (const { hintAt = "", writtenAt = "", healthyAt = "" } of writes) {
      expect(secondsBetween(hintAt, writtenAt)).toBeLessThan(40);
      expect(secondsBetween(writtenAt, healthyAt)).toBeLessThan(60);
    }
    expect(counters.writeCount).toBe(2);
    expect(findings).toEqual([]);
    expect(lab.world.clock.now() - Date.parse(lastEqualAt ?? "")).toBeLessThan(300_000);
  });

  it("are not written for events that come again, late, from elsewhere or of our own making", async () => {
    lab = await openRouteLab({ events: false });
    const { gatewayTable, world } = lab;
    const before = await lab.state();
    const table = lab.event("Microsoft.Network/routeTables/write", lab.tableOf());
    const pool = lab.event(
      "Microsoft.ContainerService/managedClusters/agentPools/write",
      `${lab.clusterId()}/agentPools/p`,
    );
    const foreign = lab.event("Microsoft.Network/routeTables/write", `${lab.tableOf()}-other`);
    const own = lab.event("Microsoft.Network/routeTables/write", gatewayTable);
    const other = lab.event(
      "Microsoft.Network/routeTables/write",
      lab.tableOf().replace(world.azure.subscriptionId, OTHER),
    );
    const forged = { ...table, topic: gatewayTable.slice(0, gatewayTable.indexOf("/providers/")) };
    for (const event of [table, pool, table, foreign, own, other, forged, table])
      expect(await lab.deliver(event)).toBe(202);
    await lab.seconds(30);
    expect(lab.gatewayWrites()).toBe(0);
    expect((await lab.state()).counters).toMatchObject({
      followedEventCount: before.counters.followedEventCount + 4,
      writeCount: 0,
    });
    expect((await lab.state("-")).counters.ignoredEventCounts).toEqual({
      foreignResource: 1,
      gatewayTable: 1,
      otherSubscription: 1,
      forgedTopic: 1,
    });
    // All of them came within one bucket or two, and each bucket was one look.
    expect((await lab.state()).passes.filter(({ reason }) => reason === "event").length).toBeLessThanOrEqual(2);
  });

  it("refuses what is no event, so that it ends with the dead letters, and goes on", async () => {
    lab = await openRouteLab({ events: false });
    expect(await lab.deliver({ id: "1", eventType: "Microsoft.Resources.ResourceWriteSuccess" })).toBe(500);
    expect(await lab.deliver("{")).toBe(400);
    expect(await lab.deliver({ ...lab.event("x/write", lab.tableOf()), eventType: "Contoso.Items.Changed" })).toBe(202);
    expect((await lab.state("-")).counters.ignoredEventCounts).toEqual({ notUnderstood: 1, unknownType: 1 });
  });
});

const OTHER = "99999999-9999-4999-8999-999999999999";

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
