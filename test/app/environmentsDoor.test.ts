import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { environmentList } from "../../src/contracts/environmentStatus.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";
import { openRouteLab } from "./routeLab.ts";

let world: World;
afterEach(() => world.close());

const get = (path: string): Promise<Response> => fetch(`${world.url()}${path}`);
const listed = async () => z.parse(environmentList, await (await get("/api/environments")).json()).environments;

interface Problem {
  readonly detail: string;
  readonly mistakes?: readonly { readonly pointer: string }[];
}

describe("the door to environments", () => {
  it("shows what stands, how fresh its routes are, and looks again when asked", async () => {
    const lab = await openRouteLab({ events: false });
    world = lab.world;
    expect((await world.post("/api/environments/kubenet/routes/sync")).status).toBe(202);
    await lab.seconds(20);
    const status = await lab.status();
    expect(status.clusters).toMatchObject([{ name: "secureaks1", state: "standing", networkPlugin: "kubenet" }]);
    expect(status.gatewayRoutes?.passes[0]).toMatchObject({ reason: "request", isEqual: true, writes: 0 });
    expect(status.gatewayRoutes?.freshnessSeconds).toBeLessThan(20);
    expect(await listed()).toMatchObject([{ name: "kubenet", clusters: ["secureaks1"], openFindingCount: 0 }]);
    const metrics = await get("/api/metrics");
    expect(metrics.headers.get("content-type")).toContain("application/openmetrics-text; version=1.0.0");
    const text = await metrics.text();
    expect(text).toMatch(/^portcullis_routes_freshness_seconds\{environment="kubenet"\} \d+(\.\d+)?$/m);
    expect(text).toMatch(/^portcullis_routes_passes_total\{environment="kubenet"\} \d+$/m);
    expect(text.endsWith("# EOF\n")).toBe(true);
  });

  it("answers in words what there is not", async () => {
    world = await openWorld();
    expect(await listed()).toEqual([]);
    for (const answer of [
      await get("/api/environments/nobody"),
      await get("/api/environments/No_Name"),
      await world.post("/api/environments/nobody/routes/sync"),
      await world.post("/api/environments/nobody/routes/confirm", { digest: "0d1a1a3e-6c53-5a0c-9d0c-6c1f3f1f6a58" }),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    }
    const mistaken = await world.post("/api/environments/nobody/routes/confirm", {});
    expect(mistaken.status).toBe(400);
    expect(((await mistaken.json()) as Problem).mistakes).toMatchObject([{ pointer: "/digest" }]);
    expect(await (await get("/api/metrics")).text()).toContain("# TYPE portcullis_routes_freshness_seconds gauge");
  });

  it("has nothing to sync or to confirm where pods are reached without routes", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    expect((await world.post("/api/environments/seed/routes/sync")).status).toBe(409);
    const digest = "0d1a1a3e-6c53-5a0c-9d0c-6c1f3f1f6a58";
    const refused = await world.post("/api/environments/seed/routes/confirm", { digest });
    expect([refused.status, ((await refused.json()) as Problem).detail]).toEqual([
      409,
      expect.stringContaining("Nothing is held back"),
    ]);
    const status = await (await get("/api/environments/seed")).json();
    expect(status).not.toHaveProperty("gatewayRoutes");
  });
});
