import { describe, expect, it } from "vitest";
import type { GatewayShare } from "../../src/domain/environmentSpec.ts";
import { type JsonObject, jsonAt } from "../../src/domain/json.ts";
import { commandDefinition } from "../../src/resources/catalog.ts";
import { kubectlRolloutStatus } from "../../src/resources/commands.ts";
import { ingressControllerValues } from "../../src/resources/ingressControllerValues.ts";
import { sampleApplication } from "../../src/resources/sampleApplication.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";

const spec = seedSpec();
const ok = (logs: string) => ({ exitCode: 0, logs });

describe("the ingress controller's release (S-65, S-66)", () => {
  const definition = commandDefinition("ingressController");
  const { command, files } = definition.apply(spec, knownOutputs);
  const values = JSON.parse(files["values.json"] ?? "") as JsonObject;

  it("is installed by one line of constants, its values in a file", () => {
    expect(command).toBe(
      "helm upgrade --install ingress-azure oci://mcr.microsoft.com/azure-application-gateway/charts/ingress-azure --version 1.9.8 --namespace kube-system --values values.json",
    );
    expect(values).toMatchObject({
      verbosityLevel: 3,
      appgw: { resourceGroup: "secureappgw", name: "dzk8sappgw1", usePrivateIP: false, shared: true },
      armAuth: { type: "workloadIdentity", identityClientID: knownOutputs.agicIdentityClientId },
      rbac: { enabled: true },
      kubernetes: { watchNamespace: "default" },
    });
    expect(values.reconcilePeriodSeconds).toBe(60);
  });

  it("never has a controller without a word of what to keep off, alone or among others", () => {
    const targetsOf = (share: GatewayShare) =>
      jsonAt(ingressControllerValues({ ...spec, share }, knownOutputs), "appgw.prohibitedTargets");
    const nobody = { name: "nobody", hostname: "portcullis.invalid", paths: ["/*"] };
    expect(jsonAt(values, "appgw.subResourceNamePrefix")).toBe("secureaks1-");
    expect(targetsOf({ others: [], hasTraffic: true })).toEqual([nobody]);
    expect(targetsOf({ others: ["Blue_1"], hasTraffic: false })).toEqual([
      nobody,
      { name: "production", hostname: "20.31.0.7.nip.io", paths: ["/*"] },
      { name: "cluster-blue-1", hostname: "blue-1.20.31.0.7.nip.io", paths: ["/*"] },
    ]);
  });

  it("is right when the release has these values, whatever else it has", () => {
    expect(definition.differences(ok(JSON.stringify({ ...values, nodeSelector: {} })), spec, knownOutputs)).toEqual([]);
  });

  it("is installed when it is not there", () => {
    const missing = { exitCode: 1, logs: "Error: release: not found\n" };
    expect(definition.differences(missing, spec, knownOutputs)).toEqual(["installed"]);
  });

  it("names a value that somebody changed, and a newer chart", () => {
    const other = { ...values, verbosityLevel: 5, image: { tag: "1.9.0" } };
    expect(definition.differences(ok(JSON.stringify(other)), spec, knownOutputs)).toEqual([
      "image.tag: 1.9.0 → 1.9.8",
      "verbosityLevel: 5 → 3",
    ]);
  });

  it("is installed again when the look fails or gives no JSON", () => {
    expect(definition.differences({ exitCode: 1, logs: "a\nboom\n" }, spec, knownOutputs)).toEqual([
      "installed again: the look ended with exit code 1: boom",
    ]);
    expect(definition.differences(ok("null"), spec, knownOutputs)).toEqual(["installed again: the look gave no JSON"]);
  });

  it("settles when the rollout says so, and waits while it does not", () => {
    expect(definition.settled(spec, knownOutputs).command).toBe(
      "kubectl rollout status deployment/ingress-azure --namespace kube-system --timeout=20s",
    );
    expect(definition.readSettled(ok('deployment "ingress-azure" successfully rolled out\n')).state).toBe("settled");
    expect(
      definition.readSettled({
        exitCode: 1,
        logs: "Waiting for deployment\nerror: timed out waiting for the condition\n",
      }),
    ).toEqual({
      state: "waiting",
      detail: "error: timed out waiting for the condition",
    });
  });
});

describe("the sample application (S-78 to S-80)", () => {
  const definition = commandDefinition("application");
  const manifests = sampleApplication(spec, knownOutputs);
  const served = (items: readonly JsonObject[]) => ok(JSON.stringify({ kind: "List", items: items.map(asServed) }));

  it("is a deployment, two services and an ingress of today's API", () => {
    expect(
      manifests.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${(metadata as JsonObject).name}`),
    ).toEqual([
      "v1 ConfigMap dummy-logger-nginx",
      "apps/v1 Deployment dummy-logger",
      "v1 Service dummy-logger",
      "v1 Service dummy-logger-metrics",
      "networking.k8s.io/v1 Ingress dummy-logger",
    ]);
    expect(jsonAt(manifests.at(-1), "spec")).toMatchObject({
      ingressClassName: "azure-application-gateway",
      rules: [{ host: "20.31.0.7.nip.io" }, { host: "secureaks1.20.31.0.7.nip.io" }],
    });
    const idle = { ...spec, share: { others: ["secureaks2"], hasTraffic: false } };
    expect(jsonAt(sampleApplication(idle, knownOutputs).at(-1), "spec")).toMatchObject({
      rules: [{ host: "secureaks1.20.31.0.7.nip.io" }],
    });
  });

  it("answers /ping with who called and for whom, in the words of the seed's image", () => {
    const { data = {} } = manifests[0] ?? {};
    const text = String((data as JsonObject)["nginx.conf"]);
    const [, ping = ""] = /location = \/ping \{ return 200 '(.*)'; \}/.exec(text) ?? [];
    expect(JSON.parse(ping)).toEqual({
      timestamp: "$time_iso8601",
      host: "$hostname",
      source: "$remote_addr",
      forwarded: "$http_x_forwarded_for",
      message: "Pong!",
    });
    expect(text).toContain("location = /healthz");
  });

  it("brings no configuration for an image with a server of its own", () => {
    const own = seedSpec({
      application: { image: "denniszielke/dummy-logger:latest" },
      firewall: { rules: { dockerHub: true } },
    });
    const kinds = sampleApplication(own, knownOutputs).map(({ kind }) => kind);
    expect(kinds).toEqual(["Deployment", "Service", "Service", "Ingress"]);
    expect(JSON.stringify(sampleApplication(own, knownOutputs))).not.toContain("volumeMounts");
  });

  it("is applied and looked at by fixed lines, as one file", () => {
    expect(definition.apply(spec, knownOutputs).command).toBe("kubectl apply --filename manifest.json");
    const check = definition.check(spec, knownOutputs);
    expect(check.command).toBe("kubectl get --filename manifest.json --ignore-not-found --output json");
    expect(JSON.parse(check.files["manifest.json"] ?? "").items).toHaveLength(5);
  });

  it("is right when all of it is there as the API server shows it", () => {
    expect(definition.differences(served(manifests), spec, knownOutputs)).toEqual([]);
  });

  it("names what is missing, also when nothing or only one object is there", () => {
    expect(definition.differences(ok(""), spec, knownOutputs)).toHaveLength(5);
    const one = ok(JSON.stringify(asServed(manifests[1] as JsonObject)));
    expect(definition.differences(one, spec, knownOutputs)).not.toContain("Deployment dummy-logger created");
    expect(definition.differences(one, spec, knownOutputs)).toContain("Ingress dummy-logger created");
  });

  it("names what somebody changed", () => {
    const changed = manifests.map((manifest) =>
      manifest.kind === "Deployment"
        ? { ...manifest, spec: { ...(manifest.spec as JsonObject), replicas: 0 } }
        : manifest,
    );
    expect(definition.differences(served(changed), spec, knownOutputs)).toEqual([
      "Deployment dummy-logger: spec.replicas: 0 → 2",
    ]);
  });
});

describe("command lines", () => {
  it("take no text that is no Kubernetes name", () => {
    for (const text of ["a; rm -rf /", "$(id)", "a b", "--all", "A", ""])
      expect(() => kubectlRolloutStatus(text, "default")).toThrow("is no Kubernetes name");
  });

  it("keep hostile values in files, where they are JSON", () => {
    const hostile = seedSpec({ gateway: { name: "gw'; $(curl evil)" }, application: { image: '"; reboot; "' } });
    for (const stepId of ["ingressController", "application"]) {
      const definition = commandDefinition(stepId);
      for (const made of [
        definition.check(hostile, knownOutputs),
        definition.apply(hostile, knownOutputs),
        definition.settled(hostile, knownOutputs),
      ]) {
        expect(made.command).toMatch(/^[A-Za-z0-9 =^$.:/-]+$/);
        for (const content of Object.values(made.files)) expect(() => JSON.parse(content)).not.toThrow();
      }
    }
  });
});

/** The object as the API server shows it: defaults and state added. */
function asServed(manifest: JsonObject): JsonObject {
  return {
    ...manifest,
    metadata: {
      ...(manifest.metadata as JsonObject),
      uid: "1",
      resourceVersion: "7",
      annotations: { "someone-elses": "x" },
    },
    ...(manifest.spec === undefined
      ? {}
      : { spec: { ...(manifest.spec as JsonObject), progressDeadlineSeconds: 600, sessionAffinity: "None" } }),
    status: { observedGeneration: 1 },
  };
}
