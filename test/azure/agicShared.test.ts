import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listField } from "../../local/azure/kubernetes/jsonFields.ts";
import { LAB_SEED, prohibitedTarget, type SharedLab, startSharedLab } from "./agicSharedLab.ts";

let lab: SharedLab;
let blueHost: string;
let greenHost: string;

beforeAll(async () => {
  lab = await startSharedLab();
  blueHost = lab.host("blue");
  greenHost = lab.host("green");
});
afterAll(async () => {
  expect(lab.aks.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

describe(`prohibited targets (seed ${LAB_SEED})`, () => {
  const apply = "kubectl apply --filename m.json";
  const target = prohibitedTarget("keep-off", { hostname: "a.example", paths: ["/*"] });

  it("are unknown to a cluster until the chart has brought their definition", async () => {
    expect(await lab.blue.run(apply, { "m.json": target })).toMatchObject({
      exitCode: 1,
      logs:
        'error: resource mapping not found for name: "keep-off" namespace: "default" from "m.json": ' +
        'no matches for kind "AzureIngressProhibitedTarget" in version "appgw.ingress.k8s.io/v1"\nensure CRDs are installed first\n',
    });
    const list = "kubectl get azureingressprohibitedtargets --namespace default --output json";
    expect((await lab.blue.run(list)).logs).toBe(
      'error: the server doesn\'t have a resource type "azureingressprohibitedtargets"\n',
    );
  });

  it("are made by the chart for all hosts, in the release's namespace, when a release shares the gateway and names none", async () => {
    lab.blue.trust();
    lab.green.trust();
    await lab.advance(60);
    await lab.blue.install({ shared: true });
    const list = "kubectl get azureingressprohibitedtargets --output json --namespace";
    expect(listField(await lab.blue.json(`${list} kube-system`), "items")).toMatchObject([
      { metadata: { name: "prohibit-all-targets" }, spec: { paths: ["/*"] } },
    ]);
    // The controller watches `default` and sees nothing of it.
    expect(listField(await lab.blue.json(`${list} default`), "items")).toEqual([]);
  });

  it("go and come with kubectl, one by one or by file", async () => {
    expect((await lab.blue.run(apply, { "m.json": target })).logs).toBe(
      "azureingressprohibitedtarget.appgw.ingress.k8s.io/keep-off created\n",
    );
    const get = "kubectl get --filename m.json --ignore-not-found --output json";
    expect((await lab.blue.run(get, { "m.json": target })).logs).toContain('"hostname": "a.example"');
    const remove = "kubectl delete azureingressprohibitedtarget keep-off --namespace default";
    expect((await lab.blue.run(remove)).logs).toBe(
      'azureingressprohibitedtarget.appgw.ingress.k8s.io "keep-off" deleted\n',
    );
    expect(await lab.blue.run(`${remove} --ignore-not-found`)).toMatchObject({ exitCode: 0, logs: "" });
    expect(await lab.blue.run(remove)).toMatchObject({
      exitCode: 1,
      logs: 'Error from server (NotFound): azureingressprohibitedtargets.appgw.ingress.k8s.io "keep-off" not found\n',
    });
    const byFile = "kubectl delete --filename m.json --ignore-not-found";
    expect(await lab.blue.run(byFile, { "m.json": target })).toMatchObject({ exitCode: 0, logs: "" });
  });

  it("are refused with a path that no pattern of theirs takes, or a field they do not have", async () => {
    const badPath = prohibitedTarget("bad", { paths: ["/*", "/a"] });
    expect(await lab.blue.run(apply, { "m.json": badPath })).toMatchObject({
      exitCode: 1,
      logs: expect.stringContaining(
        'The AzureIngressProhibitedTarget "bad" is invalid: spec.paths[1]: Invalid value: "/a": spec.paths[1] in body should match',
      ),
    });
    const badField = prohibitedTarget("bad", { hostnames: ["a.example"] });
    expect((await lab.blue.run(apply, { "m.json": badField })).logs).toContain(
      'strict decoding error: unknown field "spec.hostnames"',
    );
    const badValues = { "values.json": lab.blue.values({ prohibited: [{ name: "x", paths: ["a"] }] }) };
    const upgrade =
      "helm upgrade --install ingress-azure oci://mcr.microsoft.com/azure-application-gateway/charts/ingress-azure --version 1.9.8 --namespace kube-system --values values.json";
    expect((await lab.blue.run(upgrade, badValues)).logs).toContain("spec.paths[0]");
  });
});

describe(`two clusters behind one gateway (seed ${LAB_SEED})`, () => {
  it("answer for their own hosts, each controller under its own identity", async () => {
    await lab.blue.install({ prefix: "blue-", prohibited: [{ name: "green", hostname: greenHost }] });
    await lab.blue.deploy();
    await lab.blue.expose("sample", blueHost);
    await lab.green.install({ prefix: "green-", prohibited: [{ name: "blue", hostname: blueHost }] });
    await lab.green.deploy();
    await lab.green.expose("sample", greenHost);
    expect([lab.whoAnswers(blueHost), lab.whoAnswers(greenHost)]).toEqual(["blue", "green"]);
    const writers = lab.aks.net.azure.internalRequests
      .filter((request) => request.method === "PUT" && request.path === lab.aks.gatewayId && request.status === 200)
      .map((request) => request.principal);
    expect(new Set(writers)).toEqual(new Set([lab.blue.agicIdentity.principalId, lab.green.agicIdentity.principalId]));
  });

  it("have parts under their own names, one port between them and priorities that do not clash", () => {
    const names = lab.names("httpListeners");
    expect(names.map((name) => name.split("-")[0]).sort()).toEqual(["blue", "green"]);
    expect(lab.names("frontendPorts")).toHaveLength(1);
    expect(lab.names("backendAddressPools")).toEqual(
      expect.arrayContaining(["blue-pool-default-sample-80-bp-80", "green-pool-default-sample-80-bp-80"]),
    );
  });

  it("answer 404 for a host that neither has", () => {
    expect(lab.ask(lab.host("nobody"))).toBe(404);
  });

  it("leave each other's host alone even when both have an ingress for it", async () => {
    await lab.green.expose("greedy", blueHost);
    expect(lab.whoAnswers(blueHost)).toBe("blue");
    await lab.green.run("kubectl delete ingress greedy --namespace default");
    await lab.advance(60);
    expect([lab.whoAnswers(blueHost), lab.whoAnswers(greenHost)]).toEqual(["blue", "green"]);
  });

  it("go on without writes when nothing changes", async () => {
    const etag = lab.gateway().etag;
    await lab.advance(1800);
    expect(lab.gateway().etag).toBe(etag);
  });
});
