import { createEmptyPipeline, createHttpHeaders, type PipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { azureClients } from "../../src/azure/azureClients.ts";
import { logAnswer, logsClient } from "../../src/azure/logsClient.ts";
import { loadConfig } from "../../src/config.ts";
import { kql } from "../../src/resources/kql.ts";

const answer = (status: number, body: unknown, retryAfterSeconds?: number) =>
  logAnswer({
    customerId: "c0ffee",
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
const primary = { name: "PrimaryResult", columns: [{ name: "Part", type: "string" }], rows: [["clock"]] };
const error = (code: string, message: string, inner?: { readonly code: string; readonly message: string }) => ({
  error: {
    code,
    message,
    ...(inner === undefined ? {} : { innererror: { code: "SemanticError", innererror: inner } }),
  },
});

describe("an answer of the log", () => {
  it("is its rows when it is whole", () => {
    expect(answer(200, { tables: [primary] })).toEqual({ kind: "rows", columns: ["Part"], rows: [["clock"]] });
  });

  it("is too much when it is partial: nobody knows which rows are missing", () => {
    const partial = { tables: [primary], ...error("PartialError", "The result is too large.") };
    expect(answer(200, partial)).toMatchObject({ kind: "tooMuch", failure: { code: "PartialError" } });
  });

  it.each([
    [504, error("GatewayTimeout", "Took too long."), "tooMuch"],
    [413, "too large", "tooMuch"],
    [429, error("ThrottledError", "Too many requests."), "busy"],
    [500, "<html>", "busy"],
    [503, "", "busy"],
    [408, "", "busy"],
    [200, "<html>a proxy</html>", "busy"],
    [400, error("BadArgumentError", "The request had some invalid properties"), "refused"],
    [403, error("InsufficientAccessError", "Insufficient access."), "refused"],
    [404, error("WorkspaceNotFoundError", "The workspace was not found."), "refused"],
  ])("of %i with %j is %s", (status, body, kind) => {
    expect(answer(status, body).kind).toBe(kind);
  });

  it("says how long to wait", () => {
    expect(answer(429, "", 7)).toMatchObject({ kind: "busy", retryAfterSeconds: 7, failure: { status: 429 } });
  });

  it("says what the log says when it does not take a question, the innermost too", () => {
    const unresolved = error("BadArgumentError", "The request had some invalid properties", {
      code: "SEM0100",
      message: "'where' operator: Failed to resolve table or column expression named 'KubePodInventory'",
    });
    expect(answer(400, unresolved)).toMatchObject({
      kind: "refused",
      failure: {
        code: "BadArgumentError",
        message:
          "The request had some invalid properties 'where' operator: Failed to resolve table or column expression named 'KubePodInventory'",
        resourceId: "workspace c0ffee",
        advice: expect.stringContaining("the columns of a table have changed"),
      },
    });
  });
});

describe("a question to the log", () => {
  const config = loadConfig({
    AZURE_SUBSCRIPTION_ID: "00000000-0000-0000-0000-000000000001",
    AZURE_CLIENT_ID: "00000000-0000-0000-0000-000000000002",
    LOGS_ENDPOINT: "https://logs.example.com/v1/",
  });
  const question = { query: kql`print 1`, startTime: "2026-11-02T08:00:00.000Z", endTime: "2026-11-02T09:00:00.000Z" };

  /** A wire on which every request ends in the same way. */
  function asked(end: (request: PipelineRequest) => string) {
    const wire = {
      sendRequest: async (request: PipelineRequest) => ({
        request,
        bodyAsText: end(request),
        headers: createHttpHeaders({ "retry-after": "9" }),
        status: 429,
      }),
    };
    const client = Object.assign(Object.create(null), { pipeline: createEmptyPipeline() });
    const clients = { ...azureClients(config), http: async () => wire, logs: async () => client };
    return logsClient(clients).query("c0ffee", question);
  }

  it("goes to the workspace's own address, with its span of time and a time to work", async () => {
    const sent: PipelineRequest[] = [];
    const answered = await asked((request) => {
      sent.push(request);
      return "";
    });
    expect(answered).toMatchObject({ kind: "busy", retryAfterSeconds: 9 });
    expect(sent[0]).toMatchObject({ method: "POST", url: "https://logs.example.com/v1/workspaces/c0ffee/query" });
    expect(sent[0]?.headers.get("prefer")).toBe("wait=120");
    expect(JSON.parse(String(sent[0]?.body))).toEqual({
      query: "print 1",
      timespan: "2026-11-02T08:00:00.000Z/2026-11-02T09:00:00.000Z",
    });
  });

  it("that gets no answer may get one later; one that takes too long may be made smaller", async () => {
    const reset = () => {
      throw new Error("read ECONNRESET");
    };
    expect(await asked(reset)).toMatchObject({ kind: "busy", failure: { code: "NoAnswer" } });
    const late = () => {
      throw Object.assign(new Error("The operation was aborted."), { name: "AbortError" });
    };
    expect(await asked(late)).toMatchObject({ kind: "tooMuch", failure: { code: "NoAnswer" } });
  });
});
