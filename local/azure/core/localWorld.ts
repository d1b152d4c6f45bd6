import type { Clock } from "../../clock.ts";
import { AccessControl, type AccessEvidence } from "../authorization/accessControl.ts";
import type { RolePermission } from "../authorization/roleDefinition.ts";
import { WorkspaceLog } from "../logs/workspaceLog.ts";
import type { ArmActivity } from "./armActivity.ts";
import { ArmError } from "./armError.ts";
import { handleArmRequest } from "./armGateway.ts";
import { segmentsOf } from "./armPath.ts";
import type { ArmResponse } from "./armRequest.ts";
import { coreTasks } from "./coreTasks.ts";
import { Directory, type DirectoryObject } from "./directory.ts";
import { failOperation } from "./endOperation.ts";
import { errorCodeOf, errorResponse } from "./errorResponse.ts";
import type { FaultInjector } from "./faultInjector.ts";
import type { LongOperation } from "./longOperation.ts";
import { LongOperations } from "./longOperations.ts";
import { freeze, MemoryResourceStore } from "./memoryResourceStore.ts";
import type { OutboundAnswer } from "./outboundRequest.ts";
import { Outbox, type OutboxEntry } from "./outbox.ts";
import { drawPublicAddress } from "./publicAddresses.ts";
import { reportRefusal } from "./reportActivity.ts";
import type { RecordedRequest } from "./requestLog.ts";
import type {
  AzureWorld,
  InternalArmRequest,
  InternalArmResponse,
  JsonObject,
  Principal,
  ResourceChange,
  StoredResource,
} from "./resourceType.ts";
import { Schedule, type ScheduledTask } from "./schedule.ts";
import { SeededRandom } from "./seededRandom.ts";
import type { StateTable } from "./stateTable.ts";
import { Throttle } from "./throttle.ts";
import type { TypeRegistry } from "./typeRegistry.ts";
import { understandInternal } from "./understandInternal.ts";
import type { WorldState } from "./worldState.ts";

export interface WorldOptions {
  readonly clock: Clock;
  readonly state: WorldState;
  readonly registry: TypeRegistry;
  readonly faults: FaultInjector;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly seed: number;
  readonly propagationSeconds: number;
  readonly replicationSeconds: number;
  /** Where ARM answers, e.g. "https://127.0.0.1:1234"; known once its door is open. */
  readonly armUrl: () => string;
  /** Told of every request that one of Azure's own services made. */
  readonly onInternalRequest: (request: RecordedRequest) => void;
  /** Told of a task that threw what is no Azure error: a mistake of ours. */
  readonly onTaskFailure: (task: string, error: unknown) => void;
}

/** The one world of a running local Azure: what the seam promises to resource types, and what the core needs besides. */
export class LocalWorld implements AzureWorld {
  readonly clock: Clock;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly replicationSeconds: number;
  readonly state: WorldState;
  readonly registry: TypeRegistry;
  readonly faults: FaultInjector;
  readonly store: MemoryResourceStore;
  readonly operations: LongOperations;
  readonly directory: Directory;
  readonly throttle: Throttle;
  readonly workspaceLog: WorkspaceLog;
  readonly outbox: Outbox;
  /** A stream of its own, so that events change no id and no address. */
  readonly eventRandom: SeededRandom;
  readonly #armUrl: () => string;
  readonly #random: SeededRandom;
  readonly #access: AccessControl;
  readonly #addresses: StateTable<true>;
  readonly #schedule: Schedule;
  readonly #onTaskFailure: WorldOptions["onTaskFailure"];
  readonly #onInternalRequest: WorldOptions["onInternalRequest"];

  constructor(options: WorldOptions) {
    const { clock, state, registry } = options;
    this.clock = clock;
    this.tenantId = options.tenantId;
    this.subscriptionId = options.subscriptionId;
    this.replicationSeconds = options.replicationSeconds;
    this.state = state;
    this.registry = registry;
    this.faults = options.faults;
    this.#onTaskFailure = options.onTaskFailure;
    this.#onInternalRequest = options.onInternalRequest;
    const random = state.table<readonly number[]>("random");
    this.#random = new SeededRandom(random, "world", options.seed);
    this.eventRandom = new SeededRandom(random, "events", options.seed);
    this.#armUrl = options.armUrl;
    const etags = new SeededRandom(random, "etags", options.seed);
    this.store = new MemoryResourceStore(state.table<StoredResource>("resources", freeze), registry, () =>
      etags.guid(),
    );
    this.operations = new LongOperations(state.table<LongOperation>("operations"));
    this.directory = new Directory(state.table<DirectoryObject>("principals"), clock, this.#random);
    this.throttle = new Throttle(clock);
    const logRandom = new SeededRandom(random, "log", options.seed);
    this.workspaceLog = new WorkspaceLog({
      rows: state.table("log"),
      blocks: state.table("logBlocks"),
      clock,
      faults: options.faults,
      random: () => logRandom.next(),
    });
    this.#access = new AccessControl(this.store, clock, options.propagationSeconds);
    this.#addresses = state.table<true>("publicAddresses");
    this.#schedule = new Schedule(state.table<ScheduledTask>("schedule"), clock, (task) => this.#runTask(task));
    this.outbox = new Outbox(state.table<OutboxEntry>("outbox"), clock, (entry, answer) =>
      this.#runAnswer(entry, answer),
    );
  }

  /** Starts the timers that an earlier process left. */
  resume(): void {
    this.#schedule.resume();
    this.outbox.resume();
  }

  stop(): void {
    this.#schedule.stop();
    this.outbox.stop();
  }

  /** "https://127.0.0.1:1234": the host of the URLs that Azure gives out. */
  get armUrl(): string {
    return this.#armUrl();
  }

  newGuid(): string {
    return this.#random.guid();
  }

  random(): number {
    return this.#random.next();
  }

  newPublicAddress(): string {
    return drawPublicAddress(this.#random, this.#addresses);
  }

  createPrincipal(displayName: string): Principal {
    return this.directory.create(displayName);
  }

  removePrincipal(objectId: string): void {
    this.directory.remove(objectId);
  }

  /** Whether RBAC lets the principal do something with data, beside ARM. */
  isDataAllowed(objectId: string, action: string, scope: string): boolean {
    return this.#access.isDataAllowed(objectId, action, scope);
  }

  isAllowed(objectId: string, action: string, scope: string): boolean {
    return this.#access.isAllowed(objectId, action, scope);
  }

  permissionsAt(objectId: string, scope: string): readonly RolePermission[] {
    return this.#access.permissionsAt(objectId, scope);
  }

  /** The role assignment that allows it. */
  accessEvidence(objectId: string, action: string, scope: string): AccessEvidence | undefined {
    return this.#access.evidence(objectId, action, scope);
  }

  schedule(task: string, delaySeconds: number, data: JsonObject): void {
    if (coreTasks[task] === undefined && this.registry.task(task) === undefined) {
      throw new Error(`No module has a task "${task}"; add it to the module's tasks.`);
    }
    this.#schedule.add(task, delaySeconds, data);
  }

  takeFault(point: string, resourceId: string): ArmError | undefined {
    return this.faults.takePoint(point, resourceId);
  }

  armRequest(request: InternalArmRequest): InternalArmResponse {
    const response = this.#answer(request);
    const code = errorCodeOf(response.body);
    this.#onInternalRequest({
      method: request.method,
      path: request.path,
      apiVersion: request.apiVersion,
      principal: request.principal.objectId,
      status: response.status,
      ...(response.status >= 400 && code !== undefined ? { code } : {}),
      ...(request.ifMatch === undefined ? {} : { ifMatch: request.ifMatch }),
      atEpochMs: this.clock.now(),
    });
    return response.body === undefined ? { status: response.status } : { status: response.status, body: response.body };
  }

  log(workspaceResourceId: string, table: string, row: JsonObject, atEpochMs?: number): void {
    this.workspaceLog.append(workspaceResourceId, table, row, atEpochMs);
  }

  /** Tells every module of a change that has taken effect. */
  announce(change: ResourceChange): void {
    for (const module of this.registry.modules) module.onChanged?.(change, this);
  }

  /** Tells every module how a request that meant to change something has ended. */
  report(activity: ArmActivity): void {
    for (const module of this.registry.modules) module.onActivity?.(activity, this);
  }

  #answer(request: InternalArmRequest): ArmResponse {
    const understood = understandInternal(request, this.eventRandom.guid());
    try {
      return this.state.turn(() => handleArmRequest(this, understood));
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      this.state.turn(() => reportRefusal(this, understood, error));
      return errorResponse(error, segmentsOf(request.path));
    }
  }

  #runAnswer(entry: OutboxEntry, answer: OutboundAnswer): void {
    try {
      this.state.turn(() => {
        this.outbox.remove(entry.id);
        this.registry.task(entry.task)?.({ ...entry.data, answer: { ...answer } }, this);
      });
    } catch (error) {
      this.state.turn(() => this.outbox.remove(entry.id));
      this.#onTaskFailure(`${entry.task} ${JSON.stringify(entry.data)}`, error);
    }
  }

  #runTask(task: ScheduledTask): void {
    try {
      this.state.turn(() => {
        this.#schedule.remove(task.id);
        const run = coreTasks[task.task];
        if (run !== undefined) run(task.data, this);
        else this.registry.task(task.task)?.(task.data, this);
      });
    } catch (error) {
      // The turn was taken back, so the task must be removed again: it would fail the same way for ever.
      this.state.turn(() => {
        this.#schedule.remove(task.id);
        failOperation(this, String(task.data.operationId), error);
      });
      this.#onTaskFailure(`${task.task} ${JSON.stringify(task.data)}`, error);
    }
  }
}
