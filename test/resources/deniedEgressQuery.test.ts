import { describe, expect, it } from "vitest";
import { type DeniedEgressQuestion, deniedEgressQuery } from "../../src/resources/deniedEgressQuery.ts";
import { kqlColumns } from "../harness/kqlAnalysis.ts";

const question: DeniedEgressQuestion = {
  firewallId:
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/azureFirewalls/fw",
  sourcePrefixes: ["10.0.5.0/24", "10.0.6.0/24"],
  from: "2026-11-02T08:00:00Z",
  to: "2026-11-02T08:30:00Z",
  needed: ["mcr.microsoft.com", ".data.mcr.microsoft.com"],
};

describe("the question about denied egress", () => {
  it("answers with the columns that are read", () => {
    expect(kqlColumns(deniedEgressQuery(question).query.text)).toEqual([
      "Part:string",
      "Slice:datetime",
      "Kind:string",
      "Firewall:string",
      "SourceIp:string",
      "Prefix:string",
      "Target:string",
      "Port:int",
      "Protocol:string",
      "Reason:string",
      "Rule:string",
      "Count:long",
      "FirstAt:datetime",
      "LastAt:datetime",
      "DestinationCount:long",
      "TableName:string",
      "NewestAt:datetime",
      "RowCount:long",
      "LagSeconds:real",
      "LogTime:datetime",
    ]);
  });

  it("asks for a span of time that holds every row which can be ingested in the window", () => {
    const { startTime, endTime } = deniedEgressQuery(question);
    expect(startTime).toBe("2026-10-31T07:00:00.000Z");
    expect(endTime).toBe("2026-11-03T08:30:00.000Z");
  });

  it("is not made without a prefix: it would ask for the rows of everybody behind the firewall", () => {
    expect(() => deniedEgressQuery({ ...question, sourcePrefixes: [] })).toThrow("needs a member");
  });
});
