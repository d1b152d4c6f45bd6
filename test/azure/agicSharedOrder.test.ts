import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { ingressFor, LAB_SEED, prohibitedTarget, type SharedLab, startSharedLab } from "./agicSharedLab.ts";

let lab: SharedLab;
let blueHost: string;
let greenHost: string;

beforeEach(async () => {
  lab = await startSharedLab();
  blueHost = lab.host("blue");
  greenHost = lab.host("green");
  lab.blue.trust();
  lab.green.trust();
  await lab.advance(60);
});
afterEach(async () => {
  expect(lab.aks.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

/** A first cluster that owns the whole gateway and serves. */
async function blueAlone(): Promise<void> {
  await lab.blue.install({ shared: false });
  await lab.blue.deploy();
  await lab.blue.expose("sample", blueHost);
  expect(lab.whoAnswers(blueHost)).toBe("blue");
}

/** Blue shares from here on and keeps off green's host. */
async function blueShares(): Promise<void> {
  await lab.blue.install({ shared: true, prohibited: [{ name: "green", hostname: greenHost, paths: ["/*"] }] });
}

const LOST_OWNERSHIP =
  "W Brownfield Deployment is enabled, but AGIC did not find any AzureProhibitedTarget CRDs; Disabling brownfield deployment feature.";

describe(`the order of installing (seed ${LAB_SEED})`, () => {
  it("never costs the first host a second, nor the second one once it is up, when each is prohibited before it exists", async () => {
    await blueAlone();
    lab.watch(blueHost);
    await blueShares();
    await lab.green.install({ prefix: "green-", prohibited: [{ name: "blue", hostname: blueHost, paths: ["/*"] }] });
    await lab.green.deploy();
    await lab.green.expose("sample", greenHost);
    lab.watch(greenHost);
    await lab.blue.run("kubectl apply --filename m.json", { "m.json": ingressFor("more", lab.host("more")) });
    await lab.advance(120);
    expect(new Set(lab.seen(blueHost))).toEqual(new Set([200]));
    expect(new Set(lab.seen(greenHost))).toEqual(new Set([200]));
    expect(lab.whoAnswers(lab.host("more"))).toBe("blue");
  });

  it("costs the first host everything when the second controller shares but has no prohibited target, and it says so", async () => {
    await blueAlone();
    await blueShares();
    await lab.green.deploy();
    await lab.green.run("kubectl apply --filename m.json", { "m.json": ingressFor("sample", greenHost) });
    await lab.green.install({ prefix: "green-", prohibited: [{ name: "blue", hostname: blueHost }] });
    expect([lab.whoAnswers(blueHost), lab.whoAnswers(greenHost)]).toEqual(["blue", "green"]);
    await lab.green.run("kubectl delete azureingressprohibitedtarget blue --namespace default");
    await lab.advance(60);
    expect(lab.green.log()).toContain(LOST_OWNERSHIP);
    expect([lab.whoAnswers(blueHost), lab.whoAnswers(greenHost)]).toEqual(["404", "green"]);
  });

  it("does not save the first host by prohibited targets in a namespace that the second does not watch", async () => {
    await blueAlone();
    await blueShares();
    await lab.green.install({ prefix: "green-", prohibited: [{ name: "blue", hostname: blueHost }] });
    const target = prohibitedTarget("blue", { hostname: blueHost });
    const elsewhere = { ...target, metadata: { name: "blue", namespace: "kube-system" } };
    await lab.green.run("kubectl apply --filename m.json", { "m.json": elsewhere });
    await lab.green.run("kubectl delete azureingressprohibitedtarget blue --namespace default");
    await lab.advance(60);
    expect(lab.ask(blueHost)).not.toBe(200);
  });

  it("costs the first host everything when the second shares and names none: it does not watch where the chart's target is", async () => {
    await blueAlone();
    await blueShares();
    await lab.green.install({ shared: true, prefix: "green-" });
    expect(lab.green.log()).toContain(LOST_OWNERSHIP);
    expect(lab.names("backendAddressPools")).toEqual(["green-defaultaddresspool"]);
    expect(lab.whoAnswers(blueHost)).not.toBe("blue");
  });

  it("leaves a gateway as it is for a controller that watches all namespaces and may touch nothing, but for its own default backend", async () => {
    await blueAlone();
    const before = lab.names("httpListeners");
    await lab.green.install({ shared: true, prefix: "green-", watchNamespace: "" });
    expect(lab.green.log()).not.toContain(LOST_OWNERSHIP);
    expect(lab.names("httpListeners")).toEqual(expect.arrayContaining(before));
    expect(lab.names("backendAddressPools")).toContain("green-defaultaddresspool");
    await lab.green.deploy();
    await lab.green.expose("sample", greenHost);
    expect(lab.whoAnswers(blueHost)).toBe("blue");
    expect(lab.whoAnswers(greenHost)).not.toBe("green");
    await lab.green.run("kubectl apply --filename m.json", {
      "m.json": prohibitedTarget("blue", { hostname: blueHost }),
    });
    await lab.green.run("kubectl delete azureingressprohibitedtarget prohibit-all-targets --namespace kube-system");
    await lab.advance(60);
    expect([lab.whoAnswers(blueHost), lab.whoAnswers(greenHost)]).toEqual(["blue", "green"]);
  });

  it("keeps the old configuration serving for the 30 s of an update, and 502 for a host whose pods are gone", async () => {
    await blueAlone();
    lab.watchClosely(blueHost, lab.host("late"));
    await lab.blue.run("kubectl apply --filename m.json", { "m.json": ingressFor("late", lab.host("late")) });
    await lab.advance(60);
    const late = lab.seen(lab.host("late"));
    const firstGood = late.indexOf(200);
    expect(late.slice(0, firstGood).every((status) => status === 404)).toBe(true);
    expect(late.slice(firstGood).every((status) => status === 200)).toBe(true);
    // 5 s of kubectl, 1 s until the controller looks, 1 s until it writes, 30 s of update.
    expect(firstGood).toBe(5 + 1 + 1 + 30 - 1);
    expect(new Set(lab.seen(blueHost))).toEqual(new Set([200]));
    await lab.blue.run("kubectl delete deployment blue --namespace default");
    expect(lab.ask(blueHost)).toBe(502);
  });
});

describe(`controllers without prefixes of their own (seed ${LAB_SEED})`, () => {
  it("make the same names, and the later one's pods answer for the first one's host", async () => {
    await blueAlone();
    await blueShares();
    await lab.green.deploy();
    await lab.green.install({ prohibited: [{ name: "blue", hostname: blueHost }] });
    await lab.green.expose("sample", greenHost);
    expect(lab.whoAnswers(blueHost)).toBe("green");
  });

  it("fight for a host that both have and neither is kept off: the last one to write has it", async () => {
    const host = lab.host("app");
    const nobody = [{ name: "nobody", hostname: "nobody.example" }];
    await lab.blue.deploy();
    await lab.green.deploy();
    await lab.blue.install({ prefix: "blue-", prohibited: nobody });
    await lab.green.install({ prefix: "green-", prohibited: nobody });
    await lab.blue.expose("app", host);
    expect(lab.whoAnswers(host)).toBe("blue");
    await lab.green.expose("app", host);
    expect(lab.whoAnswers(host)).toBe("green");
    const writer = (lab.gateway().tags as JsonObject | undefined) ?? {};
    expect(textField(writer, "managed-by-k8s-ingress")).toBe("1.9.8");
  });
});

describe(`path patterns (seed ${LAB_SEED})`, () => {
  it("split one host between two clusters, each with its own paths", async () => {
    const host = lab.host("split");
    await lab.blue.deploy();
    await lab.green.deploy();
    await lab.blue.install({ prefix: "blue-", prohibited: [{ name: "green", hostname: host, paths: ["/green/*"] }] });
    await lab.green.install({ prefix: "green-", prohibited: [{ name: "blue", hostname: host, paths: ["/ping/*"] }] });
    await lab.blue.run("kubectl apply --filename m.json", { "m.json": ingressFor("split", host, "/ping/") });
    await lab.advance(60);
    await lab.green.run("kubectl apply --filename m.json", { "m.json": ingressFor("split", host, "/green/") });
    await lab.advance(60);
    expect(lab.names("httpListeners")).toHaveLength(1);
    expect(lab.route(host, "/ping/x")).toContain("pool blue-pool-default-sample-80-bp-80");
    expect(lab.route(host, "/green/x")).toContain("pool green-pool-default-sample-80-bp-80");
  });
});
