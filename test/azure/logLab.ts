import { LogsQueryClient } from "@azure/monitor-query-logs";
import type { Principal } from "../../local/azure/core/resourceType.ts";
import { type CoreLab, startCoreLab } from "./coreLab.ts";

/** A local Azure with an empty workspace, and Microsoft's client for its query service. */
export interface LogLab extends CoreLab {
  readonly workspaceId: string;
  readonly customerId: string;
  client(principal?: Principal, audience?: string): LogsQueryClient;
  /** The rows of a query's one table, each as an object. */
  ask(query: string, principal?: Principal): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

const WHOLE_TIME = { startTime: new Date("2026-01-01"), endTime: new Date("2027-01-01") } as const;

export async function startLogLab(): Promise<LogLab> {
  const lab = await startCoreLab();
  const group = await lab.group("rg-log");
  const workspaceId = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-hub`;
  await lab.send("PUT", workspaceId, { body: { location: "westeurope" } });
  await lab.clock.advance(60_000);
  const { body } = await lab.send("GET", workspaceId);
  const customerId = String((body.properties as { readonly customerId?: string }).customerId);
  const client: LogLab["client"] = (principal = lab.azure.operator, audience) =>
    new LogsQueryClient(
      {
        async getToken(scopes: string | string[]) {
          const scope = audience ?? String(Array.isArray(scopes) ? scopes[0] : scopes).replace(/\/\.default$/, "");
          return { token: await lab.token(principal, scope), expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      },
      { endpoint: lab.azure.logsUrl, tlsOptions: { ca: lab.azure.caPem }, retryOptions: { maxRetries: 0 } },
    );
  return {
    ...lab,
    workspaceId,
    customerId,
    client,
    async ask(query, principal) {
      const result = await client(principal).queryWorkspace(customerId, query, WHOLE_TIME);
      if (result.status !== "Success") throw new Error(`The answer is partial: ${result.partialError.message}`);
      const [table] = result.tables;
      return (table?.rows ?? []).map((row) =>
        Object.fromEntries((table?.columnDescriptors ?? []).map(({ name }, index) => [name, row[index]])),
      );
    },
  };
}
