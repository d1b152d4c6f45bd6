import { ArmError } from "../core/armError.ts";
import type { ResourceType } from "../core/resourceType.ts";
import { objectField, textField } from "../kubernetes/jsonFields.ts";

const ENDPOINT_ASSOCIATION = "configurationAccessEndpoint";

/** Microsoft.Insights/dataCollectionRuleAssociations: which rule collects from the resource it sits on. */
export const dataCollectionRuleAssociation: ResourceType = {
  type: "Microsoft.Insights/dataCollectionRuleAssociations",
  kind: "extension",
  provisioningState: false,
  validate({ id, body }) {
    const properties = objectField(body, "properties");
    const hasRule = textField(properties, "dataCollectionRuleId") !== undefined;
    const hasEndpoint = textField(properties, "dataCollectionEndpointId") !== undefined;
    if (hasRule === hasEndpoint) {
      throw new ArmError(
        400,
        "InvalidPayload",
        "Data collection rule association is invalid: send either dataCollectionRuleId or dataCollectionEndpointId.",
      );
    }
    if (hasEndpoint && id.name !== ENDPOINT_ASSOCIATION) {
      throw new ArmError(
        400,
        "InvalidPayload",
        `An association with a data collection endpoint must have the name ${ENDPOINT_ASSOCIATION}.`,
      );
    }
  },
  references({ body }) {
    const id = textField(body, "properties", "dataCollectionRuleId");
    return id === undefined
      ? []
      : [{ id, path: "properties.dataCollectionRuleId", action: "Microsoft.Insights/dataCollectionRules/read" }];
  },
  putSeconds: () => 0,
  deleteSeconds: () => 0,
};
