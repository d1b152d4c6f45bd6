import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ingressFor,
  LAB_SEED,
  prohibitedTarget,
  type SharedLab,
  startSharedLab,
  WATCH_SECONDS,
} from "./agicSharedLab.ts";

let lab: SharedLab;
let blueHost: string;
let greenHost: string;
let appHost: string;

beforeEach(async () => {
  lab = await startSharedLab();
  [blueHost, greenHost, appHost] = [lab.host("blue"), lab.host("green"), lab.host("app")];
  lab.blue.trust();
  lab.green.trust();
  await lab.advance(60);
});
afterEach(async () => {
  expect(lab.aks.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

const APPLY = "kubectl apply --filename m.json";

/** Both clusters serve their own hosts; green is kept off the hosts that are blue's. */
async function bothServe(blueHosts: readonly string[], bluePeriodSeconds?: number): Promise<void> {
  const period = bluePeriodSeconds === undefined ? {} : { reconcilePeriodSeconds: bluePeriodSeconds };
  const greens = [greenHost, lab.host("green2")];
  await lab.blue.deploy();
  await lab.green.deploy();
  await lab.blue.install({ prefix: "blue-", prohibited: targets(greens), ...period });
  await lab.blue.expose("sample", blueHost);
  await lab.green.install({ prefix: "green-", prohibited: targets([blueHost, ...blueHosts]) });
  await lab.green.expose("sample", greenHost);
  expect([lab.whoAnswers(blueHost), lab.whoAnswers(greenHost)]).toEqual(["blue", "green"]);
}

function targets(hosts: readonly string[]) {
  return hosts.map((hostname) => ({ name: hostname, hostname, paths: ["/*"] }));
}

/** Both clusters change in the same second. */
async function changeBoth(): Promise<void> {
  const second = [lab.host("blue2"), lab.host("green2")] as const;
  const ends = [
    await lab.blue.submit(APPLY, { "m.json": ingressFor("second", second[0]) }),
    await lab.green.submit(APPLY, { "m.json": ingressFor("second", second[1]) }),
  ];
  await lab.advance(60);
  for (const end of ends) expect((await end()).exitCode).toBe(0);
}

describe(`two controllers that write in the same second (seed ${LAB_SEED})`, () => {
  it("lose one's update, which says that it was superseded and does not come back by itself", async () => {
    await bothServe([lab.host("blue2")]);
    lab.watch(blueHost, greenHost);
    await changeBoth();
    expect([lab.whoAnswers(lab.host("blue2")), lab.whoAnswers(lab.host("green2"))]).toEqual(["404", "green"]);
    expect(lab.blue.log()).toContain("CanceledAndSupersededDueToAnotherOperation");
    await lab.blue.run("kubectl get ingresses --namespace default --output json");
    for (const host of [blueHost, greenHost]) expect(new Set(lab.seen(host))).toEqual(new Set([200]));
    lab.stopWatching();
    await lab.advance(3600);
    expect(lab.ask(lab.host("blue2"))).toBe(404);
  });

  it("have it healed by the next change in the loser's cluster", async () => {
    await bothServe([lab.host("blue2"), lab.host("blue3")]);
    await changeBoth();
    expect(lab.ask(lab.host("blue2"))).toBe(404);
    await lab.blue.expose("third", lab.host("blue3"));
    expect([lab.whoAnswers(lab.host("blue2")), lab.whoAnswers(lab.host("green2"))]).toEqual(["blue", "green"]);
  });

  it("have it healed within its period by a loser with reconcilePeriodSeconds", async () => {
    await bothServe([lab.host("blue2")], 60);
    await changeBoth();
    await lab.advance(60 + 1 + 30);
    expect([lab.whoAnswers(lab.host("blue2")), lab.whoAnswers(lab.host("green2"))]).toEqual(["blue", "green"]);
  });
});

describe(`helm uninstall (seed ${LAB_SEED})`, () => {
  const UNINSTALL = "helm uninstall ingress-azure --namespace kube-system";

  it("leaves the gateway as it is, and both hosts answer until the pods are gone, or another controller writes it", async () => {
    await bothServe([]);
    const { etag } = lab.gateway();
    lab.watch(blueHost, greenHost);
    expect((await lab.green.run(UNINSTALL)).logs).toBe('release "ingress-azure" uninstalled\n');
    await lab.advance(150);
    expect(lab.gateway().etag).toBe(etag);
    for (const host of [blueHost, greenHost]) expect(new Set(lab.seen(host))).toEqual(new Set([200]));
    lab.stopWatching();
    await lab.green.run("kubectl delete deployment green --namespace default");
    expect([lab.ask(blueHost), lab.ask(greenHost)]).toEqual([200, 502]);
    // Blue is kept off green's host, so it keeps the dead listener, until nobody keeps it off any more.
    await lab.blue.expose("more", lab.host("more"));
    expect(lab.ask(greenHost)).toBe(502);
    await lab.blue.run(`kubectl delete azureingressprohibitedtarget ${greenHost} --namespace default`);
    await lab.advance(60);
    expect(lab.ask(greenHost)).toBe(404);
  });

  it("leaves no more than a default backend when the ingresses are deleted before it", async () => {
    await bothServe([]);
    await lab.green.run("kubectl delete ingress sample --namespace default");
    await lab.advance(60);
    await lab.green.run(UNINSTALL);
    expect(lab.names("backendAddressPools").filter((name) => name.startsWith("green-"))).toEqual([
      "green-defaultaddresspool",
    ]);
    expect([lab.ask(blueHost), lab.ask(greenHost)]).toEqual([200, 502]);
  });

  it("leaves the definition, and takes the chart's targets", async () => {
    await bothServe([]);
    await lab.green.run(UNINSTALL);
    const crds = "kubectl get crd azureingressprohibitedtargets.appgw.ingress.k8s.io --namespace default --output json";
    expect((await lab.green.run(crds)).exitCode).toBe(0);
    const list = await lab.green.json("kubectl get azureingressprohibitedtargets --namespace default --output json");
    expect(list.items).toEqual([]);
  });

  it("is refused for a release that is not there, unless that is asked to be ignored", async () => {
    expect(await lab.green.run(UNINSTALL)).toMatchObject({
      exitCode: 1,
      logs: "Error: uninstall: Release not loaded: ingress-azure: release: not found\n",
    });
    expect(await lab.green.run(`${UNINSTALL} --ignore-not-found`)).toMatchObject({
      exitCode: 0,
      logs: 'release "ingress-azure" uninstalled\n',
    });
  });

  it("of a controller that owns the whole gateway leaves its listeners and pools as well", async () => {
    await lab.blue.deploy();
    await lab.blue.install({ shared: false });
    await lab.blue.expose("sample", blueHost);
    await lab.blue.run(UNINSTALL);
    await lab.advance(60);
    expect(lab.names("backendAddressPools")).toContain("pool-default-sample-80-bp-80");
    expect(lab.whoAnswers(blueHost)).toBe("blue");
  });
});

describe(`the production host moves from blue to green (seed ${LAB_SEED})`, () => {
  const keepOff = () => prohibitedTarget("app", { hostname: appHost, paths: ["/*"] });

  /** Looks at the production host without a 200 since it is watched. */
  const gaps = (): number => lab.seen(appHost).filter((status) => status !== 200).length;

  async function blueHasApp(): Promise<void> {
    await bothServe([]);
    await lab.green.run(APPLY, { "m.json": keepOff() });
    await lab.blue.expose("app", appHost);
    expect(lab.whoAnswers(appHost)).toBe("blue");
    lab.watch(appHost, blueHost, greenHost);
  }

  it("with a gap of two updates when it is taken from blue before green has it", async () => {
    await blueHasApp();
    await lab.blue.run("kubectl delete ingress app --namespace default");
    await lab.blue.run(APPLY, { "m.json": keepOff() });
    await lab.advance(60);
    expect(lab.ask(appHost)).toBe(404);
    await lab.green.run("kubectl delete azureingressprohibitedtarget app --namespace default");
    await lab.green.expose("app", appHost);
    await lab.advance(45);
    expect(lab.whoAnswers(appHost)).toBe("green");
    const first = lab.seen(appHost).indexOf(404);
    // kubectl 5 s, the controller looks and writes a second later each, the update 30 s: until then blue answered.
    expect(first).toBe(Math.ceil((5 + 1 + 1 + 30) / WATCH_SECONDS) - 1);
    expect(lab.seen(appHost).lastIndexOf(404) - first + 1).toBe(gaps());
    // At the least the time between the two commands, and two updates when the first of green's only moves priorities.
    expect(gaps() * WATCH_SECONDS).toBeGreaterThan(30);
    expect(gaps() * WATCH_SECONDS).toBeLessThan(2 * 60);
    for (const host of [blueHost, greenHost]) expect(new Set(lab.seen(host))).toEqual(new Set([200]));
  });

  it("without a gap when blue is kept off it first, so that green's one write replaces what blue left", async () => {
    await blueHasApp();
    await lab.blue.run(APPLY, { "m.json": keepOff() });
    await lab.advance(60);
    expect(lab.whoAnswers(appHost)).toBe("blue");
    await lab.green.run(APPLY, { "m.json": ingressFor("app", appHost) });
    await lab.green.run("kubectl delete azureingressprohibitedtarget app --namespace default");
    await lab.advance(60);
    expect(lab.whoAnswers(appHost)).toBe("green");
    await lab.blue.run("kubectl delete ingress app --namespace default");
    await lab.advance(60);
    expect(lab.whoAnswers(appHost)).toBe("green");
    expect(gaps()).toBe(0);
    for (const host of [blueHost, greenHost]) expect(new Set(lab.seen(host))).toEqual(new Set([200]));
  });
});
