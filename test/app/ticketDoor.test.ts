import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groupsOf, seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const notFound = async (number: string): Promise<number> =>
  (await fetch(`${world.url()}/api/tickets/${number}`)).status;

describe("POST /api/tickets", () => {
  it("answers 202 with its own status URL, and the same again for the same ticket", async () => {
    const first = await world.submit(seedTicket("CHG0100"));
    const again = await world.submit(seedTicket("CHG0100"));
    expect([first.status, again.status]).toEqual([202, 202]);
    const body = (await first.json()) as { statusUrl: string };
    expect(body).toEqual({ ticket: "CHG0100", statusUrl: `${world.url()}/api/tickets/CHG0100` });
    expect(await again.json()).toEqual(body);
    expect(first.headers.get("location")).toBe(body.statusUrl);
    expect(JSON.stringify(body)).not.toContain("webhooks");
  });

  it("takes the same fields in another order for the same ticket", async () => {
    const ticket = seedTicket("CHG0101");
    await world.submit(ticket);
    const reordered = Object.fromEntries(Object.entries(ticket).reverse());
    expect((await world.submit(reordered)).status).toBe(202);
  });

  it("answers 409 for the same number with another content", async () => {
    await world.submit(seedTicket("CHG0102"));
    const other = await world.submit(seedTicket("CHG0102", { location: "northeurope" }));
    expect(other.status).toBe(409);
    expect(other.headers.get("content-type")).toBe("application/problem+json");
  });

  it("accepts one of two different tickets that come under one number at the same time", async () => {
    const answers = await Promise.all([
      world.submit(seedTicket("CHG0103")),
      world.submit(seedTicket("CHG0103", { location: "northeurope" })),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 409]);
  });

  it("names every mistake with its pointer, and keeps nothing", async () => {
    const answer = await world.submit(
      seedTicket("CHG0104", {
        location: "atlantis",
        privateCluster: true,
        cluster: { serviceCidr: "10.0.4.0/24", dnsServiceIP: "192.168.0.1" },
        hub: { addressPrefixes: ["10.0.4.0/22"] },
      }),
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    const { mistakes } = (await answer.json()) as { mistakes: readonly { pointer: string; message: string }[] };
    const pointers = mistakes.map((mistake) => mistake.pointer);
    for (const pointer of [
      "/environment/location",
      "/environment/cluster/serviceCidr",
      "/environment/cluster/dnsServiceIP",
    ]) {
      expect(pointers, pointer).toContain(pointer);
    }
    expect(pointers.some((pointer) => pointer.startsWith("/environment/hub"))).toBe(true);
    expect(pointers.some((pointer) => pointer.includes("privateCluster"))).toBe(true);
    expect(await notFound("CHG0104")).toBe(404);
  });

  it("answers 400 for text that is no UTF-8, which no one could compare or show", async () => {
    const ticket = JSON.stringify(seedTicket("CHG0106")).replace("CHG0106", 'CHG0106","externalId":"\u00ff');
    const answer = await fetch(`${world.url()}/api/tickets`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Buffer.from(ticket, "latin1"),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ title: "Malformed JSON", detail: expect.stringContaining("UTF-8") });
    expect(await notFound("CHG0106")).toBe(404);
  });

  it("answers 400 for malformed JSON, 415 for another type, 413 for too much", async () => {
    expect((await world.post("/api/tickets", "{")).status).toBe(400);
    expect((await world.post("/api/tickets", "{}", { "content-type": "text/plain" })).status).toBe(415);
    const large = JSON.stringify({ ...seedTicket("CHG0105"), filler: "x".repeat(300_000) });
    expect((await world.post("/api/tickets", large)).status).toBe(413);
    expect(await notFound("CHG0105")).toBe(404);
  });

  it.each(["$(reboot)", "a;b", "../x", "a b", "a?b", "<script>", "", "x".repeat(60)])(
    "refuses a number that is unsafe somewhere: %j",
    async (number) => {
      expect((await world.submit(seedTicket(number))).status).toBe(400);
    },
  );
});

describe("GET /api/tickets/{number}", () => {
  it("answers 404 in words for a ticket that was never accepted", async () => {
    const answer = await fetch(`${world.url()}/api/tickets/CHG9999`);
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { detail: string }).detail).toContain("CHG9999");
  });

  it("does not take a lane of a ticket for a ticket, whatever its number", async () => {
    await world.submit(seedTicket("CHG0107"));
    await world.until("CHG0107", (seen) => seen.state !== "running" || seen.steps.some((step) => step.startedAt));
    for (const number of ["CHG0107-1-network", "CHG0107.1.network"]) expect(await notFound(number), number).toBe(404);
    expect((await world.submit(seedTicket("CHG0107-1-network"))).status).toBe(202);
    expect((await world.status("CHG0107-1-network")).ticket.number).toBe("CHG0107-1-network");
  });

  it("shows every step with its lane, expected time and what it waits for, before it has begun", async () => {
    await world.submit(seedTicket("CHG0106", { name: "another", groups: groupsOf("another") }));
    const status = await world.until("CHG0106", (seen) => seen.steps.some((step) => step.state === "running"));
    expect(status.steps.length).toBeGreaterThan(30);
    const cluster = status.steps.find((step) => step.id === "cluster");
    expect(cluster).toMatchObject({ kind: "resource", state: "waiting", expectedSeconds: 330 });
    expect(status.progressPercent).toBeLessThan(10);
    expect(Date.parse(status.expectedEndAt ?? "")).toBeGreaterThan(world.clock.now());
  });
});
