import { afterEach, describe, expect, it } from "vitest";
import type { FaultAnswer } from "../../local/azure/core/faultScript.ts";
import { type EgressLab, openEgressLab } from "./egressLab.ts";

let lab: EgressLab;
afterEach(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

const inWords = async (): Promise<readonly string[]> =>
  (await lab.cases("?state=open,closed")).map(({ destination, count }) => `${destination.name} ×${count}`).sort();
const findings = async (): Promise<readonly string[]> =>
  (await lab.status()).findings
    .filter(({ isOpen }) => isOpen)
    .map(({ code }) => code)
    .sort();

/** From now on the app's queries end so. */
function failQueries(answer: FaultAnswer, times: number): void {
  lab.world.azure.setFaults([{ match: { path: "/query$", principal: "app" }, when: "begin", answer, times }]);
}

const UNKNOWN_COLUMN = "'where' operator: Failed to resolve scalar expression named 'SourceIp'";
const refusal = (status: number, code: string) => ({ status, code, message: `The service says ${code}.` });

describe("a log that does not answer", () => {
  it.each<readonly [string, FaultAnswer]>([
    ["throttled", { ...refusal(429, "ThrottledError"), headers: { "retry-after": "60" } }],
    ["taking too long", refusal(504, "GatewayTimeout")],
    ["broken", refusal(500, "InternalServerError")],
    ["no longer knowing a column", { ...refusal(400, "BadArgumentError"), message: UNKNOWN_COLUMN }],
    ["reset", "reset"],
    ["answering and never heard", "loseAnswer"],
  ])("is asked again from where it was read to: %s", async (_, answer) => {
    lab = await openEgressLab();
    await lab.minutes(5);
    failQueries(answer, 2);
    lab.refuse({ name: "quay.io" });
    await lab.minutes(30);
    expect(await inWords()).toEqual(["quay.io ×1"]);
    const { counters, failing, findings: stand } = await lab.status();
    expect(counters.failedPassCount).toBe(2);
    expect([failing, stand]).toEqual([undefined, []]);
    expect(lab.alerts()).toHaveLength(1);
  });

  it("is left alone for as long as it wants to be", async () => {
    lab = await openEgressLab();
    await lab.minutes(5);
    failQueries({ ...refusal(429, "ThrottledError"), headers: { "retry-after": "1500" } }, 1);
    lab.refuse({ name: "quay.io" });
    const before = lab.queryCount();
    await lab.minutes(24);
    expect(lab.queryCount() - before).toBe(1);
    const { failing } = await lab.status();
    expect(Date.parse(failing?.retryAt ?? "") - Date.parse(failing?.since ?? "")).toBe(1_500_000);
    await lab.minutes(6);
    expect(await inWords()).toEqual(["quay.io ×1"]);
    expect((await lab.status()).failing).toBeUndefined();
  });

  it("is asked for half as much when it has too much to say", async () => {
    lab = await openEgressLab();
    await lab.minutes(5);
    lab.world.azure.setFaults([{ match: {}, when: "query.partial", answer: refusal(200, "PartialError"), times: 2 }]);
    lab.refuse({ name: "quay.io" });
    await lab.minutes(10);
    expect(await inWords()).toEqual(["quay.io ×1"]);
    expect((await lab.status()).counters.failedPassCount).toBe(2);
  });

  it("is a finding when it goes on, which ends with the first answer, and nothing is lost", async () => {
    lab = await openEgressLab();
    await lab.minutes(5);
    failQueries(refusal(503, "ServiceUnavailable"), 1000);
    lab.refuse({ name: "quay.io" });
    await lab.minutes(30);
    expect(await findings()).toEqual(["LogQueryFails"]);
    expect(lab.alerts()).toEqual([expect.stringMatching(/^opened finding-/)]);
    expect((await lab.status()).failing).toMatchObject({ failure: { status: 503 } });
    // Three hours later it is read in slices of half an hour, one after the other.
    lab.refuse({ name: "late.example" });
    await lab.minutes(150);
    lab.world.azure.setFaults([]);
    const queries = lab.queryCount();
    const { readTo } = await lab.status();
    expect(Date.parse(readTo ?? "")).toBeLessThan(lab.world.clock.now() - 170 * 60_000);
    await lab.minutes(6);
    expect(lab.queryCount() - queries).toBeGreaterThanOrEqual(6);
    expect((await lab.status()).freshnessSeconds).toBeLessThan(8 * 60);
    expect(await inWords()).toEqual(["late.example ×1", "quay.io ×1"]);
    expect(await findings()).toEqual([]);
    expect(lab.alerts().filter((alert) => alert.startsWith("closed finding-"))).toHaveLength(1);
  });
});

describe("the way from the firewall to the log", () => {
  it("is watched itself: the right to read, the setting, the workspace, silence", async () => {
    lab = await openEgressLab();
    const { arm, settingId } = lab;
    await lab.minutes(10);
    expect(await findings()).toEqual([]);
    const { properties } = (await arm("GET", settingId)).body;
    const some = properties.logs.filter(
      ({ category }: { readonly category: string }) => category !== "AZFWNetworkRule",
    );
    await arm("PUT", settingId, { properties: { ...properties, logs: some } });
    await lab.minutes(6);
    expect(await findings()).toEqual(["DiagnosticSettingChanged"]);
    expect((await lab.status()).findings[0]?.sentence).toMatch(/AZFWNetworkRule/i);
    await arm("DELETE", settingId);
    await lab.minutes(6);
    expect(await findings()).toEqual(["DiagnosticSettingMissing"]);
    // Without the setting no row comes any more.
    await lab.minutes(90);
    expect(await findings()).toEqual(["DiagnosticSettingMissing", "LogSilent"]);
    await arm("PUT", settingId, { properties });
    await lab.minutes(40);
    expect(await findings()).toEqual([]);
    const told = lab.alerts();
    expect(told.filter((alert) => alert.startsWith("opened finding-"))).toHaveLength(3);
    expect(told.filter((alert) => alert.startsWith("closed finding-"))).toHaveLength(3);
    failQueries(refusal(403, "InsufficientAccessError"), 1);
    await lab.minutes(5);
    expect(await findings()).toEqual(["LogQueryRefused"]);
    await lab.minutes(5);
    expect(await findings()).toEqual([]);
  });
});

describe("a workspace", () => {
  it("that is deleted is a finding of its own, with what to do, and no reading of nothing", async () => {
    lab = await openEgressLab();
    await lab.minutes(10);
    const before = (await lab.status()).readTo;
    await lab.arm("DELETE", lab.workspaceId);
    await lab.minutes(16);
    const { readTo, failing, findings: stand } = await lab.status();
    expect(stand).toMatchObject([{ code: "WorkspaceGone", severity: "high", isOpen: true }]);
    expect(stand[0]?.sentence).toContain("is gone: nothing that the firewall refuses is seen any more");
    expect(stand[0]?.advice).toContain("workspace recover");
    expect(failing?.failure).toMatchObject({ status: 404, advice: expect.not.stringContaining("steps") });
    expect(readTo).toBe(before);
    expect(lab.alerts()).toEqual([expect.stringMatching(/^opened finding-seed-workspacegone-/)]);
  });

  it("with rows of the legacy log alone makes the same cases of its sentences", async () => {
    lab = await openEgressLab();
    const at = new Date(lab.world.clock.now()).toISOString();
    const row = (kind: "Network" | "Application", msg_s: string) => ({
      ingestedAt: at,
      row: {
        TimeGenerated: at,
        _ResourceId: lab.firewallId.toLowerCase(),
        ResourceType: "AZUREFIREWALLS",
        Category: `AzureFirewall${kind}Rule`,
        OperationName: `AzureFirewall${kind}RuleLog`,
        msg_s,
      },
    });
    lab.world.azure.addLogRows(lab.workspaceId, "AzureDiagnostics", [
      row("Network", "TCP request from 10.0.5.4:1234 to 1.2.3.4:22. Action: Deny."),
      row("Network", "ICMP Type=8 request from 10.0.5.4 to 1.2.3.4. Action: Deny.. "),
      row("Application", "HTTPS request from 10.0.5.4:55611. Action: Deny. Reason: SNI TLS extension was missing."),
      row(
        "Application",
        "HTTP  request from 10.0.5.4:55612 to example.com:80. Url: example.com/a. Action: Deny. No rule matched. Proceeding with default action",
      ),
      row("Network", "TCP request from 10.0.5.4:1235 to 6.6.6.6:443. Action: Deny. ThreatIntel: Bot Networks"),
    ]);
    await lab.minutes(10);
    const told = (await lab.cases()).map(
      ({ class: of, destination, port, protocol, reason, proposal, sources }) =>
        `${of} ${destination.name}:${port ?? "-"} ${protocol} ${reason} ${proposal === undefined ? "no rule" : "a rule"} ${sources[0]?.pool}`,
    );
    expect(told.sort()).toEqual([
      "application 1.2.3.4:- ICMP default a rule nodepool1",
      "application 1.2.3.4:22 TCP default a rule nodepool1",
      "application :- HTTPS sniMissing no rule nodepool1",
      "application example.com:80 HTTP default a rule nodepool1",
      "threat 6.6.6.6:443 TCP threatIntelligence no rule nodepool1",
    ]);
  });
});

describe("a host that is killed", () => {
  it("counts every refused connection once, and tells of each case once, wherever it was", async () => {
    for (const distance of [1, 2, 3, 4, 5, 6]) {
      lab = await openEgressLab();
      const { world } = lab;
      await lab.minutes(5);
      lab.refuse({ name: "quay.io" }, { name: "mcr.microsoft.com" }, { name: "quay.io", sourcePort: 2 });
      for (let kill = 0; kill < 2; kill++) {
        const count = world.azure.requests.length + distance;
        const end = world.clock.now() + 10 * 60_000;
        await lab.until(() => world.azure.requests.length >= count || world.clock.now() >= end);
        await world.crashAndRestart();
      }
      await lab.minutes(21);
      expect(await inWords(), `after ${distance} requests`).toEqual(["mcr.microsoft.com ×1", "quay.io ×2"]);
      expect(lab.alerts().filter((alert) => alert.startsWith("opened")).length, `after ${distance}`).toBe(2);
      expect(new Set(lab.alerts()).size, `after ${distance}`).toBe(lab.alerts().length);
      expect((await lab.state()).running, `after ${distance}`).toBeUndefined();
      if (distance < 6) await world.close();
    }
  });
});
