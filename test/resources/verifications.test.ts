import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
import { verificationDefinition } from "../../src/resources/catalog.ts";
import type { CommandResult, HttpAnswer, Look, VerificationInput } from "../../src/resources/commandDefinition.ts";
import { knownOutputs, SUBSCRIPTION_ID, seedSpec } from "../domain/seedSpec.ts";

const input: VerificationInput = { spec: seedSpec(), outputs: knownOutputs, run: "RITM0010001-1" };

/** What a verification sees in an answer of its kind. */
function lookAt(stepId: string, answer: unknown, of = input): Look {
  const definition = verificationDefinition(stepId);
  switch (definition.kind) {
    case "resource":
      return definition.look(answer as JsonObject | undefined, input);
    case "documents":
      return definition.look(answer as readonly (JsonObject | undefined)[], of);
    case "action":
      return definition.look(answer as JsonObject, input);
    case "http":
      return definition.look(answer as HttpAnswer, input);
    case "watch":
      return definition.look(answer as JsonObject | undefined, { isAnswered: true, silentSeconds: 0 }, of);
    case "command":
      return definition.look(answer as CommandResult, input);
  }
}

describe("verifyDefaultRoute (V-1)", () => {
  const subnet = `/subscriptions/${SUBSCRIPTION_ID}/resourcegroups/securevnets/providers/Microsoft.Network/virtualNetworks/k8snet/subnets/aks-1-subnet`;
  const table = (
    nextHopType: string,
    nextHopIpAddress: string | undefined,
    subnets: readonly JsonObject[],
  ): JsonObject => ({
    properties: {
      routes: [{ name: "dzk8sfw1", properties: { addressPrefix: "0.0.0.0/0", nextHopType, nextHopIpAddress } }],
      subnets,
    },
  });

  it("is proven by the route and the subnet", () => {
    expect(lookAt("verifyDefaultRoute", table("VirtualAppliance", "10.0.0.4", [{ id: subnet }])).finding).toEqual({
      id: "verifyDefaultRoute",
      ok: true,
      detail: "0.0.0.0/0 in secureaks1-rt leads to the firewall at 10.0.0.4, and the table is on aks-1-subnet.",
    });
  });

  it.each([
    ["the table is gone", undefined, "is gone"],
    ["there is no such route", { properties: { routes: [] } }, "has no route for 0.0.0.0/0"],
    [
      "it leads elsewhere",
      table("Internet", undefined, [{ id: subnet }]),
      "leads to Internet, not to the firewall at 10.0.0.4",
    ],
    [
      "the table hangs nowhere",
      table("VirtualAppliance", "10.0.0.4", []),
      "is not attached to the subnet aks-1-subnet",
    ],
  ])("is refuted when %s", (_name, answer, words) => {
    const { finding } = lookAt("verifyDefaultRoute", answer);
    expect(finding.ok).toBe(false);
    expect(finding.detail).toContain(words);
  });
});

describe("verifyIngressController (V-2)", () => {
  const pods = (...statuses: readonly JsonObject[]) => ({
    exitCode: 0,
    logs: JSON.stringify({
      kind: "List",
      items: statuses.map((status, index) => ({ metadata: { name: `ingress-azure-${index}` }, status })),
    }),
  });

  it("is proven by a ready pod", () => {
    const look = lookAt(
      "verifyIngressController",
      pods({ phase: "Pending" }, { conditions: [{ type: "Ready", status: "True" }] }),
    );
    expect(look).toEqual({
      final: true,
      finding: { id: "verifyIngressController", ok: true, detail: "The pod ingress-azure-1 is ready in kube-system." },
    });
  });

  it.each([
    [
      "it restarts",
      pods({
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }],
      }),
      "ingress-azure-0: CrashLoopBackOff",
    ],
    ["it is pending", pods({ phase: "Pending" }), "ingress-azure-0: Pending"],
    ["there is none", pods(), "There is no ingress-azure pod"],
    ["kubectl fails", { exitCode: 1, logs: "Unable to connect\n" }, "Unable to connect"],
    ["the answer is no list", { exitCode: 0, logs: "oops" }, "could not list"],
  ])("waits while %s", (_name, answer, words) => {
    const look = lookAt("verifyIngressController", answer);
    expect(look.final).toBe(false);
    expect(look.finding.ok).toBe(false);
    expect(look.finding.detail).toContain(words);
  });
});

describe("verifyIngress (V-3, V-4)", () => {
  const answer = (body: unknown, status = 200) => ({
    status,
    headers: {},
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

  it.each([
    ["the seed's words", { source: "10.0.4.5", forwarded: "203.0.113.7:50123", message: "Pong!" }],
    ["an IPv6 server's words", { source: "::ffff:10.0.4.5", forwarded: "203.0.113.7:50123" }],
    ["an echo of the request", { sourceAddress: "10.0.4.5", headers: { "X-Forwarded-For": "203.0.113.7:50123" } }],
  ])("is proven in %s", (_name, body) => {
    const look = lookAt("verifyIngress", answer(body));
    expect(look.final).toBe(true);
    expect(look.finding).toEqual({
      id: "verifyIngress",
      ok: true,
      detail:
        "http://20.31.0.7.nip.io/ping answered HTTP 200; the sample was called by the gateway's instance 10.0.4.5 for 203.0.113.7:50123 (X-Forwarded-For).",
    });
  });

  it.each([
    ["there is no answer", { error: "connect ECONNREFUSED" }, false, "ECONNREFUSED"],
    ["the gateway has no backend yet", answer("<html>", 502), false, "HTTP 502"],
    ["somebody else answers", answer("<html>nginx</html>"), true, "but not with the sample's"],
    ["an array answers", answer("[1]"), true, "but not with the sample's"],
    ["it does not say for whom", answer({ source: "10.0.4.5" }), true, "but not with the sample's"],
    ["it does not say who called", answer({ forwarded: "203.0.113.7:1" }), true, "but not with the sample's"],
    ["the header is missing", answer({ source: "10.0.4.5", forwarded: "" }), true, "no X-Forwarded-For"],
    ["an echo lacks the header", answer({ sourceAddress: "10.0.4.5", headers: {} }), true, "no X-Forwarded-For"],
    [
      "the call did not come from the gateway",
      answer({ source: "20.1.2.3", forwarded: "203.0.113.7:1" }),
      true,
      "no instance of the gateway in 10.0.4.0/24",
    ],
  ])("is not proven when %s", (_name, given, final, words) => {
    const look = lookAt("verifyIngress", given);
    expect(look.final).toBe(final);
    expect(look.finding.ok).toBe(false);
    expect(look.finding.detail).toContain(words);
  });

  it("tells the owner of a name where it must lead", () => {
    const definition = verificationDefinition("verifyIngress");
    const named = { ...input, spec: seedSpec({ application: { host: "logger.example.com" } }) };
    if (definition.kind !== "http") throw new Error("The proof of ingress must be a request.");
    expect(definition.look({ error: "ENOTFOUND" }, named).finding.detail).toContain(
      "logger.example.com must lead to the gateway at 20.31.0.7 in public DNS.",
    );
  });

  it("asks at the ingress host", () => {
    const definition = verificationDefinition("verifyIngress");
    expect(definition.kind === "http" && definition.url(input)).toBe("http://20.31.0.7.nip.io/ping");
  });
});

describe("verifyBackendHealth", () => {
  const health = (...servers: readonly JsonObject[]): JsonObject => ({
    backendAddressPools: [
      { backendHttpSettingsCollection: [{ servers: [...servers] }] },
      { backendHttpSettingsCollection: [] },
    ],
  });

  it("is proven by healthy servers", () => {
    const look = lookAt(
      "verifyBackendHealth",
      health({ address: "10.0.5.7", health: "Healthy" }, { address: "10.0.5.38", health: "healthy" }),
    );
    expect(look.finding).toEqual({
      id: "verifyBackendHealth",
      ok: true,
      detail: "All 2 backend servers are healthy: 10.0.5.7, 10.0.5.38.",
    });
  });

  it("waits while one is not, and while there is none", () => {
    const unwell = lookAt(
      "verifyBackendHealth",
      health(
        { address: "10.0.5.7", health: "Unhealthy", healthProbeLog: "time-out" },
        { address: "b", health: "Healthy" },
      ),
    );
    expect(unwell).toMatchObject({
      final: false,
      finding: { ok: false, detail: "1 of 2 backend servers are not healthy: 10.0.5.7 Unhealthy (time-out)" },
    });
    expect(lookAt("verifyBackendHealth", health())).toMatchObject({ final: false, finding: { ok: false } });
    expect(lookAt("verifyBackendHealth", {})).toMatchObject({ final: false, finding: { ok: false } });
  });
});

describe("verifyEgressAllowed and verifyEgressRefused (V-5)", () => {
  const logs = (text: string, exitCode = 0) => ({ exitCode, logs: text });
  const reset = "curl: (35) Recv failure: Connection reset by peer\n000";

  it.each([
    ["verifyEgressAllowed", logs("200"), true, true, "A pod reached https://mcr.microsoft.com/v2/: HTTP 200."],
    ["verifyEgressAllowed", logs(reset), true, false, "the connection was cut while TLS began (curl 35)"],
    [
      "verifyEgressRefused",
      logs(reset),
      true,
      true,
      "A pod did not reach https://www.example.com/: the connection was cut while TLS began (curl 35).",
    ],
    [
      "verifyEgressRefused",
      logs("000curl: (28) Connection timed out after 20001 milliseconds\n"),
      true,
      true,
      "no answer came (curl 28)",
    ],
    [
      "verifyEgressRefused",
      logs("curl: (22) The requested URL returned error: 470\n470"),
      true,
      true,
      "an error page came instead (curl 22, HTTP 470)",
    ],
    ["verifyEgressRefused", logs("200"), true, false, "A pod reached https://www.example.com/: HTTP 200."],
    [
      "verifyEgressRefused",
      logs("curl: (6) Could not resolve host: www.example.com\n000"),
      true,
      false,
      "says nothing about the firewall: curl: (6)",
    ],
    ["verifyEgressRefused", logs(""), false, false, "is running"],
    [
      "verifyEgressRefused",
      logs("Error from server (BadRequest): container is waiting to start\n", 1),
      false,
      false,
      "has not run yet: Error from server",
    ],
  ])("%s reads %j", (stepId, answer, final, isOk, words) => {
    const look = lookAt(stepId, answer);
    expect(look.final).toBe(final);
    expect(look.finding.ok).toBe(isOk);
    expect(look.finding.id).toBe(stepId);
    expect(look.finding.detail).toContain(words);
  });

  it("starts a job of its own for every run, with the URL as one argument", () => {
    const definition = verificationDefinition("verifyEgressRefused");
    if (definition.kind !== "command" || definition.begin === undefined)
      throw new Error("The egress proof must be a job.");
    const begun = definition.begin(input);
    expect(begun.command).toBe("kubectl apply --filename manifest.json");
    const [job] = JSON.parse(begun.files["manifest.json"] ?? "").items;
    expect(job.metadata.name).toMatch(/^egress-refused-ritm0010001-1-[0-9a-f]{8}$/);
    expect(job.spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 300 });
    expect(job.spec.template.spec.containers[0].args.at(-1)).toBe("https://www.example.com/");
    expect(definition.read(input).command).toBe(`kubectl logs job/${job.metadata.name} --namespace default`);
    expect(definition.read({ ...input, run: "RITM0010001-2" }).command).not.toBe(definition.read(input).command);
    // Numbers that a job's name cannot tell apart, and one that is too long for it.
    const alike = ["Chg_1-1", "chg_1-1", "chg-1-1", "CHG-1-1", `A_${"b".repeat(60)}`, `A-${"b".repeat(60)}`];
    const names = alike.map(
      (run) =>
        definition
          .read({ ...input, run })
          .command.split(" ")[2]
          ?.slice("job/".length) ?? "",
    );
    expect(new Set(names).size).toBe(alike.length);
    for (const name of names) expect(name).toMatch(/^egress-refused-[a-z0-9-]{1,39}-[0-9a-f]{8}$/);
  });
});
