/** Steps of kind "command": what is installed inside the cluster, and how one sees that it is right already. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from "../domain/json.ts";
import { type Difference, differences } from "../domain/ownedFields.ts";
import { APPLICATION_NAMESPACE, INGRESS_NAMESPACE, INGRESS_RELEASE } from "../domain/resourceNames.ts";
import type { CommandDefinition, CommandResult } from "./commandDefinition.ts";
import {
  helmGetValues,
  helmUninstall,
  helmUpgrade,
  kubectlApply,
  kubectlDelete,
  kubectlGetApplied,
  kubectlRolloutStatus,
} from "./commands.ts";
import { ingressControllerValues } from "./ingressControllerValues.ts";
import { lastLine, readRollout } from "./rolloutSettling.ts";
import { sampleApplication } from "./sampleApplication.ts";

/** Seconds between two looks at a rollout; each look itself waits up to 20 s inside the cluster. */
const POLL_SECONDS = 1;

/** A new role may take minutes to be believed, and the controller restarts until it is. */
const CONTROLLER_SETTLE_SECONDS = 900;
const APPLICATION_SETTLE_SECONDS = 300;

const ingressController: CommandDefinition = {
  check: () => helmGetValues(),
  differences: (result, spec, outputs) => {
    if (isUninstalled(result)) return ["installed"];
    const values = parsed(result);
    if (!isJsonObject(values)) return [`installed again: ${whyNot(result)}`];
    return differences(values, ingressControllerValues(spec, outputs), { caseSensitive: true }).map(inWords);
  },
  apply: (spec, outputs) => helmUpgrade(ingressControllerValues(spec, outputs)),
  settled: () => kubectlRolloutStatus(INGRESS_RELEASE, INGRESS_NAMESPACE),
  readSettled: readRollout,
  pollSeconds: POLL_SECONDS,
  settleTimeoutSeconds: CONTROLLER_SETTLE_SECONDS,
};

const application: CommandDefinition = {
  check: (spec, outputs) => kubectlGetApplied(sampleApplication(spec, outputs)),
  differences: (result, spec, outputs) => {
    if (result.exitCode !== 0) return [`applied again: ${whyNot(result)}`];
    const found = foundObjects(result);
    return sampleApplication(spec, outputs).flatMap((manifest) => manifestDifferences(found, manifest));
  },
  apply: (spec, outputs) => kubectlApply(sampleApplication(spec, outputs)),
  settled: (spec) => kubectlRolloutStatus(spec.application.name, APPLICATION_NAMESPACE),
  readSettled: readRollout,
  pollSeconds: POLL_SECONDS,
  settleTimeoutSeconds: APPLICATION_SETTLE_SECONDS,
};

/** The application goes before its controller, so that the controller itself takes its hosts off the gateway. */
const applicationRemoval: CommandDefinition = {
  isRemoval: true,
  check: (spec, outputs) => kubectlGetApplied(sampleApplication(spec, outputs)),
  differences: (result) => {
    if (result.exitCode !== 0) return [`deleted: ${whyNot(result)}`];
    return foundObjects(result).map((object) => `${textAt(object, "kind")} ${textAt(object, "metadata.name")} deleted`);
  },
  apply: (spec, outputs) => kubectlDelete(sampleApplication(spec, outputs)),
  settled: (spec, outputs) => kubectlGetApplied(sampleApplication(spec, outputs)),
  readSettled: (result) => {
    const left = foundObjects(result);
    if (result.exitCode === 0 && left.length === 0) return { state: "settled", detail: "deleted" };
    return { state: "waiting", detail: `${left.length} objects are still there` };
  },
  pollSeconds: POLL_SECONDS,
  settleTimeoutSeconds: APPLICATION_SETTLE_SECONDS,
};

const ingressControllerRemoval: CommandDefinition = {
  isRemoval: true,
  check: () => helmGetValues(),
  differences: (result) => (isUninstalled(result) ? [] : [`${INGRESS_RELEASE} uninstalled`]),
  apply: () => helmUninstall(),
  settled: () => helmGetValues(),
  readSettled: (result) =>
    isUninstalled(result)
      ? { state: "settled", detail: "uninstalled" }
      : { state: "waiting", detail: `the release ${INGRESS_RELEASE} is still there` },
  pollSeconds: POLL_SECONDS,
  settleTimeoutSeconds: APPLICATION_SETTLE_SECONDS,
};

export const commandCatalog: Readonly<Record<string, CommandDefinition>> = {
  ingressController,
  ingressControllerRemoval,
  application,
  applicationRemoval,
};

function isUninstalled({ logs }: CommandResult): boolean {
  return /release: not found/.test(logs);
}

function foundObjects(result: CommandResult): readonly JsonObject[] {
  return result.logs.trim() === "" ? [] : objectsOf(parsed(result));
}

function manifestDifferences(found: readonly JsonObject[], manifest: JsonObject): readonly string[] {
  const title = `${textAt(manifest, "kind")} ${textAt(manifest, "metadata.name")}`;
  const existing = found.find(
    (object) => object.kind === manifest.kind && textAt(object, "metadata.name") === textAt(manifest, "metadata.name"),
  );
  if (existing === undefined) return [`${title} created`];
  // A cluster may serve an object under another version of its API than it was applied with.
  const { apiVersion: _, ...ours } = manifest;
  return differences(existing, ours, { caseSensitive: true, ordered: ordered }).map(
    (change) => `${title}: ${inWords(change)}`,
  );
}

/** Arrays of words in pods: their order is their meaning. */
const ordered = ["spec.template.spec.containers[].command", "spec.template.spec.containers[].args"];

/** kubectl prints a list for several objects and the object itself for one. */
function objectsOf(json: Json | undefined): readonly JsonObject[] {
  if (!isJsonObject(json)) return [];
  return isJsonArray(json.items) ? json.items.filter(isJsonObject) : [json];
}

function parsed(result: CommandResult): Json | undefined {
  if (result.exitCode !== 0) return undefined;
  try {
    return JSON.parse(result.logs) as Json;
  } catch {
    return undefined;
  }
}

function whyNot(result: CommandResult): string {
  return result.exitCode === 0
    ? "the look gave no JSON"
    : `the look ended with exit code ${result.exitCode}: ${lastLine(result.logs)}`;
}

function inWords({ path, from, to }: Difference): string {
  return `${path}: ${from} → ${to}`;
}
