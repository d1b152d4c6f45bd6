import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { renderSummary } from "../../src/cli/renderSummary.ts";
import { cellWidth } from "../../src/cli/textLayout.ts";
import { sampleStatus, sampleStep, succeededStatus } from "./sampleStatus.ts";

const view = { columns: 100, color: false };

describe("renderSummary", () => {
  it("says what was built, where it is, what was verified, how long it took and what was asked of Azure", () => {
    const text = renderSummary(succeededStatus(), { ...view, realSeconds: 24 });
    expect(text).toContain("✔ RITM0000001: The environment blog is built and verified.");
    expect(text).toContain("dzhubvnet, dzfw-pip");
    expect(text).toContain("http://20.31.0.9.nip.io/");
    expect(text).toContain("✔ www.example.com was refused by the firewall.");
    expect(text).toContain("14 min 21 s in Azure, 24 s here");
    expect(text).toContain("critical path 14 min, one after another 40 min (2.8 × as long)");
    expect(text).toContain("4 writes, 57 reads");
  });

  it("says that nothing was written when nothing was", () => {
    const steps = sampleStatus().steps.map((step) => ({ ...step, state: "unchanged" as const }));
    const text = renderSummary(succeededStatus({ steps, azure: { reads: 60, writes: 0, failures: 0 } }), view);
    expect(text).toContain("0 writes, 60 reads, none refused; everything was right already, nothing was written");
    expect(text).toContain("0 written, 6 right already");
  });

  it("names the failed step, Azure's code and text, and what to do", () => {
    const failure = {
      code: "QuotaExceeded",
      status: 409,
      message: "Exceeding approved Total Regional Cores quota.",
      advice: "Ask for more cores, then retry the ticket.",
      stepId: "cluster",
    };
    const text = renderSummary(sampleStatus({ state: "failed", summary: "Failed.", failure }), view);
    expect(text).toContain("✘ RITM0000001: failed at: Cluster dzk8s");
    expect(text).toMatch(/Code +QuotaExceeded \(HTTP 409\)/);
    expect(text).toMatch(/Message +Exceeding approved/);
    expect(text).toMatch(/What to do +Ask for more cores/);
    expect(text).not.toContain("critical path");
  });

  it("does not call an operation successful whose verification failed or was never made", () => {
    const failed = { id: "verifyIngress", ok: false, detail: "No answer." };
    expect(renderSummary(succeededStatus({ verification: [failed] }), view)).toContain("✘ RITM0000001");
    expect(renderSummary(succeededStatus({ verification: [] }), view)).toContain("✘ RITM0000001");
  });

  it("sets a run that found much right already beside no whole one", () => {
    const [first, ...others] = succeededStatus().steps;
    if (first === undefined) throw new Error("The sample has no steps.");
    const steps = [{ ...first, kind: "resource" as const, state: "unchanged" as const }, ...others];
    const text = renderSummary(succeededStatus({ steps }), view);
    expect(text).toContain("14 min 21 s");
    expect(text).not.toContain("as long");
  });

  it("cuts no address", () => {
    const clusterFqdn = "secureaks1-securek8s-000000-1h69iwh.hcp.westeurope.azmk8s.io";
    const outputs = { ...succeededStatus().outputs, clusterFqdn };
    for (const columns of [80, 100]) {
      expect(renderSummary(succeededStatus({ outputs }), { ...view, columns })).toContain(clusterFqdn);
    }
  });

  it("leaves out the guids of role assignments", () => {
    const id = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Authorization/roleAssignments/";
    const guid = "00000000-0000-0000-0000-00000000000a";
    const steps = [sampleStep({ id: "role", state: "done", resourceId: id + guid })];
    expect(renderSummary(succeededStatus({ steps }), view)).not.toContain(guid);
  });

  it("keeps within the window", () => {
    for (const columns of [41, 60, 100]) {
      const lines = renderSummary(succeededStatus(), { columns, color: true }).split("\n");
      expect(Math.max(...lines.map((line) => cellWidth(stripVTControlCharacters(line))))).toBeLessThanOrEqual(columns);
    }
  });

  it("says of a decommission what was deleted and what was left, and why", () => {
    const deletion = { kind: "deletion", state: "done" } as const;
    const group = "/subscriptions/0/resourceGroups/rg-hub";
    const firewall = `${group}/providers/Microsoft.Network/azureFirewalls/afw`;
    const status = succeededStatus({
      summary: "Taken down: 1 deleted, 1 left, as the steps say.",
      outputs: {},
      verification: [],
      steps: [
        sampleStep({ ...deletion, id: "firewall", title: "Delete Azure Firewall afw", resourceId: firewall }),
        sampleStep({
          ...deletion,
          id: "networkGroup",
          title: "Delete Resource group rg-hub",
          state: "unchanged",
          resourceId: group,
          detail: "left: it holds somebody-elses",
        }),
      ],
    });
    const text = renderSummary(status, { columns: 100, color: false });
    expect(text).toContain("✔ RITM0000001: Taken down");
    expect(text).toMatch(/Deleted +1 resources\n +rg-hub\n +afw/);
    expect(text).toMatch(/Left +rg-hub: it holds somebody-elses/);
  });
});
