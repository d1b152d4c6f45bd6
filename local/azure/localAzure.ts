import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../clock.ts";
import { startArmServer } from "./core/armServer.ts";
import { makeCertificate, type ServerCertificate } from "./core/certificate.ts";
import type { FaultScript, RandomFaultCounts, RandomFaults } from "./core/faultScript.ts";
import type { LocalWorld } from "./core/localWorld.ts";
import { type RecordedRequest, RequestLog } from "./core/requestLog.ts";
import type { AzureWorld, JsonObject, Principal } from "./core/resourceType.ts";
import { TypeRegistry } from "./core/typeRegistry.ts";
import { type StateSnapshot, WorldState } from "./core/worldState.ts";
import { setFunctionApp } from "./eventGrid/functionApps.ts";
import { publishedEvents } from "./eventGrid/publishedEvents.ts";
import { startInternetProxy } from "./internet/internetProxy.ts";
import { QueryEngine } from "./logs/kql/queryEngine.ts";
import { startLogsServer } from "./logs/logsServer.ts";
import { addColumns, addRows, type OutsideColumns, type OutsideRow } from "./logs/rowsFromOutside.ts";
import { tableSchemas } from "./logs/tableSchemas.ts";
import type { LogRow } from "./logs/workspaceLog.ts";
import { APP, makeWorld, OPERATOR, SUBSCRIPTION_ID, TENANT_ID } from "./makeWorld.ts";
import { AccessTokens, newTokenKey } from "./managedIdentity/accessTokens.ts";
import { startTokenServer } from "./managedIdentity/tokenServer.ts";
import { modules } from "./modules.ts";
import { alertTopicIdIn, ownAppAt } from "./ownApp.ts";
import { type Blob, blobsOf } from "./storage/blobs.ts";

export type { FaultScript, RandomFaultCounts, RandomFaults } from "./core/faultScript.ts";
export type { RecordedRequest } from "./core/requestLog.ts";

export interface LocalAzureOptions {
  readonly clock: Clock;
  /** Port of ARM and of the identity endpoint; default 0: any free one. */
  readonly port?: number;
  readonly tokenPort?: number;
  /** Port of the query service of Log Analytics; default 0: any free one. */
  readonly logsPort?: number;
  /** File that everything is kept in; default: nothing outlives the process. */
  readonly statePath?: string;
  /** Same seed, same ids, addresses and random faults; default 1. */
  readonly seed?: number;
  readonly faults?: readonly FaultScript[];
  readonly randomFaults?: RandomFaults;
  /** Azure seconds until a new role assignment counts; default 30. */
  readonly propagationSeconds?: number;
  /** Azure seconds until the directory shows a new identity everywhere; default 15. */
  readonly replicationSeconds?: number;
  /** Where function apps answer, by the resource id of their Microsoft.Web/sites: what ARM does not say, and Event Grid must know. */
  readonly functionApps?: Readonly<Record<string, string>>;
  /** Where the app's custom role definitions are; default infra/roles. */
  readonly roleDirectory?: string;
}

export interface ResetOptions {
  readonly clock?: Clock;
  readonly faults?: readonly FaultScript[];
  readonly randomFaults?: RandomFaults;
  readonly seed?: number;
  /** What the world begins with instead of nothing; its clock must not be behind the snapshot's. */
  readonly snapshot?: AzureSnapshot;
}

/** All resources, operations under way, logs and principals at one instant, to start again from. */
export interface AzureSnapshot {
  readonly atEpochMs: number;
  readonly state: StateSnapshot;
}

/** A running local Azure: ARM, the identity endpoint, the query service and the internet around it, all on loopback. */
export interface LocalAzure {
  /** "https://localhost:1234" */
  readonly armUrl: string;
  /** "http://127.0.0.1:1235/msi/token": the IDENTITY_ENDPOINT of an app. */
  readonly tokenUrl: string;
  /** "https://127.0.0.1:1236/v1": the query service of Log Analytics. */
  readonly logsUrl: string;
  /** The certificate authority that clients must trust, PEM. */
  readonly caPem: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** The app's user-assigned identity, with the roles of infra/roles. */
  readonly app: Principal;
  /** Owner of the subscription: the one that people and tests act as. */
  readonly operator: Principal;
  /** The IDENTITY_HEADER of an app. */
  readonly identityHeader: string;
  /** The app in ARM: the Microsoft.Web/sites that Event Grid delivers to. */
  readonly functionAppId: string;
  /** The custom topic at which the app publishes its alerts, and its endpoint. */
  readonly alertTopicId: string;
  readonly alertTopicEndpoint: string;
  /** The blob container for what could not be delivered. */
  readonly deadLetterContainerId: string;
  readonly internetProxyUrl: string;
  readonly world: AzureWorld;
  /** What clients asked over HTTP, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** What Azure's own services asked (a cluster's identity, the ingress controller …). */
  readonly internalRequests: readonly RecordedRequest[];
  /** Mistakes of the stand-in itself: tasks that threw. Tests want none. */
  readonly taskFailures: readonly string[];
  /** Rows of a table of a workspace's log, those that queries do not see yet included. */
  logRows(workspaceResourceId: string, table: string): readonly LogRow[];
  /** Puts rows into a workspace's table: recorded ones, or in shapes that no packet here has. */
  addLogRows(workspaceResourceId: string, table: string, rows: readonly OutsideRow[]): void;
  /** The same for hundreds of thousands of rows, by column. */
  addLogColumns(workspaceResourceId: string, table: string, rows: OutsideColumns): void;
  /** Blobs of a container, oldest first; Event Grid's dead letters are such. */
  blobs(containerResourceId: string): readonly Blob[];
  /** What the app has published at its topic, oldest first. */
  publishedAlerts(): readonly JsonObject[];
  /** Says where a function app answers from now on. */
  setFunctionApp(siteResourceId: string, url: string): void;
  /** Replaces the scripts; the random faults too when given. */
  setFaults(scripts: readonly FaultScript[], random?: RandomFaults): void;
  /** How often each of the random faults has hit since they were set. */
  readonly randomFaultCounts: RandomFaultCounts;
  snapshot(): AzureSnapshot;
  /** Forgets all resources, faults and requests; ports, certificate and keys stay. */
  reset(options?: ResetOptions): void;
  stop(): Promise<void>;
}

export async function startLocalAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  const state = new WorldState(options.statePath);
  const keys = await readOrMakeKeys(state);
  const registry = new TypeRegistry(modules);
  const log = new RequestLog();
  const taskFailures: string[] = [];
  let armUrl = "";
  const parts = { state, registry, log, taskFailures, armUrl: () => armUrl };
  let world = makeWorld(options, parts);
  const doors = await openDoors(options, keys, () => world, log, taskFailures);
  armUrl = doors.urls.armUrl;
  world.resume();
  return {
    ...doors.urls,
    caPem: keys.caPem,
    tenantId: TENANT_ID,
    subscriptionId: SUBSCRIPTION_ID,
    app: APP,
    operator: OPERATOR,
    identityHeader: keys.identityHeader,
    ...ownAppAt(SUBSCRIPTION_ID, armUrl),
    get world() {
      return world;
    },
    requests: log.requests,
    internalRequests: log.internalRequests,
    taskFailures,
    logRows: (workspaceResourceId, table) => world.workspaceLog.read(workspaceResourceId, table),
    addLogRows: (id, table, rows) => state.turn(() => addRows(world, id, table, rows)),
    addLogColumns: (id, table, rows) => state.turn(() => addColumns(world, id, table, rows)),
    blobs: (containerResourceId) => blobsOf(world, containerResourceId),
    publishedAlerts: () => publishedEvents(world, alertTopicIdIn(SUBSCRIPTION_ID)).map(({ event }) => event),
    setFunctionApp(siteResourceId, url) {
      state.turn(() => setFunctionApp(world, siteResourceId, url));
    },
    setFaults(scripts, random) {
      world.faults.setScripts(scripts);
      if (random !== undefined) world.faults.setRandom(random);
    },
    get randomFaultCounts() {
      return world.faults.randomCounts;
    },
    snapshot: () => ({ atEpochMs: world.clock.now(), state: state.snapshot() }),
    reset({ snapshot, ...next } = {}) {
      world.stop();
      state.clear([KEYS]);
      log.clear();
      taskFailures.length = 0;
      const { faults: _faults, randomFaults: _randomFaults, ...kept } = options;
      if (snapshot !== undefined) state.restore(snapshot.state, [KEYS]);
      world = makeWorld({ ...kept, ...next }, parts);
      world.resume();
    },
    async stop() {
      world.stop();
      await doors.close();
      state.close();
    },
  };
}

interface Doors {
  readonly urls: Pick<LocalAzure, "armUrl" | "tokenUrl" | "logsUrl" | "internetProxyUrl">;
  close(): Promise<void>;
}

async function openDoors(
  options: LocalAzureOptions,
  keys: Keys,
  world: () => LocalWorld,
  log: RequestLog,
  taskFailures: readonly string[],
): Promise<Doors> {
  const tokens = new AccessTokens(TENANT_ID, keys.tokenKeyPem);
  const token = await startTokenServer({
    tokens,
    world,
    identityHeader: keys.identityHeader,
    defaultClientId: APP.appId,
    port: options.tokenPort ?? 0,
  });
  const arm = await startArmServer({
    certificate: keys,
    tokens,
    world,
    log,
    taskFailures,
    loginUrl: new URL(token.url).origin,
    port: options.port ?? 0,
  });
  const logs = await startLogsServer({
    certificate: keys,
    tokens,
    world,
    log,
    engine: new QueryEngine(tableSchemas),
    port: options.logsPort ?? 0,
  });
  const internet = await startInternetProxy(world);
  return {
    urls: {
      armUrl: `https://127.0.0.1:${(arm.address() as AddressInfo).port}`,
      tokenUrl: token.url,
      logsUrl: `https://127.0.0.1:${(logs.address() as AddressInfo).port}/v1`,
      internetProxyUrl: internet.url,
    },
    async close() {
      await Promise.all([close(arm), close(token.server), close(logs), internet.stop()]);
    },
  };
}

const KEYS = "keys";

type Keys = ServerCertificate & { readonly tokenKeyPem: string; readonly identityHeader: string };

/** The keys of an earlier run on the same state, so that clients go on trusting; else new ones. */
async function readOrMakeKeys(state: WorldState): Promise<Keys> {
  const table = state.table<Keys>(KEYS);
  const known = table.get("keys");
  if (known !== undefined) return known;
  const certificate = await makeCertificate();
  const keys = { ...certificate, tokenKeyPem: newTokenKey(), identityHeader: randomBytes(16).toString("hex") };
  state.turn(() => table.set("keys", keys));
  return keys;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
