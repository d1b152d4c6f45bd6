import { afterEach, describe, expect, it } from "vitest";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

interface Change {
  readonly end: TicketStatus;
  /** Names of the resources that Azure was asked to change. */
  readonly written: readonly string[];
}

/** Builds one environment and sends a second ticket that wants it otherwise. */
async function change(before: Record<string, unknown>, after: Record<string, unknown>): Promise<Change> {
  world = await openStandingWorld([seedTicket("CHG0001", before)]);
  await world.submit(seedTicket("CHG0002", after));
  const end = await world.ended("CHG0002");
  return { end, written: world.writes().map(({ path }) => path.split("/").at(-1) ?? "") };
}

const subnets = (nodePrefix: string) => [
  { name: "gw-1-subnet", addressPrefix: "10.0.4.0/24" },
  { name: "aks-1-subnet", addressPrefix: nodePrefix },
  { name: "aks-2-subnet", addressPrefix: "10.0.6.0/24" },
];

describe("a ticket that changes an environment", () => {
  it("writes the one thing that it changes, one ticket after the other", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const changes: readonly (readonly [Record<string, unknown>, readonly string[]])[] = [
      [{ gateway: { minCapacity: 1, maxCapacity: 5 } }, ["dzk8sappgw1"]],
      [{ firewall: { rules: { dockerHub: true } } }, ["DefaultApplicationRuleCollectionGroup"]],
      [{ spoke: { serviceEndpoints: false } }, ["k8snet"]],
      [{ application: { replicas: 3 } }, []],
    ];
    let wanted: Record<string, unknown> = {};
    for (const [index, [next, resources]] of changes.entries()) {
      wanted = { ...wanted, ...next };
      const count = world.writes().length;
      await world.submit(seedTicket(`CHG001${index}`, wanted));
      const end = await world.ended(`CHG001${index}`);
      expect(end.failure, JSON.stringify(next)).toBeUndefined();
      expect(
        world
          .writes()
          .slice(count)
          .map(({ path }) => path.split("/").at(-1)),
      ).toEqual(resources);
      expect(end.azure.writes).toBe(1);
    }
    await world.submit(seedTicket("CHG0020", wanted));
    expect(await world.ended("CHG0020")).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
  });

  it("leaves the tags of others, and what the ingress controller wrote into the gateway, as they are, and overwrites nothing unseen", async () => {
    const { end, written } = await change({ tags: { owner: "first", cost: "42" } }, { tags: { owner: "second" } });
    expect(end.failure).toBeUndefined();
    // Everything of Microsoft.Network has an etag; the other types of the plan have none.
    expect(written.length).toBe(world.writes().length);
    const conditions = world
      .writes()
      .flatMap(({ path, ifMatch }) =>
        /\/Microsoft\.Network\/[^/]+\/[^/]+$/i.test(path) ? [ifMatch ?? `none: ${path}`] : [],
      );
    expect(conditions.length).toBeGreaterThanOrEqual(9);
    for (const condition of conditions) expect(condition).toMatch(/^(W\/".+"|[0-9a-f-]{36})$/);
    const gatewayId = end.outputs.gatewayId ?? "";
    const { body } = await world.asOperator("GET", gatewayId);
    expect(body.tags).toMatchObject({ owner: "second", cost: "42" });
    expect(body.properties.backendAddressPools.length).toBeGreaterThan(1);
  });

  it("turns monitoring on, and off again", async () => {
    const { end, written } = await change({ monitoring: false }, {});
    expect(end.failure).toBeUndefined();
    expect(written).toContain("ContainerInsightsExtension");
    const addon = async () =>
      (await world.asOperator("GET", end.outputs.clusterId ?? "")).body.properties.addonProfiles.omsagent;
    expect(await addon()).toMatchObject({ enabled: true });
    const count = world.writes().length;
    await world.submit(seedTicket("CHG0003", { monitoring: false }));
    expect((await world.ended("CHG0003")).failure).toBeUndefined();
    expect(await addon()).toMatchObject({ enabled: false });
    expect(world.writes().slice(count)).toHaveLength(2);
    expect(world.writes().filter((write) => write.method === "DELETE")).toEqual([]);
  });

  it("fails with Azure's words, and changes nothing, when Azure cannot change it", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const impossible: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ spoke: { subnets: subnets("10.0.5.0/25") } }, "InUsePrefixCannotBeDeleted"],
      [{ firewall: { skuTier: "Premium" } }, "FirewallPolicySkuTierCannotBeChanged"],
    ];
    for (const [index, [wanted, code]] of impossible.entries()) {
      await world.submit(seedTicket(`CHG001${index}`, wanted));
      const end = await world.ended(`CHG001${index}`);
      expect(end, code).toMatchObject({ state: "failed", failure: { code } });
      expect(end.failure?.message).not.toBe("");
      expect(end.steps.filter((step) => step.state === "done")).toEqual([]);
    }
    // The environment stands as it was built: its own ticket finds nothing to repair.
    await world.submit(seedTicket("CHG0020"));
    expect(await world.ended("CHG0020")).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
  });
});
