import { ArmError } from "./armError.ts";
import type { LongOperation } from "./longOperation.ts";
import type { JsonObject } from "./resourceType.ts";

/**
 * Where the providers behind ARM differ in form.
 * Source: recorded answers of Microsoft.Network and Microsoft.ContainerService; learn.microsoft.com/azure/azure-resource-manager/management/async-operations, checked 2026-11.
 */
export interface ProviderManners {
  /** provisioningState while a new resource is made. */
  readonly creatingState: "Creating" | "Updating";
  /** Header "Azure-AsyncNotification: Enabled". */
  readonly announcesNotification: boolean;
  /** What the Location of a finished delete answers. */
  readonly deletedStatus: 200 | 204;
  /** Whether "global" is a location of its tracked resources. */
  readonly allowsGlobal: boolean;
  /** A synchronous delete answers with what was deleted. */
  readonly showsDeleted: boolean;
  /** A delete ends a running write instead of being refused. */
  readonly deletePreempts: boolean;
  statusBody(operation: LongOperation): JsonObject;
  busy(running: LongOperation, operationUrl: string): ArmError;
}

export function mannersOf(namespace: string): ProviderManners {
  return BY_NAMESPACE[namespace.toLowerCase()] ?? ordinary;
}

const ordinary: ProviderManners = {
  creatingState: "Creating",
  announcesNotification: false,
  deletedStatus: 200,
  allowsGlobal: false,
  showsDeleted: false,
  deletePreempts: false,
  statusBody: (operation) => ({
    id: operation.statusPath,
    name: operation.id,
    status: operation.status,
    startTime: new Date(operation.startedAtEpochMs).toISOString(),
    ...endOf(operation),
  }),
  busy: anotherOperationInProgress,
};

const BY_NAMESPACE: Readonly<Record<string, ProviderManners>> = {
  "microsoft.network": {
    ...ordinary,
    creatingState: "Updating",
    announcesNotification: true,
    deletedStatus: 204,
    statusBody: (operation) => ({
      status: operation.status,
      ...(operation.error === undefined ? {} : { error: operation.error }),
    }),
  },
  "microsoft.containerservice": {
    ...ordinary,
    deletePreempts: true,
    deletedStatus: 204,
    statusBody: (operation) => ({
      name: operation.id,
      status: operation.status,
      startTime: new Date(operation.startedAtEpochMs).toISOString(),
      ...endOf(operation),
    }),
    busy: (running) =>
      new ArmError(
        409,
        "OperationNotAllowed",
        `Operation is not allowed because there's an in progress ${running.verb} ${running.noun} operation on the managed cluster started at ${new Date(running.startedAtEpochMs).toISOString()}. Please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details`,
      ),
  },
  "microsoft.authorization": { ...ordinary, showsDeleted: true },
  "microsoft.eventgrid": { ...ordinary, allowsGlobal: true },
  "microsoft.insights": { ...ordinary, allowsGlobal: true },
};

function endOf(operation: LongOperation): JsonObject {
  return {
    ...(operation.endedAtEpochMs === undefined ? {} : { endTime: new Date(operation.endedAtEpochMs).toISOString() }),
    ...(operation.error === undefined ? {} : { error: operation.error }),
  };
}

function anotherOperationInProgress(_running: LongOperation, operationUrl: string): ArmError {
  return new ArmError(
    409,
    "AnotherOperationInProgress",
    `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${operationUrl}.`,
  );
}
