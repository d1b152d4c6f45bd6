import * as z from "zod";
import type { OutsideRow } from "../../local/azure/logs/rowsFromOutside.ts";
import { type EgressCaseAnswer, egressCase, egressCaseList } from "../../src/contracts/egressCase.ts";
import { type EnvironmentStatus, environmentStatus } from "../../src/contracts/environmentStatus.ts";
import type { AlertOutboxState } from "../../src/domain/alerts/alertOutboxState.ts";
import type { EgressWatchState } from "../../src/domain/deniedEgress/egressWatchState.ts";
import { type ArmResponse, armRequest } from "../harness/armRequest.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World, type WorldOptions } from "../harness/world.ts";

export const ENVIRONMENT = "seed";

/** The seed's environment as it stands, its log, and what the app makes of it. */
export interface EgressLab {
  readonly world: World;
  readonly workspaceId: string;
  readonly firewallId: string;
  readonly settingId: string;
  /** Puts rows of refused connections into the log. */
  refuse(...rows: readonly Refused[]): void;
  arm(method: string, path: string, body?: unknown): Promise<ArmResponse>;
  minutes(minutes: number): Promise<void>;
  /** Lets time pass until the condition is so, and stops in the middle of whatever runs then. */
  until(isReached: () => boolean): Promise<void>;
  /** `GET /api/egress/cases`, checked against its contract. */
  cases(query?: string): Promise<readonly EgressCaseAnswer[]>;
  get(id: string): Promise<EgressCaseAnswer>;
  act(id: string, action: string, body: unknown): Promise<Response>;
  status(): Promise<NonNullable<EnvironmentStatus["egress"]>>;
  state(): Promise<EgressWatchState>;
  outbox(): Promise<AlertOutboxState>;
  /** What came at the topic for alerts, as "event subject:revision", in the order in which it came. */
  alerts(): readonly string[];
  /** Requests of the app to the log's query door. */
  queryCount(): number;
}

/** A refused connection; everything about it has a usual value. */
export interface Refused {
  /** "": TLS without a server name. */
  readonly name: string;
  readonly source?: string;
  readonly sourcePort?: number;
  readonly port?: number;
  /** ISO 8601; now, when it is not told. */
  readonly at?: string;
  /** ISO 8601; now, when it is not told. */
  readonly ingestedAt?: string;
  /** The legacy sentence instead of the row of the firewall's own table. */
  readonly isLegacy?: boolean;
}

export interface EgressLabOptions extends WorldOptions {
  readonly tickets?: readonly ReturnType<typeof seedTicket>[];
}

export async function openEgressLab({ tickets, settings, ...options }: EgressLabOptions = {}): Promise<EgressLab> {
  const world = await openStandingWorld(tickets ?? [seedTicket("CHG0001")], {
    ...options,
    settings: (azure) => ({
      EGRESS_WATCH_SCHEDULE: "0 */5 * * * *",
      EGRESS_QUIET_HOURS: "2",
      ALERT_TOPIC_ENDPOINT: azure.alertTopicEndpoint,
      ...settings?.(azure),
    }),
  });
  const { outputs } = await world.status("CHG0001");
  return egressLab(world, outputs.firewallId ?? "", outputs.firewallWorkspaceId ?? "");
}

function egressLab(world: World, firewallId: string, workspaceId: string): EgressLab {
  const { azure, clock } = world;
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${world.url()}${path}`);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const lab: EgressLab = {
    world,
    workspaceId,
    firewallId,
    settingId: `${firewallId}/providers/Microsoft.Insights/diagnosticSettings/to-lagw`,
    refuse(...rows) {
      const now = new Date(clock.now()).toISOString();
      for (const [isLegacy, group] of Map.groupBy(rows, (row) => row.isLegacy === true)) {
        const table = isLegacy ? "AzureDiagnostics" : "AZFWApplicationRule";
        const make = isLegacy ? legacyRow : dedicatedRow;
        azure.addLogRows(
          workspaceId,
          table,
          group.map((row) => make(firewallId, { at: now, ingestedAt: now, ...row })),
        );
      }
    },
    arm: async (method, path, body) => {
      const answer = await armRequest(azure, method, path, body);
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
      return answer;
    },
    minutes: (minutes) => clock.advance(minutes * 60_000),
    until: (isReached) =>
      clock.runUntil(
        (async () => {
          while (!isReached()) await new Promise(setImmediate);
        })(),
      ),
    cases: async (query = "") => z.parse(egressCaseList, await read(`/api/egress/cases${query}`)).cases,
    get: async (id) => z.parse(egressCase, await read(`/api/egress/cases/${id}`)),
    act: (id, action, body) => world.post(`/api/egress/cases/${id}/${action}`, body),
    async status() {
      const { egress } = z.parse(environmentStatus, await read(`/api/environments/${ENVIRONMENT}`));
      if (egress === undefined) throw new Error("The log was never read.");
      return egress;
    },
    state: async () =>
      (await read(`/runtime/webhooks/durabletask/entities/egressCases/${ENVIRONMENT}`)) as EgressWatchState,
    outbox: async () =>
      (await read(`/runtime/webhooks/durabletask/entities/alertOutbox/${ENVIRONMENT}`)) as AlertOutboxState,
    alerts: () =>
      azure.publishedAlerts().map(({ id, data }) => `${(data as { readonly event: string }).event} ${String(id)}`),
    queryCount: () => azure.requests.filter(({ path }) => path.endsWith("/query")).length,
  };
  return lab;
}

const SNI_MISSING = "SNI TLS extension was missing.";

type Dated = Refused & { readonly at: string; readonly ingestedAt: string };

function dedicatedRow(firewallId: string, row: Dated): OutsideRow {
  return {
    ingestedAt: row.ingestedAt,
    row: {
      TimeGenerated: row.at,
      _ResourceId: firewallId.toLowerCase(),
      Action: "Deny",
      ActionReason: row.name === "" ? SNI_MISSING : "No rule matched. Proceeding with default action.",
      SourceIp: row.source ?? "10.0.5.4",
      SourcePort: row.sourcePort ?? 40_000,
      Fqdn: row.name,
      DestinationPort: row.port ?? 443,
      Protocol: "HTTPS",
    },
  };
}

function legacyRow(firewallId: string, row: Dated): OutsideRow {
  const from = `${row.source ?? "10.0.5.4"}:${row.sourcePort ?? 40_000}`;
  return {
    ingestedAt: row.ingestedAt,
    row: {
      TimeGenerated: row.at,
      _ResourceId: firewallId.toLowerCase(),
      ResourceType: "AZUREFIREWALLS",
      Category: "AzureFirewallApplicationRule",
      OperationName: "AzureFirewallApplicationRuleLog",
      msg_s:
        row.name === ""
          ? `HTTPS request from ${from}. Action: Deny. Reason: ${SNI_MISSING}`
          : `HTTPS request from ${from} to ${row.name}:${row.port ?? 443}. Action: Deny. No rule matched. Proceeding with default action`,
    },
  };
}
