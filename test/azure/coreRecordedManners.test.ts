import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type CoreLab, errorOf, startCoreLab } from "./coreLab.ts";

/**
 * What recorded answers of the real Azure look like, said in our own words.
 * Sources: kubernetes-sigs/cloud-provider-azure pkg/azclient (testdata of routetable, subnet, virtualnetwork, publicipaddress,
 * ipgroup, identity and managedcluster clients); Azure/azure-cli-extensions src/azure-firewall (test_azure_firewall_policy,
 * test_azure_firewall_zones). Read 2026-11.
 */
describe("answers as they were recorded", () => {
  let lab: CoreLab;
  let group: string;
  const network = (path: string) => `${group}/providers/Microsoft.Network/${path}`;
  const located = (properties: JsonObject = {}) => ({ location: "westeurope", properties });

  beforeAll(async () => {
    lab = await startCoreLab();
    group = await lab.group("recorded");
  });
  afterAll(() => lab.stop());

  it("leave out the details of what ARM itself refuses, and show the empty list of what the network provider refuses", async () => {
    const missing = await lab.send("GET", network("routeTables/missing"));
    const nowhere = await lab.send(
      "GET",
      `${lab.subscription}/resourceGroups/nowhere/providers/Microsoft.Network/routeTables`,
    );
    expect([Object.keys(errorOf(missing)), Object.keys(errorOf(nowhere))]).toEqual([
      ["code", "message"],
      ["code", "message"],
    ]);
    await lab.send("PUT", network("routeTables/parent"), { body: located() });
    const child = await lab.send("GET", network("routeTables/parent/routes/missing"));
    expect(child.outcome).toBe("404 NotFound");
    expect(errorOf(child).details).toEqual([]);
  });

  it("carry an ETag header on GET and none on PUT", async () => {
    const written = await lab.send("PUT", network("routeTables/etags"), { body: located() });
    expect(written.body.etag).toMatch(/^W\/"/);
    expect(written.headers.etag).toBeUndefined();
    await lab.clock.advance(60_000);
    const read = await lab.send("GET", network("routeTables/etags"));
    expect(read.headers.etag).toBe(read.body.etag);
    expect(read.body.etag).not.toBe(written.body.etag);
  });

  it("quote an If-Match that came without quotes", async () => {
    const answer = await lab.send("PUT", network("routeTables/parent"), {
      body: located(),
      headers: { "if-match": "invalid" },
    });
    expect(answer.outcome).toBe("412 PreconditionFailed");
    expect(errorOf(answer).details[0]?.message).toContain(
      'Etag provided in if-match header W/"invalid" does not match etag W/"',
    );
  });

  it("finish an update that changes nothing at once, and still name an operation", async () => {
    const body = located({ disableBgpRoutePropagation: true });
    await lab.send("PUT", network("routeTables/same"), { body });
    await lab.clock.advance(60_000);
    const again = await lab.send("PUT", network("routeTables/same"), { body });
    expect(again.status).toBe(200);
    expect((again.body.properties as JsonObject).provisioningState).toBe("Succeeded");
    expect(again.headers["azure-asyncoperation"]).toContain("/Microsoft.Network/locations/westeurope/operations/");
    expect((await lab.send("DELETE", network("routeTables/same"))).status).toBe(202);
  });

  it("show IP groups, firewall policies and their groups in the manner of the provider behind them", async () => {
    const policy = await lab.send("PUT", network("firewallPolicies/fwp"), { body: located() });
    const ipGroup = await lab.send("PUT", network("ipGroups/ipg"), { body: located({ ipAddresses: ["10.0.0.0/24"] }) });
    expect([policy.body.type, ipGroup.body.type]).toEqual([
      "Microsoft.Network/FirewallPolicies",
      "Microsoft.Network/IpGroups",
    ]);
    for (const answer of [policy, ipGroup]) {
      expect(answer.headers["azure-asyncoperation"]).toMatch(/\/locations\/westeurope\/nfvOperations\/[0-9a-f-]{36}\?/);
      expect(answer.headers["azure-asyncnotification"]).toBeUndefined();
      expect(answer.body.etag).toMatch(/^[0-9a-f-]{36}$/);
    }
    await lab.clock.advance(600_000);
    const read = await lab.send("GET", network("firewallPolicies/fwp"));
    expect(read.headers.etag).toBe(`"${read.body.etag}"`);
    const operation = String(policy.headers["azure-asyncoperation"]).replace(/^https:\/\/[^/]+/, "");
    expect((await lab.send("GET", operation, { apiVersion: "" })).body).toEqual({ status: "Succeeded" });

    const rules = await lab.send("PUT", network("firewallPolicies/fwp/ruleCollectionGroups/rcg"), {
      body: { properties: { priority: 200, ruleCollections: [] } },
      headers: {},
    });
    expect(rules.body.type).toBe("Microsoft.Network/FirewallPolicies/RuleCollectionGroups");
    await lab.clock.advance(600_000);
    const gone = await lab.send("DELETE", network("firewallPolicies/fwp/ruleCollectionGroups/rcg"));
    expect(gone.status).toBe(202);
    expect(gone.headers.location).toContain("/nfvOperationResults/");
    await lab.clock.advance(600_000);
    const result = String(gone.headers.location).replace(/^https:\/\/[^/]+/, "");
    expect((await lab.send("GET", result, { apiVersion: "" })).status).toBe(204);
    expect((await lab.send("DELETE", network("ipGroups/ipg"))).status).toBe(200);
    expect((await lab.send("DELETE", network("firewallPolicies/fwp"))).status).toBe(200);
  });

  it("accept the plain etag of a firewall policy in If-Match, and refuse an older one", async () => {
    await lab.send("PUT", network("firewallPolicies/match"), { body: located() });
    await lab.clock.advance(600_000);
    const { etag } = (await lab.send("GET", network("firewallPolicies/match"))).body;
    const send = (ifMatch: string) =>
      lab.send("PUT", network("firewallPolicies/match"), {
        body: located({ threatIntelMode: "Off" }),
        headers: { "if-match": ifMatch },
      });
    expect((await send(String(etag))).status).toBe(200);
    await lab.clock.advance(600_000);
    expect((await send(String(etag))).outcome).toBe("412 PreconditionFailed");
  });

  it("spell the group of an identity's id in lower case, and lead to it", async () => {
    const path = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/who`;
    const made = await lab.send("PUT", path, { body: { location: "westeurope" } });
    const spelled = path.replace("/resourceGroups/", "/resourcegroups/");
    expect(made.body.id).toBe(spelled);
    expect(made.headers.location).toBe(spelled);
    expect((await lab.send("GET", spelled)).body.id).toBe(spelled);
    expect((await lab.send("PUT", path, { body: { location: "westeurope" } })).headers.location).toBeUndefined();
  });

  it("give a refusal of AKS without an envelope, and one of ARM with it", async () => {
    const path = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
    const provider = await lab.send("PUT", path, { body: { location: "westeurope", properties: {} } });
    expect(provider.body).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
      subcode: "",
    });
    expect(provider.body).not.toHaveProperty("error");
    const gateway = await lab.send("PUT", path, { body: { properties: {} } });
    expect(gateway.outcome).toBe("400 LocationRequired");
    expect(gateway.headers["x-ms-failure-cause"]).toBe("gateway");
  });

  it("refuse a body that does not say it is JSON", async () => {
    const body = JSON.stringify(located());
    const plain = await lab.send("PUT", network("routeTables/media"), {
      body,
      headers: { "content-type": "text/plain" },
    });
    expect(plain.outcome).toBe("415 UnsupportedMediaType");
    const json = { "content-type": "application/json; charset=utf-8" };
    expect((await lab.send("PUT", network("routeTables/media"), { body, headers: json })).status).toBe(201);
  });

  it("end the connection after a body that is too large, and say so", async () => {
    const answer = await lab.send("PUT", network("routeTables/large"), { body: "x".repeat(5 * 1024 * 1024) });
    expect(answer.outcome).toBe("413 RequestContentTooLarge");
    expect(answer.headers.connection).toBe("close");
    expect((await lab.send("GET", group)).status).toBe(200);
  });

  it("refuse an api-version that is no date", async () => {
    const answer = await lab.send("GET", group, { apiVersion: "2024-13-45" });
    expect(answer.outcome).toBe("400 InvalidApiVersionParameter");
  });

  it("name the defaults of networks and public addresses", async () => {
    const network1 = await lab.send("PUT", network("virtualNetworks/defaults"), {
      body: located({ addressSpace: { addressPrefixes: ["10.0.0.0/24"] } }),
    });
    const address = await lab.send("PUT", network("publicIPAddresses/defaults"), {
      body: { ...located({ publicIPAllocationMethod: "Static" }), sku: { name: "Standard" } },
    });
    expect(network1.body.properties).toMatchObject({ privateEndpointVNetPolicies: "Disabled" });
    expect(address.body.properties).toMatchObject({ ddosSettings: { protectionMode: "VirtualNetworkInherited" } });
  });
});
