import { Agent, request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { START } from "./coreLab.ts";
import { type LogLab, startLogLab } from "./logLab.ts";

const DAY = { duration: "P1D" } as const;
const LOG_ANALYTICS_READER = "73c42c96-874c-492b-b04d-ab87d138a893";

let lab: LogLab;
let agent: Agent;
let firewallId = "";
let other = { workspaceId: "", customerId: "" };

const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

beforeAll(async () => {
  lab = await startLogLab();
  agent = new Agent({ ca: lab.azure.caPem, keepAlive: true });
  const group = await lab.group("rg-other");
  const workspaceId = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-other`;
  firewallId = `${group}/providers/Microsoft.Network/publicIPAddresses/pip-afw`;
  await lab.send("PUT", workspaceId, { body: { location: "westeurope" } });
  await lab.send("PUT", firewallId, { body: { location: "westeurope", sku: { name: "Standard" }, properties: {} } });
  await lab.clock.advance(60_000);
  const { body } = await lab.send("GET", workspaceId);
  other = { workspaceId, customerId: String((body.properties as { readonly customerId?: string }).customerId) };
  const row = (seconds: number, _ResourceId: string) => ({
    row: { TimeGenerated: at(seconds), Action: "Deny", _ResourceId },
    ingestedAt: at(60),
  });
  lab.azure.addLogRows(lab.workspaceId, "AZFWNetworkRule", [row(0, firewallId.toUpperCase()), row(30, "/elsewhere")]);
  lab.azure.addLogRows(workspaceId, "AZFWNetworkRule", [row(10, firewallId.toLowerCase())]);
  lab.azure.addLogRows(workspaceId, "AZFWThreatIntel", [row(10, "/elsewhere")]);
  await lab.clock.advance(60_000);
});
afterAll(async () => {
  agent.destroy();
  await lab.stop();
});

interface Plain {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request of somebody who has no client, and what comes back. */
async function plain({ method = "POST", path, headers = {}, body }: Plain) {
  const token = await lab.token(lab.azure.operator, "https://api.loganalytics.io");
  const url = `${lab.azure.logsUrl}${path ?? `/workspaces/${lab.customerId}/query`}`;
  const all = { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers };
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const call = request(url, { method, agent, headers: all }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on("error", reject);
    call.end(body);
  });
}

async function json(given: Plain) {
  const { status, text } = await plain(given);
  return { status, body: JSON.parse(text) as Readonly<Record<string, unknown>> };
}

const COUNT = "AZFWNetworkRule | count";
const counted = (count: number) => ({ status: 200, body: { tables: [{ rows: [[count]] }] } });

describe("the query service, asked over plain HTTP", () => {
  it("answers GET as it answers POST, with the query in the URL", async () => {
    const path = `/workspaces/${lab.customerId}/query`;
    const get = (parameters: Readonly<Record<string, string>>) =>
      json({ method: "GET", path: `${path}?${new URLSearchParams(parameters)}` });
    expect(await get({ query: COUNT })).toMatchObject(counted(2));
    expect(await get({ query: COUNT, timespan: `${at(20)}/PT1H` })).toMatchObject(counted(1));
    expect(await get({ query: COUNT, workspaces: `log-other,${other.customerId}` })).toMatchObject(counted(3));
    expect(await get({ timespan: "P1D" })).toMatchObject({
      status: 400,
      body: { error: { code: "BadArgumentError" } },
    });
  });

  it("takes the intersection of the timespans in URL and body", async () => {
    const path = `/workspaces/${lab.customerId}/query?timespan=${encodeURIComponent(`${at(-60)}/${at(20)}`)}`;
    const body = JSON.stringify({ query: COUNT, timespan: "P1D" });
    expect(await json({ path, body })).toMatchObject(counted(1));
    expect(await json({ path, body: JSON.stringify({ query: COUNT, timespan: "yesterday" }) })).toMatchObject({
      status: 400,
    });
  });

  it("answers nothing at all to a POST that has no JSON body or does not call it JSON", async () => {
    expect(await plain({})).toEqual({ status: 200, text: "" });
    const body = JSON.stringify({ query: COUNT });
    expect(await plain({ body, headers: { "content-type": "text/plain" } })).toEqual({ status: 200, text: "" });
  });

  it("refuses in the documented words: no token, bad JSON, other verbs and paths", async () => {
    const error = async (given: Plain) => {
      const { status, body } = await json(given);
      return [status, (body.error as { readonly code: string }).code];
    };
    expect(await error({ headers: { authorization: "Bearer x.y.z" } })).toEqual([403, "InvalidTokenError"]);
    expect(await json({ body: '{"query": ' })).toMatchObject({
      status: 400,
      body: {
        error: {
          code: "BadArgumentError",
          innererror: { code: "QueryValidationError", details: [{ code: "InvalidJsonBody" }] },
        },
      },
    });
    expect(await error({ method: "PUT", body: "{}" })).toEqual([404, "PathNotFoundError"]);
    expect(await error({ path: "/workspaces", method: "GET" })).toEqual([404, "PathNotFoundError"]);
    expect(await json({ body: JSON.stringify({ query: "AZFWNetworkRule |\n wher 1" }) })).toMatchObject({
      body: {
        error: {
          innererror: {
            code: "SyntaxError",
            message: "A recognition error occurred in the query.",
            innererror: { code: "SYN0002", line: 2, pos: 1, token: "wher" },
          },
        },
      },
    });
  });

  it("heeds the preferences that it knows and passes over the others", async () => {
    const query = "AZFWNetworkRule | summarize count() by Action | render barchart with (title='Denied', kind=stacked)";
    const headers = { prefer: "wait=300, include-render=true, include-permissions=true, ai.response-thinning=false" };
    const { body } = await json({ headers, body: JSON.stringify({ query }) });
    expect(body.render).toEqual({
      visualization: "barchart",
      title: "Denied",
      accumulate: false,
      isQuerySorted: false,
      kind: "stacked",
      annotation: "",
      by: null,
    });
    expect(Object.keys(body)).toEqual(["tables", "render"]);
  });

  it("gives every member of a batch its own end", async () => {
    const member = (id: string, more: object) => ({ id, workspace: lab.customerId, path: "/query", ...more });
    const batch = (requests: readonly object[]) => json({ path: "/$batch", body: JSON.stringify({ requests }) });
    const { body } = await batch([
      member("1", { method: "POST", body: { query: COUNT } }),
      member("2", { method: "POST", path: "/fakePath", body: { query: COUNT } }),
      member("3", { path: `/query?query=${encodeURIComponent(COUNT)}`, body: { query: "ignored" } }),
      member("4", { method: "POST", body: { query: COUNT, workspaces: ["log-other"] } }),
    ]);
    expect(body.responses).toMatchObject([
      { id: "1", status: 200, body: { tables: [{ rows: [[2]] }] } },
      { id: "2", status: 404, body: { error: { code: "PathNotFoundError" } } },
      { id: "3", status: 200, body: { tables: [{ rows: [[2]] }] } },
      { id: "4", status: 200, body: { tables: [{ rows: [[3]] }] } },
    ]);
    const twice = [member("1", {}), member("1", {})];
    expect(await batch(twice)).toMatchObject({ status: 400, body: { error: { code: "BadArgumentError" } } });
  });
});

describe("the query service, asked for more than one workspace", () => {
  it("joins the rows of the workspaces that are named, each once, however they are named", async () => {
    const [subscription = "", group = ""] = [lab.subscription.split("/")[2], "rg-other"];
    const named = ["log-other", other.customerId, other.workspaceId, `${subscription}/${group}/log-other`];
    for (const name of [...named, ...named.map((one) => one.toUpperCase())]) {
      const options = { additionalWorkspaces: [name, other.customerId] };
      const query = "union AZFWNetworkRule, AZFWThreatIntel | summarize count() by TenantId | sort by count_ asc";
      const result = await lab.client().queryWorkspace(lab.customerId, query, DAY, options);
      expect(result, name).toMatchObject({
        tables: [
          {
            rows: expect.arrayContaining([
              [lab.customerId, 2],
              [other.customerId, 2],
            ]),
          },
        ],
      });
    }
    const gone = lab.client().queryWorkspace(lab.customerId, COUNT, DAY, { additionalWorkspaces: ["log-gone"] });
    await expect(gone).rejects.toMatchObject({ statusCode: 400, code: "FailedToResolveResource" });
  });

  it("asks for the right to query each of them", async () => {
    const reader = await lab.identity(await lab.group("rg-reader"), "id-reader");
    await lab.grant(reader, LOG_ANALYTICS_READER, lab.workspaceId);
    const ask = () =>
      lab.client(reader).queryWorkspace(lab.customerId, COUNT, DAY, { additionalWorkspaces: [other.customerId] });
    await expect(ask()).rejects.toMatchObject({ statusCode: 403, code: "InsufficientAccessError" });
    await lab.grant(reader, LOG_ANALYTICS_READER, other.workspaceId);
    expect(await ask()).toMatchObject({ tables: [{ rows: [[3]] }] });
  });

  it("gives a resource's own logs, wherever they are, to who may read the resource's", async () => {
    const ask = (client = lab.client(), query = COUNT, resourceId = firewallId) =>
      client.queryResource(resourceId, query, DAY, { includeQueryStatistics: true, serverTimeoutInSeconds: 60 });
    expect(await ask()).toMatchObject({ status: "Success", tables: [{ rows: [[2]] }] });
    const group = firewallId.split("/").slice(0, 5).join("/");
    expect(await ask(lab.client(), COUNT, group)).toMatchObject({ tables: [{ rows: [[2]] }] });
    await expect(ask(lab.client(), "AZFWThreatIntel | count")).rejects.toMatchObject({ statusCode: 400 });
    await expect(ask(lab.client(), COUNT, `${firewallId}-gone`)).rejects.toMatchObject({
      statusCode: 404,
      code: "ResourceNotFoundError",
    });
    const stranger = await lab.identity(await lab.group("rg-stranger"), "id-stranger");
    await lab.clock.advance(60_000);
    await expect(ask(lab.client(stranger))).rejects.toMatchObject({
      statusCode: 403,
      code: "InsufficientAccessError",
      details: { error: { innererror: { code: "AuthorizationFailedError" } } },
    });
    const further = lab.client().queryResource(firewallId, COUNT, DAY, { additionalWorkspaces: [other.customerId] });
    await expect(further).rejects.toMatchObject({ statusCode: 501, code: "NotImplementedInLocalAzure" });
  });
});
