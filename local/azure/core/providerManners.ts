import { ArmError } from "./armError.ts";
import type { LongOperation } from "./longOperation.ts";
import type { JsonObject } from "./resourceType.ts";

/**
 * Where the providers behind ARM differ in form.
 * Sources: recorded answers of Microsoft.Network, Microsoft.ManagedIdentity and Microsoft.ContainerService in the tests of
 * kubernetes-sigs/cloud-provider-azure (pkg/azclient) and of Azure/azure-cli-extensions (src/azure-firewall); learn.microsoft.com/azure/azure-resource-manager/management/async-operations, checked 2026-11.
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
  /** The words in the URLs of a long operation. */
  readonly operationWords: { readonly status: string; readonly result: string };
  /** The api-version in those URLs, where it is not that of the request. */
  readonly operationApiVersion?: string;
  /** Etags are bare guids, not `W/"guid"`. */
  readonly bareEtags: boolean;
  /** Ids in answers spell ".../resourcegroups/...", whatever the request did. */
  readonly lowerCaseGroups: boolean;
  /** The first answer to a synchronous PUT carries the resource's path as Location. */
  readonly locatesCreated: boolean;
  statusBody(operation: LongOperation): JsonObject;
  /** The whole body of a refusal. */
  errorBody(error: ArmError): JsonObject;
  busy(running: LongOperation, operationUrl: string): ArmError;
}

/** The manners behind a resource type, or behind a namespace as a whole. */
export function mannersOf(type: string): ProviderManners {
  const lower = type.toLowerCase();
  return BY_TYPE[lower] ?? BY_NAMESPACE[lower.split("/")[0] ?? ""] ?? ordinary;
}

const ordinary: ProviderManners = {
  creatingState: "Creating",
  announcesNotification: false,
  deletedStatus: 200,
  allowsGlobal: false,
  showsDeleted: false,
  deletePreempts: false,
  operationWords: { status: "operations", result: "operationResults" },
  bareEtags: false,
  lowerCaseGroups: false,
  locatesCreated: false,
  statusBody: (operation) => ({
    id: operation.statusPath,
    name: operation.id,
    status: operation.status,
    startTime: new Date(operation.startedAtEpochMs).toISOString(),
    ...endOf(operation),
  }),
  errorBody: (error) => ({ error: error.toJson() }),
  busy: anotherOperationInProgress,
};

const network: ProviderManners = {
  ...ordinary,
  creatingState: "Updating",
  announcesNotification: true,
  deletedStatus: 204,
  statusBody: (operation) => ({
    status: operation.status,
    ...(operation.error === undefined ? {} : { error: { details: [], ...operation.error } }),
  }),
  errorBody: (error) => ({ error: { ...error.toJson(), details: [...error.details] } }),
};

/** Firewall policies and IP groups have a provider of their own behind Microsoft.Network. */
const networkFunctions: ProviderManners = {
  ...network,
  announcesNotification: false,
  operationWords: { status: "nfvOperations", result: "nfvOperationResults" },
  bareEtags: true,
};

const BY_TYPE: Readonly<Record<string, ProviderManners>> = {
  "microsoft.network/ipgroups": networkFunctions,
  "microsoft.network/firewallpolicies": networkFunctions,
  "microsoft.network/firewallpolicies/rulecollectiongroups": networkFunctions,
};

const BY_NAMESPACE: Readonly<Record<string, ProviderManners>> = {
  "microsoft.network": network,
  "microsoft.managedidentity": { ...ordinary, lowerCaseGroups: true, locatesCreated: true },
  "microsoft.containerservice": {
    ...ordinary,
    deletePreempts: true,
    deletedStatus: 204,
    lowerCaseGroups: true,
    operationApiVersion: "2017-08-31",
    errorBody: bareError,
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
  // Words: learn.microsoft.com/azure/role-based-access-control/permissions/integration (Microsoft.EventGrid/locations/operationsStatus/read), checked 2026-11.
  "microsoft.eventgrid": {
    ...ordinary,
    allowsGlobal: true,
    operationWords: { status: "operationsStatus", result: "operationResults" },
  },
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

/**
 * AKS leaves out the envelope "error" that ARM's rules ask for.
 * Source: answers quoted in public reports, e.g. github.com/Azure/AKS-Construction/issues/403 and users of terraform's
 * azurerm_kubernetes_cluster ("unexpected status 400 … with response"), read 2026-11.
 */
function bareError(error: ArmError): JsonObject {
  const details = error.details.length === 0 ? null : [...error.details];
  return { code: error.code, details, message: error.message, subcode: "" };
}
