import { isRestError } from "@azure/core-rest-pipeline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { START } from "./coreLab.ts";
import { type LogLab, startLogLab } from "./logLab.ts";

const DAY = { duration: "P1D" } as const;

let lab: LogLab;
beforeAll(async () => {
  lab = await startLogLab();
});
afterAll(() => lab.stop());
afterEach(() => lab.azure.setFaults([]));

function at(secondsAfterStart: number): string {
  return new Date(START + secondsAfterStart * 1000).toISOString();
}

async function reach(secondsAfterStart: number): Promise<void> {
  await lab.clock.advance(Math.max(0, START + secondsAfterStart * 1000 - lab.clock.now()));
}

function denied(secondsAfterStart: number, address: string, ingestedAfterSeconds: number) {
  return {
    row: {
      TimeGenerated: at(secondsAfterStart),
      SourceIp: address,
      SourcePort: 40_000,
      DestinationIp: "1.2.3.4",
      DestinationPort: 9_000,
      Protocol: "TCP",
      Action: "Deny",
    },
    ingestedAt: at(ingestedAfterSeconds),
  };
}

/** Status, code and the innermost code and message of a refusal. */
async function refusal(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (!isRestError(error)) throw error;
    const { error: outer } = error.details as {
      readonly error: { readonly code: string; readonly message: string; readonly innererror?: Inner };
    };
    const inner = outer.innererror?.innererror ?? outer.innererror;
    return [error.statusCode, outer.code, outer.innererror?.code, inner?.code, inner?.message ?? outer.message];
  }
  throw new Error("It was not refused.");
}

interface Inner {
  readonly code: string;
  readonly message: string;
  readonly innererror?: Inner;
}

describe("the query service, asked by Microsoft's own client", () => {
  it("does not know a table before its first row, as Azure does not", async () => {
    const query = "AZFWNetworkRule | where Action == 'Deny'";
    expect(await refusal(lab.client().queryWorkspace(lab.customerId, query, DAY))).toEqual([
      400,
      "BadArgumentError",
      "SemanticError",
      "SEM0100",
      "'where' operator: Failed to resolve table or column expression named 'AZFWNetworkRule'",
    ]);
    const fuzzy = "union isfuzzy=true AZFWNetworkRule, AZFWThreatIntel | count";
    expect((await refusal(lab.client().queryWorkspace(lab.customerId, fuzzy, DAY)))[4]).toContain("'union' operator");
    const padded = "union isfuzzy=true (datatable(SourceIp: string)[]), AZFWNetworkRule | count";
    expect(await lab.ask(padded)).toEqual([{ Count: 0 }]);
  });

  it("shows rows when they are ingested, in Azure's types, and by both audiences", async () => {
    lab.azure.addLogRows(lab.workspaceId, "AZFWNetworkRule", [denied(0, "10.0.5.4", 60), denied(100, "10.0.5.5", 600)]);
    const query =
      "AZFWNetworkRule | project TimeGenerated, SourceIp, SourcePort, In = ingestion_time(), Bag = dynamic({'a': [1]})";
    await reach(60);
    expect(await lab.ask(query)).toMatchObject([
      { TimeGenerated: new Date(START), SourceIp: "10.0.5.4", SourcePort: 40_000, In: new Date(START + 60_000) },
    ]);
    await reach(600);
    const client = lab.client(lab.azure.operator, "https://api.loganalytics.azure.com");
    const result = await client.queryWorkspace(lab.customerId, query, DAY);
    expect(result).toMatchObject({
      status: "Success",
      tables: [
        {
          name: "PrimaryResult",
          columnDescriptors: [
            { name: "TimeGenerated", type: "datetime" },
            { name: "SourceIp", type: "string" },
            { name: "SourcePort", type: "int" },
            { name: "In", type: "datetime" },
            { name: "Bag", type: "dynamic" },
          ],
        },
      ],
    });
    expect(result.status === "Success" && result.tables[0]?.rows).toHaveLength(2);
  });

  it("looks only at rows within the timespan of the request", async () => {
    const timespan = { startTime: new Date(START + 5_000), endTime: new Date(START + 3_600_000) };
    const result = await lab.client().queryWorkspace(lab.customerId, "AZFWNetworkRule | count", timespan);
    expect(result.status === "Success" && result.tables[0]?.rows).toEqual([[1]]);
  });

  it("answers several queries in one batch, each with its own end", async () => {
    const [first, second] = await lab.client().queryBatch([
      { workspaceId: lab.customerId, query: "AZFWNetworkRule | count", timespan: DAY },
      { workspaceId: lab.customerId, query: "AZFWNetworkRule | where Nowhere == 1", timespan: DAY },
    ]);
    expect(first).toMatchObject({ status: "Success", tables: [{ rows: [[2]] }] });
    expect(second).toMatchObject({ partialError: { code: "BadArgumentError" } });
  });

  it("refuses what the parser refuses, and says where", async () => {
    const ask = (query: string) => refusal(lab.client().queryWorkspace(lab.customerId, query, DAY));
    expect(await ask("AZFWNetworkRule | wher SourceIp == ''")).toEqual([
      400,
      "BadArgumentError",
      "SyntaxError",
      "SYN0002",
      "Query could not be parsed at 'wher' on line [1,18]",
    ]);
    expect(await ask("AZFWNetworkRule | where Nowhere == 1")).toEqual([
      400,
      "BadArgumentError",
      "SemanticError",
      "SEM0100",
      "'where' operator: Failed to resolve column or scalar expression named 'Nowhere'",
    ]);
    expect((await ask("AZFWNetworkRule | where nowhere(1) == 1"))[3]).toBe("SEM0260");
    expect(await ask("AZFWNetworkRule | make-series count() on TimeGenerated step 1m")).toMatchObject({
      0: 501,
      1: "NotImplementedInLocalAzure",
    });
  });

  it("asks for the right to query, and for the right to each table", async () => {
    const reader = await lab.identity(await lab.group("rg-reader"), "id-reader");
    await lab.clock.advance(60_000);
    const query = "AZFWNetworkRule | count";
    const ask = (): Promise<unknown> => lab.client(reader).queryWorkspace(lab.customerId, query, DAY);
    expect(await refusal(ask())).toMatchObject({ 0: 403, 1: "InsufficientAccessError" });
    const roleId = `${lab.subscription}/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-4000-8000-0000000000a1`;
    const permissions = (table: string) => ({
      properties: {
        roleName: "One table",
        assignableScopes: [lab.subscription],
        permissions: [
          {
            actions: [
              "Microsoft.OperationalInsights/workspaces/query/read",
              `Microsoft.OperationalInsights/workspaces/query/${table}/read`,
            ],
          },
        ],
      },
    });
    await lab.send("PUT", roleId, { body: permissions("AZFWThreatIntel"), apiVersion: "2022-04-01" });
    await lab.grant(reader, "00000000-0000-4000-8000-0000000000a1", lab.workspaceId);
    expect((await refusal(ask()))[3]).toBe("SEM0100");
    await lab.send("PUT", roleId, { body: permissions("AZFWNetworkRule"), apiVersion: "2022-04-01" });
    await lab.clock.advance(60_000);
    expect(await lab.ask(query, reader)).toEqual([{ Count: 2 }]);
  });

  it("knows no other workspaces and audiences", async () => {
    const other = "00000000-0000-4000-8000-00000000ffff";
    expect(await refusal(lab.client().queryWorkspace(other, "print 1", DAY))).toMatchObject({
      0: 404,
      1: "WorkspaceNotFoundError",
    });
    const wrong = lab.client(lab.azure.operator, "https://management.azure.com");
    expect(await refusal(wrong.queryWorkspace(lab.customerId, "print 1", DAY))).toMatchObject({
      0: 403,
      1: "InvalidTokenError",
    });
  });

  it("fails by script: throttled, timed out, partial", async () => {
    const match = { path: "^/v1/workspaces/" };
    const fail = (status: number, code: string, headers = {}) => ({
      match,
      when: "begin",
      answer: { status, code, message: "By script.", headers },
    });
    lab.azure.setFaults([fail(429, "ThrottledError", { "retry-after": "7" }), fail(504, "GatewayTimeout")]);
    const ask = () => lab.client().queryWorkspace(lab.customerId, "AZFWNetworkRule | project SourceIp", DAY);
    expect(await refusal(ask())).toMatchObject({ 0: 429, 1: "ThrottledError" });
    expect(await refusal(ask())).toMatchObject({ 0: 504, 1: "GatewayTimeout" });
    const partial = { status: 500, code: "x", message: "x" };
    lab.azure.setFaults([{ match: { path: "/log-hub$" }, when: "query.partial", answer: partial }]);
    expect(await ask()).toMatchObject({
      status: "PartialFailure",
      partialError: { code: "PartialError" },
      partialTables: [{ rows: [["10.0.5.4"]] }],
    });
    expect(await ask()).toMatchObject({ status: "Success" });
  });

  it("throttles the 201st query of half a minute", async () => {
    await lab.clock.advance(60_000);
    const client = lab.client();
    for (let index = 0; index < 200; index++) await client.queryWorkspace(lab.customerId, "print 1", DAY);
    expect(await refusal(client.queryWorkspace(lab.customerId, "print 1", DAY))).toMatchObject({
      0: 429,
      1: "ThrottledError",
    });
    await lab.clock.advance(31_000);
    expect(await lab.ask("print x = 1")).toEqual([{ x: 1 }]);
  });
});
