import { ArmError } from "../core/armError.ts";
import type {
  ArmOperation,
  AzureWorld,
  JsonObject,
  OperationContext,
  OperationResult,
  StoredResource,
} from "../core/resourceType.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { commandSeconds, runCommandLine } from "../kubernetes/runCommandLine.ts";

/** Bytes of log that a command result holds. Source: learn.microsoft.com/azure/aks/access-private-cluster (limitations), checked 2026-11. */
const LOG_LIMIT_BYTES = 512 * 1024;
/** Seconds between polls that the answer asks for. Not documented; the CLI's own pace (azure-cli, acs, aks_runcommand). */
const RETRY_AFTER_SECONDS = 5;

/** POST …/runCommand: 202 with the address of the result. */
export const runCommandOperation: ArmOperation = {
  method: "POST",
  path: "{Microsoft.ContainerService/managedClusters}/runCommand",
  action: "Microsoft.ContainerService/managedClusters/runcommand/action",
  handle: acceptCommand,
};

function acceptCommand({ world, resource, body }: OperationContext): OperationResult {
  if (resource === undefined) throw new Error("runCommand was routed here without its cluster.");
  checkCluster(resource);
  const command = textField(body, "command");
  if (command === undefined || command.trim() === "") {
    throw new ArmError(400, "InvalidParameter", "Required parameter command is missing (null).");
  }
  const commandId = world.newGuid().replaceAll("-", "");
  return {
    acceptedForSeconds: commandSeconds(world, resource.id, command),
    location: `${resource.id}/commandResults/${commandId}`,
    resultTask: "aks.commandResult",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    data: {
      clusterId: resource.id,
      commandId,
      command,
      context: textField(body, "context") ?? "",
      acceptedEpochMs: world.clock.now(),
    },
  };
}

function checkCluster(cluster: StoredResource): void {
  if (objectField(cluster.body, "properties", "apiServerAccessProfile").disableRunCommand === true) {
    throw new ArmError(
      400,
      "RunCommandDisabled",
      `Run command is disabled for the managed cluster ${cluster.name}: apiServerAccessProfile.disableRunCommand is true.`,
    );
  }
  const state = textField(cluster.body, "properties", "provisioningState");
  if (state !== "Creating" && state !== "Deleting") return;
  throw new ArmError(
    409,
    "OperationNotAllowed",
    `Operation is not allowed because the managed cluster ${cluster.name} is in provisioning state ${state}.`,
  );
}

/** Task: runs the command when its time is up; the result is what the Location answers from then on. */
export function commandResult(
  data: JsonObject,
  world: AzureWorld,
): { readonly status: number; readonly body: JsonObject } {
  const clusterId = textField(data, "clusterId") ?? "";
  const command = textField(data, "command") ?? "";
  const fault = world.takeFault("aks.runCommand", clusterId);
  if (fault !== undefined) throw fault;
  const id = textField(data, "commandId") ?? "";
  if (world.store.get(clusterId) === undefined)
    return {
      status: 200,
      body: { id, properties: { provisioningState: "Failed", reason: "the managed cluster was deleted" } },
    };
  const run = runCommandLine(world, clusterId, { command, context: textField(data, "context") ?? "" });
  if ("reason" in run)
    return { status: 200, body: { id, properties: { provisioningState: "Failed", reason: run.reason } } };
  const properties = {
    provisioningState: "Succeeded",
    exitCode: run.exitCode,
    startedAt: new Date((numberField(data, "acceptedEpochMs") ?? 0) + 1000).toISOString(),
    finishedAt: new Date(world.clock.now()).toISOString(),
    logs: Buffer.from(run.logs).subarray(0, LOG_LIMIT_BYTES).toString("utf8"),
  };
  return { status: 200, body: { id, properties } };
}
