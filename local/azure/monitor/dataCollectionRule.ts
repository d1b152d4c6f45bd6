import { ArmError } from "../core/armError.ts";
import type { JsonObject, Reference, ResourceType, WriteContext } from "../core/resourceType.ts";
import { field, isObject, listField, objectField, textField, textsField } from "../kubernetes/jsonFields.ts";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (dataCollectionRules: 3–64). */
const RULE_NAME = /^[A-Za-z0-9_.-]{3,64}$/;

/** Microsoft.Insights/dataCollectionRules. A write is answered when it is done: the provider has no operations. */
export const dataCollectionRule: ResourceType = {
  type: "Microsoft.Insights/dataCollectionRules",
  kind: "tracked",
  validate,
  references,
  prepare({ world, body, existing }) {
    const immutableId =
      textField(existing?.body, "properties", "immutableId") ?? `dcr-${world.newGuid().replaceAll("-", "")}`;
    const { provisioningState: _, ...properties } = objectField(body, "properties");
    return {
      location: body.location,
      tags: body.tags ?? {},
      ...(body.kind === undefined ? {} : { kind: body.kind }),
      properties: { ...properties, immutableId },
    };
  },
  putSeconds: () => 0,
  deleteSeconds: () => 0,
  checkDelete(rule, world) {
    const users = world.store
      .referencesTo(rule.id)
      .filter((resource) => resource.type === "Microsoft.Insights/dataCollectionRuleAssociations");
    if (users.length === 0) return;
    throw new ArmError(
      409,
      "Conflict",
      `The data collection rule ${rule.name} has ${users.length} association(s). Delete them first.`,
    );
  },
};

/** The rule's own rights are enough to name a workspace, but it must exist. */
function references({ body }: WriteContext): readonly Reference[] {
  return listField(body, "properties", "destinations", "logAnalytics").flatMap((destination, index) => {
    const id = textField(destination, "workspaceResourceId");
    return id === undefined
      ? []
      : [
          {
            id,
            path: `properties.destinations.logAnalytics[${index}].workspaceResourceId`,
            action: "Microsoft.OperationalInsights/workspaces/read",
          },
        ];
  });
}

function validate({ id, body }: WriteContext): void {
  if (!RULE_NAME.test(id.name))
    throw invalid(`The name '${id.name}' is invalid: 3 to 64 letters, digits, '_', '.' or '-'.`);
  const properties = objectField(body, "properties");
  const destinations = destinationNames(properties);
  const flows = listField(properties, "dataFlows");
  if (flows.length === 0) throw invalid("'dataFlows' must have at least one element.");
  const streams = sourceStreams(properties);
  for (const [index, flow] of flows.entries()) {
    const unknown = textsField(flow, "destinations").find((name) => !destinations.includes(name));
    if (unknown !== undefined)
      throw invalid(`'dataFlows[${index}].destinations' names '${unknown}', which is not in 'destinations'.`);
    const stream = textsField(flow, "streams").find((name) => streams.length > 0 && !streams.includes(name));
    if (stream !== undefined)
      throw invalid(`'dataFlows[${index}].streams' names '${stream}', which no data source has.`);
  }
}

function destinationNames(properties: JsonObject): string[] {
  return Object.values(objectField(properties, "destinations"))
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .flatMap((destination) => (isObject(destination) ? (textField(destination, "name") ?? []) : []));
}

function sourceStreams(properties: JsonObject): string[] {
  return Object.values(objectField(properties, "dataSources"))
    .flatMap((value) => (Array.isArray(value) ? value : []))
    .flatMap((source) => (field(source, "streams") === undefined ? [] : textsField(source, "streams")));
}

function invalid(message: string): ArmError {
  return new ArmError(400, "InvalidPayload", "Data collection rule is invalid", {
    details: [{ code: "InvalidProperty", message }],
  });
}
