import { strToU8, type Zippable, zipSync } from "fflate";
import type { JsonObject } from "../domain/json.ts";
import type { CommandResult, CommandSpec } from "../resources/commandDefinition.ts";
import type { ArmAnswer, ArmClient } from "./armClient.ts";

/** A date that goes into every zip entry, so that the same files give the same bytes. */
const ZIP_EPOCH = new Date(Date.UTC(1980, 0, 2));

/**
 * Hands a command to AKS, which runs it in a pod of the cluster: no kubeconfig, no secret, no way from here to the API
 * server. Azure answers 202; the result lies behind `location`.
 */
export function submitCommand(
  arm: ArmClient,
  clusterId: string,
  apiVersion: string,
  spec: CommandSpec,
): Promise<ArmAnswer> {
  const entries: Zippable = {};
  for (const [name, text] of Object.entries(spec.files)) entries[name] = [strToU8(text), { mtime: ZIP_EPOCH }];
  const hasFiles = Object.keys(entries).length > 0;
  const context = hasFiles ? Buffer.from(zipSync(entries)).toString("base64") : "";
  return arm.post(`${clusterId}/runCommand`, apiVersion, { command: spec.command, context });
}

/** The result of a command, undefined while it runs. A pod that never started has a reason and no exit code. */
export function commandResult(answer: ArmAnswer): CommandResult | undefined {
  if (answer.status === 202) return undefined;
  const properties = (answer.body?.properties ?? {}) as JsonObject;
  const logs = typeof properties.logs === "string" ? properties.logs : "";
  if (typeof properties.exitCode === "number") return { exitCode: properties.exitCode, logs };
  const state = String(properties.provisioningState ?? "").toLowerCase();
  if (state !== "failed" && state !== "succeeded" && state !== "canceled") return undefined;
  return { exitCode: -1, logs: typeof properties.reason === "string" ? properties.reason : logs };
}
