import { OperationalInsightsManagementClient } from "@azure/arm-operationalinsights";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type AksLab, operatorCredential, startAksLab } from "./aksLab.ts";

let lab: AksLab;
let client: OperationalInsightsManagementClient;
beforeAll(async () => {
  lab = await startAksLab();
  const { azure } = lab.net;
  client = new OperationalInsightsManagementClient(operatorCredential(lab.net), azure.subscriptionId, {
    endpoint: azure.armUrl,
    tlsOptions: { ca: azure.caPem },
  });
});
afterAll(() => lab.stop());

const workspaceId = () => `${lab.net.group}/providers/Microsoft.OperationalInsights/workspaces/log-1`;
const outcome = (path: string, body: JsonObject, apiVersion = "2021-05-01-preview") => lab.put(path, body, apiVersion);

describe("workspaces", () => {
  it("are made in 30 s with a customer id of their own", async () => {
    const poller = client.workspaces.createOrUpdate("lab", "log-1", {
      location: "westeurope",
      sku: { name: "PerGB2018" },
      retentionInDays: 30,
    });
    await poller.submitted();
    await lab.advance(29);
    expect((await client.workspaces.get("lab", "log-1")).provisioningState).toBe("Creating");
    await lab.advance(1);
    const workspace = await client.workspaces.get("lab", "log-1");
    expect(workspace.provisioningState).toBe("Succeeded");
    expect(workspace.customerId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("keep their customer id over updates, and come back with it when made again after a deletion", async () => {
    const customerId = (await client.workspaces.get("lab", "log-1")).customerId;
    outcome(workspaceId(), { location: "westeurope", tags: { a: "b" }, properties: {} });
    await lab.advance(30);
    expect((await client.workspaces.get("lab", "log-1")).customerId).toBe(customerId);
    await client.workspaces.delete("lab", "log-1");
    outcome(workspaceId(), { location: "westeurope", properties: {} });
    await lab.advance(30);
    expect((await client.workspaces.get("lab", "log-1")).customerId).toBe(customerId);
  });

  it("are new after the 14 days in which a deleted one is kept", async () => {
    const customerId = () => (lab.get(workspaceId()).properties as JsonObject).customerId;
    const before = customerId();
    await client.workspaces.delete("lab", "log-1");
    await lab.advance(15 * 24 * 60 * 60);
    outcome(workspaceId(), { location: "westeurope", properties: {} });
    await lab.advance(30);
    expect(customerId()).not.toBe(before);
  });

  it("refuse bad names, SKUs and retentions", () => {
    const at = (name: string) => `${lab.net.group}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
    expect(outcome(at("-x"), { location: "westeurope", properties: {} })).toBe("400 InvalidParameter");
    expect(outcome(at("log-2"), { location: "westeurope", properties: { sku: { name: "Gold" } } })).toBe(
      "400 InvalidParameter",
    );
    expect(outcome(at("log-2"), { location: "westeurope", properties: { retentionInDays: 9999 } })).toBe(
      "400 InvalidParameter",
    );
  });
});

describe("diagnosticSettings", () => {
  const setting = (name: string) =>
    `${lab.net.id("azureFirewalls/fw")}/providers/Microsoft.Insights/diagnosticSettings/${name}`;
  const body = (logs: JsonObject[], more: JsonObject = {}): JsonObject => ({
    properties: { workspaceId: workspaceId(), logAnalyticsDestinationType: "Dedicated", logs, ...more },
  });

  it("are answered at once and show every category of the resource, the others as off", () => {
    expect(outcome(setting("to-log"), body([{ category: "AZFWNetworkRule", enabled: true }]))).toBe("201");
    const { logs } = lab.get(setting("to-log"), "2021-05-01-preview").properties as { logs: JsonObject[] };
    expect(logs).toHaveLength(15);
    expect(logs.filter((log) => log.enabled === true).map((log) => log.category)).toEqual(["AZFWNetworkRule"]);
  });

  it.each([
    [
      "a category that the resource does not have",
      () => body([{ category: "kube-audit", enabled: true }]),
      "400 BadRequest",
    ],
    [
      "no destination",
      () => ({ properties: { logs: [{ category: "AZFWNetworkRule", enabled: true }] } }),
      "400 BadRequest",
    ],
    ["nothing to send", () => body([]), "400 BadRequest"],
    [
      "a workspace that is not there",
      () => body([{ category: "AZFWNatRule", enabled: true }], { workspaceId: `${workspaceId()}-gone` }),
      "400 InvalidResourceReference",
    ],
    [
      "a storage account, not built",
      () => body([{ category: "AZFWNatRule", enabled: true }], { storageAccountId: "/subscriptions/x" }),
      "501 NotImplemented",
    ],
    [
      "a category that another setting sends there",
      () => body([{ category: "AZFWNetworkRule", enabled: true }]),
      "409 Conflict",
    ],
  ])("refuse %s", (_what, sent, expected) => {
    expect(outcome(setting("second"), sent())).toBe(expected);
  });

  it("refuse resources that have no logs", () => {
    const path = `${lab.net.id("routeTables/aks-rt")}/providers/Microsoft.Insights/diagnosticSettings/x`;
    expect(outcome(path, body([{ category: "AZFWNetworkRule", enabled: true }]))).toBe("400 ResourceTypeNotSupported");
  });

  it("need the right to the workspace's keys", () => {
    lab.grant(lab.agicIdentity, "reader", lab.net.group);
    const { principalId: objectId, clientId: appId } = lab.agicIdentity;
    const principal = { objectId, appId, kind: "ServicePrincipal", displayName: "agic" } as const;
    lab.grant(lab.agicIdentity, "contributor", lab.net.id("azureFirewalls/fw"));
    return lab.advance(60).then(() => {
      const answer = lab.net.world.armRequest({
        principal,
        method: "PUT",
        path: setting("third"),
        apiVersion: "2021-05-01-preview",
        body: body([{ category: "AZFWNatRule", enabled: true }]),
      });
      expect(answer.status).toBe(403);
      expect(JSON.stringify(answer.body)).toContain("Microsoft.OperationalInsights/workspaces/sharedKeys/action");
    });
  });
});

describe("dataCollectionRules and their associations", () => {
  const STREAM = "Microsoft-ContainerInsights-Group-Default";
  const ruleId = () => `${lab.net.group}/providers/Microsoft.Insights/dataCollectionRules/MSCI-westeurope-aks`;
  const rule = (more: JsonObject = {}): JsonObject => ({
    location: "westeurope",
    kind: "Linux",
    properties: {
      dataSources: {
        extensions: [{ name: "ContainerInsightsExtension", streams: [STREAM], extensionName: "ContainerInsights" }],
      },
      destinations: { logAnalytics: [{ name: "ciworkspace", workspaceResourceId: workspaceId() }] },
      dataFlows: [{ streams: [STREAM], destinations: ["ciworkspace"] }],
      ...more,
    },
  });

  it("are kept with an immutable id, and sit on the cluster", async () => {
    expect(outcome(ruleId(), rule(), "2023-03-11")).toBe("201");
    expect(lab.get(ruleId(), "2023-03-11")).toMatchObject({
      kind: "Linux",
      properties: { immutableId: expect.stringMatching(/^dcr-[0-9a-f]{32}$/), provisioningState: "Succeeded" },
    });
    await lab.makeCluster();
    const association = `${lab.clusterId}/providers/Microsoft.Insights/dataCollectionRuleAssociations/ContainerInsightsExtension`;
    expect(outcome(association, { properties: { dataCollectionRuleId: ruleId() } }, "2023-03-11")).toBe("201");
    const removal = lab.net.world.armRequest({
      principal: lab.net.azure.operator,
      method: "DELETE",
      path: ruleId(),
      apiVersion: "2023-03-11",
    });
    expect(removal.status).toBe(409);
  });

  it("refuse flows to nowhere, and associations with nothing", () => {
    expect(
      outcome(`${ruleId()}-2`, rule({ dataFlows: [{ streams: [STREAM], destinations: ["elsewhere"] }] }), "2023-03-11"),
    ).toBe("400 InvalidPayload");
    expect(outcome(`${ruleId()}-2`, rule({ dataFlows: [] }), "2023-03-11")).toBe("400 InvalidPayload");
    const association = `${lab.clusterId}/providers/Microsoft.Insights/dataCollectionRuleAssociations/x`;
    expect(outcome(association, { properties: {} }, "2023-03-11")).toBe("400 InvalidPayload");
  });
});

describe("the monitoring add-on", () => {
  it("needs the right to the workspace's keys, and gets an identity of its own in the node resource group", async () => {
    const addonProfiles = {
      omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspaceId(), useAADAuth: "true" } },
    };
    expect(outcome(lab.clusterId, lab.clusterBody({ addonProfiles }), "2025-05-01")).toBe("200");
    await lab.advance(120);
    expect(lab.get(lab.clusterId)).toMatchObject({
      properties: {
        addonProfiles: {
          omsagent: { enabled: true, identity: { clientId: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
        },
      },
    });
  });
});
