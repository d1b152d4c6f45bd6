import { ArmError } from "../core/armError.ts";
import type { JsonObject, Reference, ResourceType, WriteContext } from "../core/resourceType.ts";
import { listField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { notModelled } from "../network/bodyShape.ts";
import { categoriesOf, type DiagnosticCategories } from "./diagnosticCategories.ts";

const TYPE = "Microsoft.Insights/diagnosticSettings";
/** Source: learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings (each resource can have up to five), checked 2026-11. */
const MOST_SETTINGS = 5;
const OTHER_DESTINATIONS = [
  "storageAccountId",
  "eventHubAuthorizationRuleId",
  "marketplacePartnerId",
  "serviceBusRuleId",
];

/** Microsoft.Insights/diagnosticSettings, on any resource that has logs. */
export const diagnosticSetting: ResourceType = {
  type: TYPE,
  kind: "extension",
  provisioningState: false,
  validate,
  references,
  prepare: ({ body, id, world }) => ({
    properties: shownProperties(
      objectField(body, "properties"),
      targetCategories(world.store.get(id.parentId ?? "")?.type),
    ),
  }),
  putSeconds: () => 0,
  deleteSeconds: () => 0,
};

/**
 * Whoever sends logs to a workspace needs its keys. Source: LinkedAuthorizationFailed as publicly reported
 * (workspaces/sharedKeys/action), and Log Analytics Contributor having it; checked 2026-11.
 */
function references({ body }: WriteContext): readonly Reference[] {
  const id = textField(body, "properties", "workspaceId");
  if (id === undefined) return [];
  return [{ id, path: "properties.workspaceId", action: "Microsoft.OperationalInsights/workspaces/sharedKeys/action" }];
}

function validate({ world, id, body, existing }: WriteContext): void {
  const target = world.store.get(id.parentId ?? "");
  const categories = targetCategories(target?.type);
  const properties = objectField(body, "properties");
  const other = OTHER_DESTINATIONS.find((name) => textField(properties, name) !== undefined);
  if (other !== undefined) throw notModelled(`diagnostic settings with ${other}`, "Send workspaceId.");
  if (textField(properties, "workspaceId") === undefined) {
    throw badRequest("At least one data sink needs to be specified.");
  }
  checkLogs(properties, categories, target?.type ?? "");
  const others = world.store
    .children(id.parentId ?? "", TYPE)
    .filter((setting) => setting.id.toLowerCase() !== id.id.toLowerCase());
  if (existing === undefined && others.length >= MOST_SETTINGS) {
    throw badRequest(
      `The limit of ${MOST_SETTINGS} diagnostic settings was reached. To create new diagnostic setting please delete one of existing settings and retry the operation.`,
    );
  }
  checkSinkConflict(properties, others);
}

function targetCategories(type: string | undefined): DiagnosticCategories {
  const categories = type === undefined ? undefined : categoriesOf(type);
  if (categories === undefined)
    throw new ArmError(
      400,
      "ResourceTypeNotSupported",
      `The resource type '${type ?? ""}' does not support diagnostic settings.`,
    );
  return categories;
}

function checkLogs(properties: JsonObject, categories: DiagnosticCategories, type: string): void {
  const logs = listField(properties, "logs");
  const metrics = listField(properties, "metrics");
  if (logs.length + metrics.length === 0) throw badRequest("At least one log or metric category must be specified.");
  for (const log of logs) {
    const category = textField(log, "category");
    const group = textField(log, "categoryGroup");
    if (group !== undefined && group !== "allLogs" && group !== "audit")
      throw badRequest(`Category group '${group}' is not supported.`);
    if (category !== undefined && !categories.logs.some((known) => known.toLowerCase() === category.toLowerCase())) {
      throw badRequest(
        `Category '${category}' is not supported. Supported categories of ${type}: ${categories.logs.join(", ")}.`,
      );
    }
    if (category === undefined && group === undefined) throw badRequest("A log needs a category or a categoryGroup.");
  }
  for (const metric of metrics) {
    const category = textField(metric, "category");
    if (category !== "AllMetrics" || !categories.metrics)
      throw badRequest(`Metric category '${category ?? ""}' is not supported.`);
  }
}

/** One category may go to one workspace only once. */
function checkSinkConflict(
  properties: JsonObject,
  others: readonly { readonly name: string; readonly body: JsonObject }[],
): void {
  const enabled = enabledCategories(properties);
  for (const other of others) {
    const theirs = objectField(other.body, "properties");
    if (textField(theirs, "workspaceId")?.toLowerCase() !== textField(properties, "workspaceId")?.toLowerCase())
      continue;
    const shared = [...enabledCategories(theirs)].find((category) => enabled.has(category));
    if (shared === undefined) continue;
    const sink = textField(theirs, "workspaceId") ?? "";
    throw new ArmError(
      409,
      "Conflict",
      `Data sink '${sink}' is already used in diagnostic setting '${other.name}' for category '${shared}'. Data sinks can't be reused in different settings on the same category for the same resource.`,
    );
  }
}

function enabledCategories(properties: JsonObject): ReadonlySet<string> {
  const entries = [...listField(properties, "logs"), ...listField(properties, "metrics")];
  return new Set(
    entries
      .filter((entry) => entry.enabled === true)
      .flatMap((entry) => textField(entry, "category") ?? textField(entry, "categoryGroup") ?? []),
  );
}

/** Azure shows every category of the resource, those that are off among them. */
function shownProperties(properties: JsonObject, categories: DiagnosticCategories): JsonObject {
  const sent = listField(properties, "logs");
  const usesGroups = sent.some((log) => textField(log, "categoryGroup") !== undefined);
  const shown = (entry: JsonObject): JsonObject => ({
    enabled: false,
    retentionPolicy: { enabled: false, days: 0 },
    ...entry,
  });
  const off = categories.logs.filter(
    (category) => !sent.some((log) => textField(log, "category")?.toLowerCase() === category.toLowerCase()),
  );
  const logs = usesGroups ? sent : [...sent, ...off.map((category) => ({ category, enabled: false }))];
  const metrics = listField(properties, "metrics");
  const allMetrics =
    metrics.length === 0 && categories.metrics ? [{ category: "AllMetrics", enabled: false }] : metrics;
  return { ...properties, logs: logs.map(shown), metrics: allMetrics.map(shown) };
}

function badRequest(message: string): ArmError {
  return new ArmError(400, "BadRequest", message);
}
