import type { ContainerServiceClient } from "@azure/arm-containerservice";
import type { EventGridManagementClient } from "@azure/arm-eventgrid";
import type { NetworkManagementClient } from "@azure/arm-network";
import type { HttpClient, Pipeline } from "@azure/core-rest-pipeline";
import type { ManagedIdentityCredential } from "@azure/identity";
import type { LogsQueryClient } from "@azure/monitor-query-logs";
import type { Config } from "../config.ts";
import { countingPolicy } from "./callCounter.ts";

/** Audience of ARM's tokens, the same for every endpoint in the public cloud. */
const ARM_SCOPE = "https://management.azure.com/.default";

/**
 * Audiences of the log's tokens, by host; everywhere else it is the public cloud's.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/api/access-api, checked 2026-11.
 */
const logAudiences: Readonly<Record<string, string>> = {
  "api.loganalytics.us": "https://api.loganalytics.us",
  "api.loganalytics.azure.cn": "https://api.loganalytics.azure.cn",
};
const LOG_AUDIENCE = "https://api.loganalytics.io";

/**
 * The SDK's clients, made when first asked for and kept for the life of the process: importing them costs a few
 * hundred milliseconds, which triggers and orchestrators must not pay. They are loaded one after the other because
 * parallel imports of ESM and CommonJS copies of the SDK's core crash on Node 24.
 *
 * No client retries by itself: a refusal or a fault becomes an outcome that the ticket shows, and the durable timer
 * does the waiting.
 */
export interface AzureClients {
  readonly endpoint: string;
  readonly subscriptionId: string;
  /** Who the app is. */
  credential(): Promise<ManagedIdentityCredential>;
  network(): Promise<NetworkManagementClient>;
  containerService(): Promise<ContainerServiceClient>;
  eventGrid(): Promise<EventGridManagementClient>;
  /** Where workspaces are queried, with its version and without a trailing slash. */
  readonly logsEndpoint: string;
  logs(): Promise<LogsQueryClient>;
  /** For the providers that have no client of their own here. */
  plain(): Promise<Pipeline>;
  http(): Promise<HttpClient>;
}

export function azureClients(config: Config): AzureClients {
  const credential = once(() => identityOf(config.clientId));
  // One object for all clients: the SDK keeps one socket pool for each tlsOptions object.
  const tlsOptions = config.armCaPem === undefined ? undefined : { ca: config.armCaPem };
  const options = {
    endpoint: config.armEndpoint,
    ...(tlsOptions === undefined ? {} : { tlsOptions }),
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: countingPolicy, position: "perRetry" as const }],
    userAgentOptions: { userAgentPrefix: "portcullis" },
  };
  return {
    endpoint: config.armEndpoint,
    subscriptionId: config.subscriptionId,
    credential,
    network: once(async () => {
      const identity = await credential();
      const { NetworkManagementClient } = await import("@azure/arm-network");
      return new NetworkManagementClient(identity, config.subscriptionId, options);
    }),
    containerService: once(async () => {
      const identity = await credential();
      const { ContainerServiceClient } = await import("@azure/arm-containerservice");
      return new ContainerServiceClient(identity, config.subscriptionId, options);
    }),
    eventGrid: once(async () => {
      const identity = await credential();
      const { EventGridManagementClient } = await import("@azure/arm-eventgrid");
      // Of itself it would ask for a token for the endpoint, which need not be the audience's name.
      return new EventGridManagementClient(identity, config.subscriptionId, {
        ...options,
        credentialScopes: ARM_SCOPE,
      });
    }),
    logsEndpoint: config.logsEndpoint,
    logs: once(async () => {
      const identity = await credential();
      const { LogsQueryClient } = await import("@azure/monitor-query-logs");
      return new LogsQueryClient(identity, {
        ...options,
        endpoint: config.logsEndpoint,
        credentials: { scopes: [logScope(config.logsEndpoint)] },
      });
    }),
    plain: once(async () => {
      const identity = await credential();
      const { bearerTokenAuthenticationPolicy, createPipelineFromOptions } = await import("@azure/core-rest-pipeline");
      const pipeline = createPipelineFromOptions(options);
      pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: identity, scopes: ARM_SCOPE }));
      pipeline.addPolicy(countingPolicy, { afterPhase: "Retry" });
      return pipeline;
    }),
    http: once(async () => {
      const { createDefaultHttpClient } = await import("@azure/core-rest-pipeline");
      return createDefaultHttpClient();
    }),
  };
}

function logScope(endpoint: string): string {
  return `${logAudiences[new URL(endpoint).host] ?? LOG_AUDIENCE}/.default`;
}

async function identityOf(clientId: string): Promise<ManagedIdentityCredential> {
  const { ManagedIdentityCredential } = await import("@azure/identity");
  return new ManagedIdentityCredential({ clientId });
}

/** Calls the maker once; a failed attempt is forgotten, so that the next call tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
