import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { egressBacktest } from "../../src/contracts/egressBacktest.ts";
import { egressCaseList } from "../../src/contracts/egressCase.ts";
import { type EgressLab, openEgressLab } from "./egressLab.ts";

let lab: EgressLab;
let quay: string;
let begun: string;

beforeAll(async () => {
  lab = await openEgressLab();
  begun = new Date(lab.world.clock.now()).toISOString();
  lab.refuse(
    { name: "quay.io" },
    { name: "quay.io", sourcePort: 2 },
    { name: "mcr.microsoft.com" },
    { name: "shop.example", port: 8443 },
  );
  await lab.minutes(10);
  quay = (await lab.cases("?destination=QUAY"))[0]?.id ?? "";
});
afterAll(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

const names = async (query: string): Promise<readonly string[]> =>
  (await lab.cases(query)).map(({ destination }) => destination.name).sort();
const later = (days: number): string => new Date(lab.world.clock.now() + days * 24 * 3_600_000).toISOString();
const get = (path: string): Promise<Response> => fetch(`${lab.world.url()}${path}`);
const problem = z.object({ mistakes: z.array(z.object({ pointer: z.string(), message: z.string() })) });
const messagesOf = async (answer: Response): Promise<readonly string[]> =>
  z
    .parse(problem, await answer.json())
    .mistakes.map(({ message }) => message)
    .sort();

describe("GET /api/egress/cases", () => {
  it("lists what is not closed, and what fits a filter", async () => {
    expect(await names("")).toEqual(["mcr.microsoft.com", "quay.io", "shop.example"]);
    expect(await names("?class=breaksAks,imagePull")).toEqual(["mcr.microsoft.com", "quay.io"]);
    expect(await names("?severity=high")).toEqual(["mcr.microsoft.com"]);
    expect(await names("?cluster=secureaks1&destination=shop&environment=seed")).toEqual(["shop.example"]);
    expect(await names("?cluster=other")).toEqual([]);
    expect(await names("?state=closed")).toEqual([]);
  });

  it("tells where the next ones are, as long as there are any", async () => {
    const found: string[] = [];
    const pages: number[] = [];
    let url: string | undefined = `${lab.world.url()}/api/egress/cases?limit=2&cluster=secureaks1`;
    while (url !== undefined) {
      const page: unknown = await (await fetch(url)).json();
      const { cases, totalCount, nextUrl } = z.parse(egressCaseList, page);
      expect(totalCount).toBe(3);
      found.push(...cases.map(({ destination }) => destination.name));
      pages.push(cases.length);
      url = nextUrl;
    }
    expect(pages).toEqual([2, 1]);
    expect(found.sort()).toEqual(["mcr.microsoft.com", "quay.io", "shop.example"]);
  });

  it("names every mistake of a query, and an environment that is none", async () => {
    const answer = await get("/api/egress/cases?state=new&limit=0&colour=red&class=breaksAks,odd");
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await messagesOf(answer)).toEqual([
      'There is no field "colour" in the query; it has environment, state, class, severity, cluster, destination, limit, skip.',
      'class.1 is "odd"; it must be "breaksAks" or "addOn" or "osUpdates" or "imagePull" or "application" or "threat".',
      "limit must be a whole number from 1 to 500.",
      'state.0 is "new"; it must be "open" or "acknowledged" or "suppressed" or "closed".',
    ]);
    expect((await get("/api/egress/cases?environment=nowhere")).status).toBe(404);
  });
});

describe("GET /api/egress/cases/{id}", () => {
  it("tells one case, and of one that is none that there is none", async () => {
    expect(await lab.get(quay)).toMatchObject({ id: quay, count: 2, history: [{ what: "opened" }] });
    for (const id of [quay.replace("-1", "-7"), "nowhere-0123456789ab-1", "..%2Fx", "seed"])
      expect((await get(`/api/egress/cases/${id}`)).status, id).toBe(404);
  });
});

describe("what somebody does with a case", () => {
  it("stands in its history with who and why, and is done once", async () => {
    const note = { by: "night shift", note: "the mirror is being set up" };
    for (let time = 1; time <= 2; time++) {
      const answer = await lab.act(quay, "acknowledge", note);
      expect(answer.status).toBe(202);
      expect(answer.headers.get("location")).toMatch(`/api/egress/cases/${quay}`);
      await lab.minutes(1);
    }
    expect(await lab.get(quay)).toMatchObject({
      state: "acknowledged",
      history: [{ what: "opened" }, { what: "acknowledged", ...note }],
    });
    const another = await lab.act(quay, "acknowledge", { by: "day shift" });
    expect(another.status).toBe(409);
    expect(await another.json()).toMatchObject({ detail: expect.stringContaining("acknowledged already") });
  });

  it("may be that nobody wants to hear of it until a day", async () => {
    const until = later(30);
    const suppression = { by: "owner", reason: "moves to our registry in December", until };
    expect((await lab.act(quay, "suppress", suppression)).status).toBe(202);
    await lab.minutes(1);
    expect((await lab.act(quay, "suppress", suppression)).status).toBe(202);
    const before = lab.alerts().length;
    lab.refuse({ name: "quay.io", sourcePort: 9 });
    await lab.minutes(10);
    expect(await lab.get(quay)).toMatchObject({ state: "suppressed", count: 3, suppression: { until, countSince: 1 } });
    expect(lab.alerts()).toHaveLength(before);
  });

  it("may be its end, after which it is another case that comes", async () => {
    expect((await lab.act(quay, "close", { by: "owner", note: "allowed now" })).status).toBe(202);
    await lab.minutes(1);
    expect(await lab.get(quay)).toMatchObject({ state: "closed" });
    expect((await lab.status()).counters.closedCount).toBe(1);
    expect(lab.alerts().at(-1)).toMatch(`closed ${quay}:`);
    expect((await lab.act(quay, "close", { by: "owner", note: "allowed now" })).status).toBe(202);
    expect((await lab.act(quay, "acknowledge", { by: "owner" })).status).toBe(409);
    lab.refuse({ name: "quay.io", sourcePort: 10 });
    await lab.minutes(10);
    expect((await lab.cases("?destination=quay.io")).map(({ id, count }) => [id, count])).toEqual([
      [quay.replace(/-1$/, "-2"), 1],
    ]);
    expect(lab.alerts().filter((alert) => alert.startsWith("closed"))).toHaveLength(1);
  });

  it.each([
    ["acknowledge", {}, ["/by"]],
    ["close", { by: " ", note: 5 }, ["/by", "/note"]],
    ["suppress", { by: "me", until: "2020-01-01T00:00:00Z" }, ["/reason", "/until"]],
    ["suppress", { by: "me", reason: "so", until: "2027-11-02T00:00:00Z" }, ["/until"]],
    ["suppress", { by: "me", reason: "so", until: "soon", colour: "red" }, ["/colour", "/until"]],
  ])("is refused with every mistake: %s %j", async (action, body, pointers) => {
    const answer = await lab.act(quay, action, body);
    expect(answer.status).toBe(400);
    const { mistakes } = z.parse(problem, await answer.json());
    expect(mistakes.map(({ pointer }) => pointer).sort()).toEqual(pointers);
    expect(mistakes.filter(({ message }) => /ticket|invalid|expected/i.test(message))).toEqual([]);
  });
});

describe("POST /api/egress/backtest", () => {
  const read = async (url: string) => z.parse(egressBacktest, await (await fetch(url)).json());

  it("tells what other settings would have made of a period", async () => {
    const period = { environment: "seed", from: begun, to: new Date(lab.world.clock.now()).toISOString() };
    const ask = async (settings: unknown): Promise<string> => {
      const answer = await lab.world.post("/api/egress/backtest", { ...period, settings });
      expect(answer.status).toBe(202);
      return answer.headers.get("location") ?? "";
    };
    const [own, deaf] = [await ask(undefined), await ask({ openAfterHits: 3 })];
    expect(await ask({ openAfterHits: 3 })).toBe(deaf);
    await lab.minutes(2);
    // 2 quay.io, 1 more while suppressed, 1 more after the closing: one case of 4, since nobody closes in a backtest.
    expect(await read(own)).toMatchObject({
      ...period,
      state: "succeeded",
      report: { caseCount: 3, byClass: { breaksAks: 1, imagePull: 1, application: 1 }, rowCount: 6 },
    });
    expect(await read(deaf)).toMatchObject({
      settings: { openAfterHits: 3 },
      report: { caseCount: 2, byClass: { breaksAks: 1, imagePull: 1 }, rowCount: 6 },
    });
    expect((await lab.state()).counters.rowCount).toBe(6);
  });

  it("refuses a period that cannot be asked about, and environments that are none", async () => {
    const to = new Date(lab.world.clock.now()).toISOString();
    const refused = async (body: unknown): Promise<number> =>
      (await lab.world.post("/api/egress/backtest", body)).status;
    expect(await refused({ environment: "seed", from: to, to: begun })).toBe(400);
    expect(await refused({ environment: "seed", from: later(-15), to })).toBe(400);
    expect(await refused({ environment: "seed", from: begun, to: later(1) })).toBe(400);
    expect(await refused({ environment: "nowhere", from: begun, to })).toBe(404);
    expect((await get("/api/egress/backtests/0123456789abcdef")).status).toBe(404);
    expect(await refused([])).toBe(400);
    const settings = { openAfterHits: 0, quietHours: 1.5, silenceMinutes: 30 };
    const wrong = await lab.world.post("/api/egress/backtest", { environment: 7, from: later(2), to: begun, settings });
    expect(await messagesOf(wrong)).toEqual([
      'There is no field "silenceMinutes" in settings; it has quietHours, openAfterHits.',
      "environment is 7; it must be text.",
      "from must be before `to`.",
      "settings.openAfterHits must be a whole number from 1 to 100000.",
      "settings.quietHours must be a whole number from 1 to 720.",
    ]);
  });
});
